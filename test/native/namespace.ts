/** Runs a test file again inside a network namespace of its own, and what its tests share there. */
import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";

const OUTER = "VRRPD_TEST_OUTER_NETNS";
const ownNamespace = () => readlinkSync("/proc/self/ns/net");

/**
 * True in a network namespace that this call's counterpart made, where the caller defines its tests. Elsewhere the
 * file becomes one subtest that runs in such a namespace (in a user namespace too, without root), and false.
 * The process there ends with this one.
 */
export function inNamespace(t: Test, moduleUrl: string): boolean {
  const outer = process.env[OUTER];
  if (outer !== undefined && outer !== ownNamespace()) return true;
  const unshare = process.getuid?.() === 0 ? ["-n"] : ["-Urn"];
  const self = [process.execPath, ...process.execArgv, fileURLToPath(moduleUrl)];
  t.spawn(
    "unshare",
    [...unshare, "setpriv", "--pdeathsig", "KILL", ...self],
    { env: { ...process.env, [OUTER]: ownNamespace() } },
    "in a network namespace",
  );
  return false;
}

export function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8" });
}

/** A veth pair that passes frames, without addresses of its own; the interface indexes of both ends. */
export function makeVeth(a: string, b: string): [number, number] {
  ip("link", "add", "name", a, "type", "veth", "peer", "name", b);
  for (const name of [a, b]) {
    ip("link", "set", "dev", name, "addrgenmode", "none");
    ip("link", "set", "dev", name, "up");
  }
  // The kernel notices the carrier on a thread of its own; until then what is sent gets lost.
  const giveUp = Date.now() + 60_000;
  while ([a, b].some((name) => operationalState(name) !== "UP")) {
    if (Date.now() > giveUp) throw new Error(`${a} and ${b} have no carrier`);
  }
  return [interfaceIndex(a), interfaceIndex(b)];
}

function operationalState(name: string): string {
  return JSON.parse(ip("-j", "link", "show", "dev", name))[0].operstate;
}

/** From `ip`, because sysfs shows the namespace that mounted it. */
export function interfaceIndex(name: string): number {
  return JSON.parse(ip("-j", "link", "show", "dev", name))[0].ifindex;
}

export function macOf(name: string): Uint8Array {
  return Buffer.from(JSON.parse(ip("-j", "link", "show", "dev", name))[0].address.replaceAll(":", ""), "hex");
}

/** What `read` returns once that is truthy; rejects after a time that no machine needs. */
export async function until<T>(read: () => T, what: string): Promise<T> {
  const giveUp = Date.now() + 60_000;
  for (let value = read(); ; value = read()) {
    if (value) return value;
    if (Date.now() > giveUp) throw new Error(`waited for ${what} in vain`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
