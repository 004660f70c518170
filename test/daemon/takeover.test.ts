/** Everything that has to move the addresses moves them, and the neighbours follow. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { advert, arp } from "../netns/index.js";

const SECOND = 1_000_000;
const HIGH = { VRRPD_PRIORITY: "200" };
const LOW = { VRRPD_PRIORITY: "100" };

async function settledPair(t: Teardown, environment: Record<string, string> = {}) {
  const nodes = await Nodes.create(t, environment);
  const a = nodes.start("a", HIGH);
  // Together, but for what a slow machine makes of that: it is not to decide who listens first.
  await a.waitForLine(/Entering BACKUP STATE/);
  const b = nodes.start("b", LOW);
  await nodes.untilHeldBy("a");
  await nodes.untilState("b", "BACKUP");
  return { nodes, a, b };
}

t.test(
  "[6.4.1 +-] two nodes that start together elect the higher priority, and the lower one never claims",
  async (t) => {
    const { nodes } = await settledPair(t);
    t.strictSame(nodes.capture.adverts({ from: "b" }), [], "b has sent nothing");
    const first = await nodes.capture.waitFor(advert({ from: "a" }));
    t.match(first, { source: "192.0.2.40", destination: "224.0.0.18", ttl: 255 });
    t.match(first.advert, { version: 3, virtualRouterId: 1, priority: 200, checksumForm: "pseudo-header" });
    const announcement = await nodes.capture.waitFor(arp({ sender: VIP }));
    t.ok(announcement.gratuitous, "announced by gratuitous ARP");
    t.ok(announcement.atMicros >= first.atMicros, "after the first advert");
  },
);

t.test(
  "[6.4.2-7 +] SIGKILL: the backup takes over after its down interval, and a client's ARP entry follows",
  async (t) => {
    const { nodes, a } = await settledPair(t);
    t.equal(await nodes.clientSees(), nodes.host("a").mac);
    a.kill("SIGKILL");
    const first = await nodes.capture.waitFor(advert({ from: "b" }), { what: "the successor's advert" });
    const last = nodes.capture.adverts({ from: "a" }).at(-1)!;
    const silence = first.atMicros - last.atMicros;
    t.ok(silence >= 3.6 * SECOND, `not before the down interval of 3.609 s: ${silence} µs`);
    await nodes.capture.waitFor(
      (frame) => frame.kind === "arp" && frame.from === "b" && frame.sender === VIP,
    );
    t.equal(await nodes.clientSees(), nodes.host("b").mac);
    const { instances } = await nodes.status("b");
    t.match(instances[0], { state: "MASTER", reason: /no advert from 192\.0\.2\.40 for 3\.6/ });
  },
);

t.test(
  "[6.4.3-8 +] [6.4.2-8 +] SIGTERM: priority 0, and the backup takes over within a second",
  async (t) => {
    const { nodes, a } = await settledPair(t);
    a.kill("SIGTERM");
    t.strictSame(await a.exited, { code: 0, signal: null });
    await nodes.untilHeldBy("b");
    const release = await nodes.capture.waitFor(advert({ from: "a", priority: 0 }));
    const successor = await nodes.capture.waitFor(advert({ from: "b" }));
    t.ok(successor.atMicros - release.atMicros < SECOND, "under a second");
    t.notOk(await nodes.host("a").hasAddress(VIP));
  },
);

t.test(
  "link cut: the cut node faults and lets go, the other takes over; healed, the delay applies",
  async (t) => {
    const { nodes } = await settledPair(t, { OPENSHIFT_HA_PREEMPTION: "preempt_delay 300" });
    await nodes.host("a").cut();
    await nodes.untilHeldBy("b");
    const faulted = await nodes.untilState("a", "FAULT");
    t.match(faulted.instances[0], { reason: "interface ens3 has no carrier" });
    await nodes.host("a").heal();
    const healed = await nodes.untilState("a", "BACKUP");
    t.match(healed.instances[0]!.virtualAddresses, [{ address: `${VIP}/32`, present: false }]);
    await nodes.untilHeldBy("b");
  },
);

t.test("a failing check script moves the addresses, its success brings the node back", async (t) => {
  const check = "/etc/keepalive/mycheckscript.sh";
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_CHECK_SCRIPT: check,
    OPENSHIFT_HA_CHECK_INTERVAL: "0.3",
    OPENSHIFT_HA_PREEMPTION: "preempt",
  });
  const script = (code: number) => `#!/bin/sh\necho "service says ${code}"\nexit ${code}\n`;
  await nodes.host("a").writeFile(check, script(0), 0o755);
  await nodes.host("b").writeFile(check, script(0), 0o755);
  nodes.start("a", HIGH);
  nodes.start("b", LOW);
  await nodes.untilHeldBy("a");
  await nodes.host("a").writeFile(check, script(1), 0o755);
  await nodes.untilHeldBy("b");
  const { instances } = await nodes.status("a");
  t.match(instances[0], { state: "FAULT", reason: /check script failed.*service says 1/, master: null });
  t.match(instances[0]!.checks, [{ name: "script", state: "failing" }]);
  await nodes.host("a").writeFile(check, script(0), 0o755);
  await nodes.untilHeldBy("a");
});

t.test("a port that no longer answers moves the addresses", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_MONITOR_PORT: "30060",
    OPENSHIFT_HA_CHECK_INTERVAL: "0.3",
  });
  const listen = [
    process.execPath,
    "-e",
    "require('node:net').createServer().listen(30060, () => console.log('up'))",
  ];
  const service = nodes.host("a").start(listen);
  const other = nodes.host("b").start(listen);
  await Promise.all([service.waitForLine(/up/), other.waitForLine(/up/)]);
  nodes.start("a", HIGH);
  nodes.start("b", LOW);
  await nodes.untilHeldBy("a");
  service.kill("SIGKILL");
  await nodes.untilHeldBy("b");
  const { instances } = await nodes.status("a");
  t.match(instances[0], { state: "FAULT", reason: /check probe failed.*refused/ });
});
