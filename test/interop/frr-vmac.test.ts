/** Virtual MAC addresses beside FRR's vrrpd 8.4.4, whose adverts come from the very same one. */
import t from "tap";
import { daemonOf } from "../lab/daemons/index.js";
import { createLan, type Host, until } from "../netns/index.js";

t.jobs = 2;

const ID = 5;
const MAC = "00:00:5e:00:01:05";
const VIP = "192.0.2.101";
const PATIENCE_MS = 60_000;

/** Whether its interface with the virtual MAC address is up: it is the master. */
async function serves(host: Host, name: string): Promise<boolean> {
  return (await host.ok(["ip", "link", "show", name])).includes("LOWER_UP");
}

for (const ours of [200, 100]) {
  t.test(`vrrpd has priority ${ours}, FRR ${300 - ours}`, async (t) => {
    const lan = await createLan({
      hosts: {
        v: { addresses: ["192.0.2.11/24"] },
        f: { addresses: ["192.0.2.12/24"] },
        client: { addresses: ["192.0.2.99/24"] },
      },
    });
    t.teardown(() => lan.destroy());
    const [v, f, client] = [lan.host("v"), lan.host("f"), lan.host("client")];
    const setup = {
      routers: [{ id: ID, family: "ipv4" as const, addresses: [VIP] }],
      intervalSeconds: 1,
      environment: { VRRPD_VMAC: "on" },
    };
    const vrrpd = daemonOf("vrrpd", v, { ...setup, priority: ours });
    const frr = daemonOf("frr", f, { ...setup, priority: 300 - ours });
    await client.ok([
      "ip",
      "neighbor",
      "add",
      VIP,
      "lladdr",
      MAC,
      "nud",
      "permanent",
      "dev",
      client.interface,
    ]);
    await vrrpd.start();
    await frr.start();
    const alone = (host: Host) =>
      until(
        async () =>
          (await serves(v, `vrrp.${ID}`)) === (host === v) &&
          (await serves(f, frr.virtualInterface!)) === (host === f),
        { what: `${host.name} as the one master`, timeoutMs: PATIENCE_MS },
      );
    const [better, worse] = ours === 200 ? [v, f] : [f, v];
    await alone(better);
    t.ok(await client.reaches(VIP), `it answers on ${better.name}`);
    await better.isolate();
    await until(() => serves(worse, worse === v ? `vrrp.${ID}` : frr.virtualInterface!), {
      what: `${worse.name} as master as well`,
      timeoutMs: PATIENCE_MS,
    });
    await better.rejoin();
    await alone(better);
    t.ok(await client.reaches(VIP), `it answers on ${better.name} again`);
  });
}
