/** For tests of what the kernel does: each test file runs in a network namespace of its own, made and ended with it. */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { type AddressWithPrefix, type Family, parseAddress } from "../../../src/base/address.js";
import { baseEnvironment } from "../../netns/execute.js";
import { privilegePrefix } from "../../netns/privileges.js";

const INSIDE = "VRRPD_TEST_NAMESPACE";

/**
 * Call this first. Runs the program again from its start inside a new network namespace, where the call returns with
 * the loopback interface up; outside, the process ends with that run's exit code.
 */
export function enterNamespace(): void {
  if (process.env[INSIDE] === "1") {
    ip("link set lo up");
    return;
  }
  const [program, ...parameters] = [
    ...privilegePrefix(),
    ...["unshare", "--net", "--"],
    ...[process.execPath, ...process.execArgv, ...process.argv.slice(1)],
  ];
  const environment = { ...process.env, PATH: baseEnvironment().PATH, [INSIDE]: "1" };
  const result = spawnSync(program!, parameters, { stdio: "inherit", env: environment });
  process.exit(result.status ?? 1);
}

/** Runs `ip` with these words; returns what it prints. Throws when it fails. */
export function ip(words: string): string {
  return execFileSync("ip", words.split(" "), { encoding: "utf8" });
}

/** Runs many `ip` commands in one process. */
export function ipBatch(lines: readonly string[]): void {
  execFileSync("ip", ["-batch", "-"], { input: `${lines.join("\n")}\n` });
}

/** An address as `ip -json address` shows it. */
export interface ShownAddress {
  readonly label?: string;
  readonly family: "inet" | "inet6";
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly valid_life_time: number;
  readonly preferred_life_time: number;
  readonly deprecated?: boolean;
  readonly nodad?: boolean;
  readonly tentative?: boolean;
}

export function shownAddresses(interfaceName: string): ShownAddress[] {
  const [link] = JSON.parse(ip(`-json address show dev ${interfaceName}`)) as { addr_info: ShownAddress[] }[];
  return link!.addr_info;
}

export function indexOf(interfaceName: string): number {
  const [link] = JSON.parse(ip(`-json link show dev ${interfaceName}`)) as { ifindex: number }[];
  return link!.ifindex;
}

/** A pair of cables' ends, both up, without duplicate address detection. */
export function addPair(name: string, peer: string): void {
  ip(`link add ${name} type veth peer name ${peer}`);
  for (const end of [name, peer]) {
    execFileSync("sysctl", ["-qw", `net.ipv6.conf.${end}.accept_dad=0`, `net.ipv6.conf.${end}.accept_ra=0`]);
    ip(`link set ${end} up`);
  }
}

export function withPrefix(text: string): AddressWithPrefix {
  const [address, length] = text.split("/");
  return { address: parseAddress(address!)!, prefixLength: Number(length) };
}

/** `count` addresses, each alone in its prefix: of 198.51.100.0/24, 203.0.113.0/24 and then 192.0.2.0/24, or 2001:db8::/32. */
export function virtualAddresses(family: Family, count: number): AddressWithPrefix[] {
  return Array.from({ length: count }, (_, at) =>
    withPrefix(family === "ipv4" ? `${ipv4At(at)}/32` : `2001:db8:0:1::${(at + 1).toString(16)}/128`),
  );
}

/** More than the three documentation networks hold are taken from the benchmarking network (RFC 2544). */
function ipv4At(at: number): string {
  const networks = ["198.51.100", "203.0.113", "198.18.0", "198.18.1"];
  return `${networks[Math.floor(at / 250)]}.${(at % 250) + 1}`;
}

/** How many sockets this process has open. */
export function openSockets(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
    } catch {
      return false; // the descriptor of the listing itself
    }
  }).length;
}
