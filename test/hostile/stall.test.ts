/** The daemon stands still for a while, as on a frozen or overbooked machine, and goes on. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { NODE_ADDRESSES, Nodes } from "../lab/nodes.js";
import { advert, type Capture, type Host, until } from "../netns/index.js";
import { SECOND, untilAnnounced } from "./support.js";

t.jobs = 3;

const HIGH = { VRRPD_PRIORITY: "200" };
const LOW = { VRRPD_PRIORITY: "100" };
const FREEZE_MS = 5_000;

/** At least so long, by the clock that the daemons have. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Returns when this host has announced the address later than then. */
async function announcedBy(capture: Capture, host: Host, afterMicros: number): Promise<number> {
  const seen = await capture.waitFor(
    (frame) =>
      frame.kind === "arp" &&
      frame.gratuitous &&
      frame.sender === VIP &&
      frame.from === host.name &&
      frame.atMicros > afterMicros,
    { what: `an announcement of ${host.name}`, timeoutMs: 10_000 },
  );
  return seen.atMicros;
}

t.test(
  "a former master that another replaced reads before it sends, and is BACKUP for the whole delay",
  async (t) => {
    const nodes = await Nodes.create(t, { OPENSHIFT_HA_PREEMPTION: "preempt_delay 300" });
    const a = nodes.start("a", HIGH);
    await nodes.untilHeldBy("a");
    const b = nodes.start("b", LOW);
    await nodes.untilState("b", "BACKUP");
    t.equal(await nodes.clientSees(), nodes.host("a").mac);
    const frozenAt = a.freeze();
    await Promise.all([pause(FREEZE_MS), b.waitForLine(/Entering MASTER STATE/)]);
    const before = a.lines.length;
    const thawedAt = a.thaw();
    const line = await a.waitForLine(/Entering \w+ STATE/, { after: before });
    t.match(JSON.parse(line.text), { to: "BACKUP", cause: "stalled, and 192.0.2.41 took over meanwhile" });
    await nodes.untilHeldBy("b");
    const again = await announcedBy(nodes.capture, nodes.host("b"), thawedAt);
    t.ok(again - thawedAt < SECOND, `b repeats its announcements: ${again - thawedAt} µs after the stall`);
    t.strictSame(nodes.capture.adverts({ from: "a", afterMicros: frozenAt }), [], "a has sent no advert");
    t.equal(await nodes.clientSees(), nodes.host("b").mac, "the client's cache is right");
    t.ok((await nodes.status("a")).lateness.stalls >= 1, "the stall is counted");
    t.ok((await nodes.status("a")).lateness.maxSeconds >= 0.5, "and measured");
    await pause(2_000);
    t.strictSame(nodes.capture.adverts({ from: "a", afterMicros: frozenAt }), [], "the delay applies");
  },
);

t.test(
  "a former master whose machine was suspended, so that nothing waits for it, listens first and is BACKUP",
  async (t) => {
    const nodes = await Nodes.create(t, { OPENSHIFT_HA_PREEMPTION: "preempt_delay 300" });
    const a = nodes.start("a", HIGH);
    await nodes.untilState("a", "MASTER");
    const b = nodes.start("b", LOW);
    await nodes.untilState("b", "BACKUP");
    const frozenAt = a.freeze();
    await nodes.host("a").isolate({ direction: "in" });
    await b.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
    await pause(FREEZE_MS);
    await nodes.host("a").rejoin();
    const before = a.lines.length;
    a.thaw();
    const line = await a.waitForLine(/Entering \w+ STATE/, { after: before });
    t.match(JSON.parse(line.text), { to: "BACKUP", cause: "stalled, and 192.0.2.41 took over meanwhile" });
    await nodes.untilHeldBy("b");
    t.match((await nodes.status("a")).instances[0], { preemptDelayNews: { event: "started" } });
    await pause(2_000);
    t.strictSame(nodes.capture.adverts({ from: "a", afterMicros: frozenAt }), [], "a has sent no advert");
  },
);

for (const lease of ["fast", "90"]) {
  const left = lease === "fast" ? "gone" : "still there";
  t.test(`a master that nobody replaced announces its addresses, ${left}, and stays`, async (t) => {
    const nodes = await Nodes.create(t);
    const a = nodes.start("a", { ...HIGH, VRRPD_VIP_LEASE: lease });
    await nodes.untilHeldBy("a");
    await untilAnnounced(nodes.capture, "a", VIP);
    a.freeze();
    await pause(FREEZE_MS);
    if (lease === "fast")
      await until(async () => !(await nodes.host("a").hasAddress(VIP)), { what: "the lease to end" });
    const before = a.lines.length;
    const thawedAt = a.thaw();
    await a.waitForLine(/Stalled: no advert for .* listens for 3.219 s/, { after: before });
    await a.waitForLine(/Stalled and silent for .* no other master was heard/, { after: before });
    const again = await announcedBy(nodes.capture, nodes.host("a"), thawedAt);
    t.comment(`announced ${again - thawedAt} µs after the stall`);
    await nodes.untilHeldBy("a");
    t.equal(await nodes.clientSees(), nodes.host("a").mac);
    const { instances } = await nodes.status("a");
    t.match(instances[0], { state: "MASTER", counters: { becomeMaster: 1, addressesMeddled: 0 } });
  });
}

t.test("a backup that was frozen does not claim while a master is there", async (t) => {
  const nodes = await Nodes.create(t);
  nodes.start("a", HIGH);
  const b = nodes.start("b", LOW);
  await nodes.untilHeldBy("a");
  await nodes.untilState("b", "BACKUP");
  for (const suspended of [false, true]) {
    b.freeze();
    // A machine that is suspended gets nothing meanwhile, so nothing waits in its sockets.
    if (suspended) await nodes.host("b").isolate({ direction: "in" });
    await pause(FREEZE_MS);
    if (suspended) await nodes.host("b").rejoin();
    b.thaw();
    const thawedAt = Date.now() * 1000;
    await nodes.capture.waitFor(advert({ from: "a", afterMicros: thawedAt + 2 * SECOND }));
  }
  t.strictSame(nodes.capture.adverts({ from: "b" }), [], "b has sent nothing");
  t.match((await nodes.status("b")).instances[0], {
    state: "BACKUP",
    master: { address: NODE_ADDRESSES.a },
    counters: { becomeMaster: 0 },
  });
});

t.test(
  "a frozen master's kernel still answers: the new master hears it, reports it and announces again",
  async (t) => {
    const nodes = await Nodes.create(t);
    const [a, b] = [nodes.start("a", HIGH), nodes.start("b", LOW)];
    await nodes.untilHeldBy("a");
    await nodes.untilState("b", "BACKUP");
    const mac = nodes.host("a").mac;
    // From now on the client knows an answer: if it had to ask, both would answer, and the first one would count.
    t.equal(await nodes.clientSees(), mac);
    a.freeze();
    const line = await b.waitForLine(/is also answered by/, { timeoutMs: 30_000 });
    t.match(line.text, `${VIP} is also answered by ${mac}`);
    const again = await announcedBy(nodes.capture, nodes.host("b"), line.atMicros - SECOND / 2);
    t.ok(again, "announced again");
    t.equal(await nodes.clientSees(), nodes.host("b").mac);
  },
);
