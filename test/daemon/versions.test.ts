/** VRRPv2, and `auto` beside a speaker of version 2. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { advert, until } from "../netns/index.js";

const HIGH = { VRRPD_PRIORITY: "200" };
const LOW = { VRRPD_PRIORITY: "100" };

t.test(
  "[v2-7.2-1 +] version 2 speaks with the configuration's name as password, and fails over",
  async (t) => {
    const nodes = await Nodes.create(t, { VRRPD_VERSION: "2" });
    const a = nodes.start("a", HIGH);
    nodes.start("b", LOW);
    await nodes.untilHeldBy("a");
    const { advert: first } = await nodes.capture.waitFor(advert({ from: "a" }));
    t.match(first, { version: 2, priority: 200, advertIntervalMicros: 1_000_000 });
    t.equal(Buffer.from(first.password!).toString(), "ipfailov");
    a.kill("SIGKILL");
    await nodes.untilState("b", "MASTER");
    t.ok(await nodes.host("b").hasAddress(VIP));
  },
);

t.test("[v2-5.3.6-2 -] a wrong password is dropped and counted: both serve", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_VERSION: "2" });
  nodes.start("a", HIGH);
  nodes.start("b", { ...LOW, OPENSHIFT_HA_CONFIG_NAME: "another" });
  await nodes.untilState("a", "MASTER");
  const { instances } = await nodes.untilState("b", "MASTER");
  t.ok(instances[0]!.counters.drops["authentication-mismatch"]! > 0);
});

t.test(
  "[8.4.2 +] auto yields to a speaker of version 2 whatever its priority, until that falls silent",
  async (t) => {
    const nodes = await Nodes.create(t);
    nodes.start("a", HIGH);
    await nodes.untilHeldBy("a");
    const old = nodes.start("b", { ...LOW, VRRPD_VERSION: "2" });
    await nodes.untilHeldBy("b");
    const { instances } = await nodes.status("a");
    t.match(instances[0], {
      state: "BACKUP",
      reason: "yields to 192.0.2.41, which speaks version 2",
      master: { address: "192.0.2.41" },
    });
    const since = nodes.capture.adverts().at(-1)!.atMicros;
    old.kill("SIGKILL");
    await nodes.untilState("a", "MASTER");
    await nodes.capture.waitFor((frame) => advert({ from: "a" })(frame) && frame.atMicros > since);
    t.ok(await nodes.host("a").hasAddress(VIP));
  },
);

t.test("[7.1-1 -] [8.4.2 -] version 3 alone does not hear version 2", async (t) => {
  const nodes = await Nodes.create(t);
  nodes.start("b", { ...HIGH, VRRPD_VERSION: "2" });
  nodes.start("a", { ...LOW, VRRPD_VERSION: "3" });
  await nodes.untilState("a", "MASTER");
  await until(async () => (await nodes.status("a")).instances[0]!.counters.drops.version! > 0, {
    what: "counted drops",
  });
});
