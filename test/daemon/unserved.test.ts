/** Nodes whose lists differ: an address that nobody serves, since its node waits beside a master that has it not, is said. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";

const OTHER = "192.0.2.102";

t.test("log and status name the address that nobody serves, until somebody does", async (t) => {
  const nodes = await Nodes.create(
    t,
    {
      OPENSHIFT_HA_VIP_GROUPS: "1",
      OPENSHIFT_HA_PREEMPTION: "preempt_delay 300",
      VRRPD_ADVERT_INTERVAL: "0.2",
    },
    { hosts: { c: { addresses: ["192.0.2.42/24"] } } },
  );
  const best = nodes.start("a", { OPENSHIFT_HA_VIRTUAL_IPS: VIP, VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER");
  const both = nodes.start("b", { OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},${OTHER}`, VRRPD_PRIORITY: "150" });
  await nodes.untilState("b", "BACKUP");
  // The third has no address of the first's: a stranger to it, so both are masters, each of its own.
  const last = nodes.start("c", { OPENSHIFT_HA_VIRTUAL_IPS: OTHER, VRRPD_PRIORITY: "100" });
  await nodes.untilState("c", "MASTER");
  best.kill("SIGKILL");
  await both.waitForLine(/nobody serves 192\.0\.2\.101: 192\.0\.2\.42, .* preempt_delay of 300 s/, {
    timeoutMs: 30_000,
  });
  const problems = async () => (await nodes.status("b")).problems.map(({ text }) => text).join("\n");
  await until(async () => (await problems()).includes(`nobody serves ${VIP}: `), {
    what: "the problem of b",
  });
  t.equal((await nodes.status("b")).instances[0]!.state, "BACKUP", "the delay stands");
  last.kill("SIGKILL");
  await nodes.untilState("b", "MASTER");
  await until(async () => !/nobody/.test(await problems()), { what: "nothing of it any more" });
});
