/** Who takes the addresses back, and when. */
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { VIP } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { advert } from "../netns/index.js";

const SECOND = 1_000_000;
const FAST = { VRRPD_ADVERT_INTERVAL: "0.2" };
const HIGH = { VRRPD_PRIORITY: "200" };
const LOW = { VRRPD_PRIORITY: "100" };

/** The higher node comes up beside a master of lower priority. */
async function returning(t: Teardown, preemption: string) {
  const nodes = await Nodes.create(t, { ...FAST, OPENSHIFT_HA_PREEMPTION: preemption });
  nodes.start("b", LOW);
  await nodes.untilHeldBy("b");
  const a = nodes.start("a", HIGH);
  await a.waitForLine(/Entering BACKUP STATE/);
  return { nodes, a };
}

t.test("preempt_delay 2: waits the delay beside a lower master, then takes over", async (t) => {
  const { nodes } = await returning(t, "preempt_delay 2");
  await nodes.untilHeldBy("a");
  const { instances } = await nodes.status("a");
  const [backup, master] = instances[0]!.transitions;
  t.match(backup, { from: "INIT", to: "BACKUP" });
  t.match(master, { from: "BACKUP", to: "MASTER", cause: "192.0.2.41 has the lower priority 100" });
  const waited = Date.parse(master!.at) - Date.parse(backup!.at);
  t.ok(waited >= 2_000, `not before the delay of 2 s: ${waited} ms`);
});

t.test("a restarted higher node waits the whole delay again", async (t) => {
  const nodes = await Nodes.create(t, { ...FAST, OPENSHIFT_HA_PREEMPTION: "preempt_delay 3" });
  const first = nodes.start("a", HIGH);
  nodes.start("b", LOW);
  await nodes.untilHeldBy("a");
  first.kill("SIGKILL");
  await nodes.untilState("b", "MASTER");
  const again = nodes.start("a", HIGH);
  await again.waitForLine(/Entering BACKUP STATE/, { timeoutMs: 60_000 });
  await nodes.untilHeldBy("b");
  t.pass("what the killed daemon left behind is gone, and the peer serves on");
  await nodes.untilHeldBy("a");
  const { instances } = await nodes.status("a");
  const [backup, master] = instances[0]!.transitions;
  t.ok(Date.parse(master!.at) - Date.parse(backup!.at) >= 3_000, "the whole delay");
});

t.test("nopreempt: stays with the lower master", async (t) => {
  const { nodes } = await returning(t, "nopreempt");
  const heard = nodes.capture.adverts({ from: "b" }).length;
  await nodes.capture.waitFor(() => nodes.capture.adverts({ from: "b" }).length > heard + 20, {
    what: "many times the down interval of the lower master's adverts",
    timeoutMs: 30_000,
  });
  await nodes.untilHeldBy("b");
  t.strictSame(nodes.capture.adverts({ from: "a" }), [], "the higher one has sent nothing");
  t.match((await nodes.status("a")).instances[0], { state: "BACKUP", master: { address: "192.0.2.41" } });
});

t.test("preempt: takes over as soon as its down timer ends, with hardly a gap", async (t) => {
  const { nodes } = await returning(t, "preempt");
  await nodes.untilHeldBy("a");
  const first = await nodes.capture.waitFor(advert({ from: "a" }));
  const before = nodes.capture.adverts({ from: "b" }).filter(({ atMicros }) => atMicros < first.atMicros);
  t.ok(first.atMicros - before.at(-1)!.atMicros < SECOND, "the addresses were served until then");
  t.notOk(await nodes.host("b").hasAddress(VIP));
});

t.test("a returning node that misses the first advert waits the delay all the same", async (t) => {
  const nodes = await Nodes.create(t, {
    VRRPD_ADVERT_INTERVAL: "3",
    OPENSHIFT_HA_PREEMPTION: "preempt_delay 300",
  });
  nodes.start("b", LOW);
  await nodes.untilHeldBy("b");
  await nodes.host("a").isolate({ direction: "in" });
  const a = nodes.start("a", HIGH);
  const { atMicros } = await a.waitForLine(/Entering BACKUP STATE/, { timeoutMs: 60_000 });
  // More than an interval and the skew, and less than a down interval.
  await nodes.capture.waitFor(advert({ from: "b", afterMicros: atMicros + 4 * SECOND }), {
    timeoutMs: 30_000,
  });
  await nodes.host("a").rejoin();
  const started = await a.waitForLine(
    /preempt_delay 300: 192\.0\.2\.41 \(priority 100\) stays master for 300 s/,
  );
  const later = advert({ from: "b", afterMicros: started.atMicros + 7 * SECOND });
  await nodes.capture.waitFor(later, { timeoutMs: 30_000 });
  t.strictSame(nodes.capture.adverts({ from: "a" }), [], "it has sent nothing");
  const { instances } = await nodes.status("a");
  t.match(instances[0], { state: "BACKUP", preemptDelayNews: { event: "started" } });
  const why = await nodes.host("a").ok([...VRRPD, "why"]);
  t.match(
    why.replace(/\s+/g, " "),
    /delay preempt_delay 300, .* ago: 192\.0\.2\.41 .* stays master for 300 s/,
  );
});

t.test("a port that stays dark after the start: within the grace nothing is claimed", async (t) => {
  const nodes = await Nodes.create(t, { ...FAST, OPENSHIFT_HA_PREEMPTION: "preempt_delay 300" });
  nodes.start("b", LOW);
  await nodes.untilHeldBy("b");
  await nodes.host("a").isolate();
  const a = nodes.start("a", { ...HIGH, VRRPD_START_GRACE: "10" });
  const { atMicros } = await a.waitForLine(/Only listens for .* \(VRRPD_START_GRACE/);
  await nodes.capture.waitFor(advert({ from: "b", afterMicros: atMicros + 2 * SECOND }), {
    timeoutMs: 30_000,
  });
  t.match(await nodes.host("a").ok([...VRRPD, "why"]), /grace +only listens for another/);
  await nodes.host("a").rejoin();
  await a.waitForLine(/preempt_delay 300: 192\.0\.2\.41 .* stays master/);
  t.strictSame(nodes.capture.adverts({ from: "a" }), [], "it has sent nothing");
  await nodes.untilHeldBy("b");
});
