/** What is the node's own stays the node's own: its addresses are never taken, and their short absence is no outage. */
import t from "tap";
import { CLIENT_ADDRESS, Nodes, VIP, VRRPD } from "./nodes.js";

t.jobs = 2;

t.test(
  "what DHCP gave a node is never removed, whatever is virtual; leftovers go, and are logged",
  async (t) => {
    const own = ["192.0.2.40", "2001:db8::40"];
    const nodes = await Nodes.create(
      t,
      { OPENSHIFT_HA_VIRTUAL_IPS: [...own, VIP, "2001:db8::101"].join() },
      {
        hosts: {
          a: { addresses: [] },
          b: { addresses: [] },
          client: { addresses: [`${CLIENT_ADDRESS}/24`] },
        },
      },
    );
    const a = nodes.host("a");
    const add = (...words: string[]) => a.ok(["ip", "address", "add", ...words, "dev", "ens3"]);
    const forAnHour = ["valid_lft", "3600", "preferred_lft", "3600"];
    await add("192.0.2.40/32", ...forAnHour);
    await add("2001:db8::40/128", ...forAnHour);
    await add(`${VIP}/32`);
    await add("2001:db8::101/128", "nodad", "valid_lft", "60", "preferred_lft", "0");
    const daemon = nodes.start("a", { OPENSHIFT_HA_VIP_GROUPS: "1" });
    const removed = await daemon.waitForLine(
      /192\.0\.2\.101\/32 was removed from ens3: left there by an earlier/,
    );
    t.match(removed.text, '"code":"address-removed"');
    await daemon.waitForLine(/2001:db8::101\/128 was removed from ens3: left there by an earlier run/);
    await nodes.untilState("a", "MASTER");
    daemon.kill("SIGTERM");
    await daemon.exited;
    for (const address of own) t.ok(await a.hasAddress(address), `${address} is there`);
    for (const address of [VIP, "2001:db8::101"]) t.notOk(await a.hasAddress(address), `${address} is gone`);
    const said = daemon.lines.map(({ text }) => text).join("\n");
    t.match(said, /192\.0\.2\.101\/32 was removed from ens3: this node is not master/);
    t.notMatch(said, /192\.0\.2\.40\/32[^"]*removed/);
    const env = { OPENSHIFT_HA_VIRTUAL_IPS: own.join(), OPENSHIFT_HA_NETWORK_INTERFACE: "ens3" };
    await a.ok([...VRRPD, "cleanup", "--config", "env"], { env });
    for (const address of own) t.ok(await a.hasAddress(address), `${address} outlasts cleanup`);
  },
);

t.test("an address that comes while the daemon runs, and is all a node has, is its own", async (t) => {
  const nodes = await Nodes.create(
    t,
    { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.40", VRRPD_GUARD_REMOVE: "on" },
    { hosts: { a: { addresses: [] } } },
  );
  const a = nodes.host("a");
  const daemon = nodes.start("a", { VRRPD_PRIORITY: "100" });
  await daemon.waitForLine(/ens3 has no IPv4 address of its own/);
  await a.ok(["ip", "address", "add", "192.0.2.40/32", "dev", "ens3"]);
  await nodes.untilState("a", "MASTER");
  daemon.kill("SIGTERM");
  await daemon.exited;
  t.ok(await a.hasAddress("192.0.2.40"));
  t.notMatch(daemon.lines.map(({ text }) => text).join("\n"), /address-removed/);
});
