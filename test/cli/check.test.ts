/** `vrrpd check --json` on hosts that have the vectors' node addresses: what the original derives, we plan. */
import t from "tap";
import { parseAddress } from "../../src/base/address.js";
import vectors from "../config/ipfailover-vectors.json" with { type: "json" };
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan } from "../netns/index.js";

const PREEMPT: Readonly<Record<string, object>> = {
  "preempt_delay 300": { mode: "delay", delaySeconds: 300 },
  nopreempt: { mode: "never", delaySeconds: 0 },
};

interface Printed {
  readonly instances: readonly { readonly priority: number }[];
}

t.test("each vector", async (t) => {
  const hosts = Object.fromEntries(
    vectors.map(({ node }, index) => [`v${index}`, { addresses: [node.addr] }]),
  );
  const lan = await createLan({ interface: "ens3", hosts });
  t.teardown(() => lan.destroy());
  for (const [index, vector] of vectors.entries()) {
    t.equal(vector.node.iface, "ens3");
    const check = async () => {
      const command = [...VRRPD, "check", "--config", "env", "--json"];
      return JSON.parse(
        await lan.host(`v${index}`).ok(command, { env: { ...vector.env } as Record<string, string> }),
      );
    };
    const printed = (await check()) as Printed;
    const node = vector.node.addr.split("/")[0]!;
    t.match(printed, { source: "env", interface: "ens3", nodeAddress: node }, vector.id);
    t.equal(printed.instances.length, vector.expect.instances.length);
    for (const [position, expected] of vector.expect.instances.entries()) {
      const instance = printed.instances[position]!;
      t.match(
        instance,
        {
          name: expected.name,
          interface: expected.interface,
          virtualRouterId: expected.virtual_router_id,
          preempt: PREEMPT[expected.preempt],
          virtualAddresses: expected.vips.map(withPrefix),
          unicastPeers: (expected.unicast_peers as string[]).filter((peer) => peer !== node),
          notifyScript: expected.notify,
        },
        `${vector.id}: ${expected.name}`,
      );
      const range = expected.priority as number | { from: number; to: number };
      const { from, to } = typeof range === "number" ? { from: range, to: range } : range;
      const [least, most] = [Math.max(1, from), Math.min(254, to)];
      t.ok(
        instance.priority >= least && instance.priority <= most,
        `${instance.priority} in ${least}..${most}`,
      );
    }
    t.strictSame(await check(), printed, "the same at the second time");
  }
});

function withPrefix(text: string): string {
  const address = parseAddress(text)!;
  return `${address.text}/${address.bytes.length * 8}`;
}

t.test("a port of a bridge is passed over for the bridge, as with OVN-Kubernetes's br-ex", async (t) => {
  const lan = await createLan({ interface: "ens3", hosts: { node: {} } });
  t.teardown(() => lan.destroy());
  const host = lan.host("node");
  const commands = [
    "link add br-ex type bridge",
    "link set ens3 master br-ex",
    "link set br-ex up",
    "address add 192.0.2.10/24 dev br-ex",
    "route add default via 192.0.2.1 dev br-ex",
  ];
  for (const command of commands) await host.ok(["ip", ...command.split(" ")]);
  const env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100", OPENSHIFT_HA_VRRP_ID_OFFSET: "0" };
  const check = (more: Record<string, string>) =>
    host.ok([...VRRPD, "check", "--config", "env"], { env: { ...env, ...more } });
  t.match(
    await check({}),
    /interface +br-ex .*ens3 is a port of br-ex and has no address and is passed over/,
  );
  t.match(await check({}), /node address +192\.0\.2\.10/);
  const named = await check({ OPENSHIFT_HA_NETWORK_INTERFACE: "ens3" });
  t.match(named, /warning: ens3 is a port of br-ex and has no address; name br-ex in/);
  await host.ok(["ip", "link", "set", "ens3", "nomaster"]);
  t.match(await check({}), /interface +ens3 /, "no port any more");
});
