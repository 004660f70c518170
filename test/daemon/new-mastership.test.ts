/** What an earlier mastership had planned is none of the next one's. */
import { fileURLToPath } from "node:url";
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { advert } from "../netns/index.js";

const THROWER = fileURLToPath(new URL("./throw-adverts.mjs", import.meta.url));
const GROUP = "224.0.0.18";
const RIVAL = "192.0.2.99";
/** A tenth of it lies between two answers: long enough for all that follows. */
const INTERVAL_SECONDS = "40.95";

t.test("a new master answers a rival at once, whatever answer it had planned before", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: INTERVAL_SECONDS, VRRPD_PRIORITY: "254" });
  const say = async (...priorities: readonly number[]) => {
    const common = { source: RIVAL, destination: GROUP, version: 3, address: VIP, ttl: 255 };
    const adverts = JSON.stringify(priorities.map((priority) => ({ ...common, priority })));
    await nodes.host("client").ok([process.execPath, THROWER, adverts]);
  };
  const a = nodes.start("a");
  await a.waitForLine(/Entering BACKUP STATE/);
  // After a release, a backup of this priority waits for a third of a second.
  await say(0);
  await a.waitForLine(/Entering MASTER STATE/);
  const before = a.lines.length;
  // The first is answered, the second has to wait, and the third ends the mastership.
  await say(100, 100, 255);
  await a.waitForLine(/Entering BACKUP STATE/, { after: before });
  await say(0);
  await a.waitForLine(/Entering MASTER STATE/, { after: before });
  const releases = nodes.capture.adverts({ source: RIVAL, priority: 0 });
  await say(100);
  const afterMicros = releases.at(-1)!.atMicros;
  const rival = await nodes.capture.waitFor(advert({ source: RIVAL, priority: 100, afterMicros }));
  const answer = await nodes.capture.waitFor(advert({ from: "a", afterMicros: rival.atMicros }), {
    timeoutMs: 20_000,
  });
  const late = (answer.atMicros - rival.atMicros) / 1e6;
  t.ok(late < 2, `answered after ${late.toFixed(3)} s`);
});
