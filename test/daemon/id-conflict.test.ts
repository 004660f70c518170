/** The same address under two virtual router ids: nodes whose offsets differ, as older and newer images have them. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { until } from "../netns/index.js";

t.jobs = 2;

const OTHER_OFFSET = { OPENSHIFT_HA_VRRP_ID_OFFSET: "10", VRRPD_PRIORITY: "100" };

async function masterWithId11(t: Teardown, environment: Record<string, string> = {}) {
  const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: "0.5", ...environment });
  const other = nodes.start("b", OTHER_OFFSET);
  await nodes.untilHeldBy("b");
  return { nodes, other };
}

t.test("one that starts beside such a master waits until it is gone, and says so", async (t) => {
  const { nodes, other } = await masterWithId11(t);
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await a.waitForLine(/Waiting: 192\.0\.2\.41 advertises our 192\.0\.2\.101 under virtual router id 11/);
  const status = await nodes.status("a");
  t.match(status.instances[0], { state: "BACKUP", code: "id-conflict" });
  t.ok(status.problems.some(({ code, severity }) => code === "id-conflict" && severity === "error"));
  await nodes.capture.waitFor((frame) => frame.kind === "advert" && frame.from === "b");
  t.strictSame(nodes.capture.adverts({ from: "a" }), [], "it has not advertised");
  t.notOk(await nodes.host("a").hasAddress(VIP));
  other.kill("SIGKILL");
  await nodes.untilState("a", "MASTER");
  t.match((await nodes.status("a")).instances[0]!.reason, /192\.0\.2\.41 no longer advertises/);
});

t.test("VRRPD_ID_CONFLICT=claim: both hold it, and it is reported", async (t) => {
  const { nodes } = await masterWithId11(t);
  const a = nodes.start("a", { VRRPD_PRIORITY: "200", VRRPD_ID_CONFLICT: "claim" });
  await a.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
  await until(async () => (await nodes.host("a").hasAddress(VIP)) && nodes.host("b").hasAddress(VIP), {
    what: "two holders",
  });
  t.ok(a.output.includes("under virtual router id 11"));
});
