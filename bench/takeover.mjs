/**
 * `npm run bench`: what a takeover costs, with the wire as judge (kernel timestamps on the switch). Prints the overhead
 * over the protocol's floor, the time from the first advert until all addresses are announced, and resident memory.
 *
 *   npm run bench -- [kills] [addresses]      default 5 kills, 200 addresses
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, setUp } from "../scripts/setup.mjs";

const PRIORITY = 100;
/** Three intervals of 1 s and the skew of priority 100 (RFC 9568 §6.1). */
const FLOOR_MICROS = 3_000_000 + ((256 - PRIORITY) * 1_000_000) / 256;
const COMMAND = [process.execPath, join(ROOT, "dist/src/cli/main.js"), "--config", "env"];

async function measure(kills, addresses) {
  const { createLan, ensurePrivileges, until } = await import("../dist/test/netns/index.js");
  ensurePrivileges();
  const overheads = [];
  const bursts = [];
  let residentMegabytes = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const lan = await createLan({
      interface: "ens3",
      hosts: { a: { addresses: ["192.0.2.40/24"] }, b: { addresses: ["192.0.2.41/24"] } },
    });
    try {
      const capture = await lan.capture();
      const start = (name, priority) =>
        lan
          .host(name)
          .start(COMMAND, { env: { ...environment(addresses), VRRPD_PRIORITY: String(priority) } });
      const master = start("a", 200);
      await master.waitForLine(/Entering MASTER STATE/, { timeoutMs: 60_000 });
      const backup = start("b", PRIORITY);
      await backup.waitForLine(/Entering BACKUP STATE/, { timeoutMs: 60_000 });
      const heard = capture.adverts({ from: "a" }).length;
      await until(() => capture.adverts({ from: "a" }).length >= heard + 3, {
        what: "adverts of the master",
      });
      master.kill("SIGKILL");
      await backup.waitForLine(/Entering MASTER STATE/, { timeoutMs: 60_000 });
      const announced = () => new Set(capture.arps({ from: "b" }).map(({ sender }) => sender));
      await until(() => announced().size === addresses, { what: "all announcements", timeoutMs: 30_000 });
      const last = capture.adverts({ from: "a" }).at(-1).atMicros;
      const first = capture.adverts({ from: "b" })[0].atMicros;
      overheads.push(first - last - FLOOR_MICROS);
      bursts.push(lastOfFirstRound(capture.arps({ from: "b" })) - first);
      residentMegabytes = Math.max(residentMegabytes, residentOf(backup.pid));
    } finally {
      await lan.destroy();
    }
  }
  console.log(`takeover overhead over the floor of ${FLOOR_MICROS / 1000} ms: ${spread(overheads)}`);
  console.log(`first advert to all ${addresses} addresses announced: ${spread(bursts)}`);
  console.log(`resident memory of the new master: ${residentMegabytes.toFixed(1)} MB`);
}

function environment(addresses) {
  return {
    OPENSHIFT_HA_VIRTUAL_IPS: `198.51.100.1-${addresses}`,
    OPENSHIFT_HA_VIP_GROUPS: "1",
    OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
    OPENSHIFT_HA_MONITOR_PORT: "0",
    OPENSHIFT_HA_PREEMPTION: "preempt",
    VRRPD_LOG_FORMAT: "json",
  };
}

/** When each address had been announced once. */
function lastOfFirstRound(arps) {
  const first = new Map();
  for (const { sender, atMicros } of arps) if (!first.has(sender)) first.set(sender, atMicros);
  return Math.max(...first.values());
}

function residentOf(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}

function spread(micros) {
  const sorted = [...micros].sort((a, b) => a - b);
  const show = (value) => `${(value / 1000).toFixed(2)} ms`;
  return `median ${show(sorted[sorted.length >> 1])}, ${show(sorted[0])} to ${show(sorted.at(-1))}`;
}

const [kills = 5, addresses = 200] = process.argv.slice(2).map(Number);
setUp();
await measure(kills, addresses);
