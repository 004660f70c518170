/** Interface and node address that come late, change, or never come. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";

/** Without this the kernel removes the second address together with the first. */
const PROMOTING = { sysctls: { "net.ipv4.conf.all.promote_secondaries": "1" } };

t.test("an interface that comes late is waited for, in INIT and without a word to anybody", async (t) => {
  const nodes = await Nodes.create(
    t,
    {},
    { hosts: { late: { attached: false, addresses: ["192.0.2.42/24"] } } },
  );
  const daemon = nodes.start("late");
  await daemon.waitForLine(/interface ens3 does not exist/);
  const waiting = await nodes.status("late");
  t.match(waiting.instances[0], { state: "INIT", priority: null, reason: "interface ens3 does not exist" });
  await nodes.host("late").attach();
  await daemon.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
  t.ok(await nodes.host("late").hasAddress(VIP));
  t.equal((await nodes.status("late")).instances[0]!.priority, 213, "planned again: s = 42");
});

t.test("an address that comes late is planned with, and one that changes is sent from", async (t) => {
  const nodes = await Nodes.create(t, {}, { hosts: { late: PROMOTING } });
  const late = nodes.host("late");
  const daemon = nodes.start("late");
  await daemon.waitForLine(/ens3 has no IPv4 address/);
  await late.ok(["ip", "address", "add", "192.0.2.42/24", "dev", "ens3"]);
  await daemon.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
  await late.ok(["ip", "address", "add", "192.0.2.44/24", "dev", "ens3"]);
  await late.ok(["ip", "address", "del", "192.0.2.42/24", "dev", "ens3"]);
  await nodes.capture.waitFor((frame) => frame.kind === "advert" && frame.source === "192.0.2.44", {
    what: "an advert from the new address",
  });
  await until(async () => (await nodes.status("late")).instances[0]!.state === "MASTER", { what: "MASTER" });
});
