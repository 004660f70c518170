/** A failover between two installations of the package, on two hosts of the harness. */
import type { Test } from "tap";
import { Nodes } from "../lab/nodes.js";
import type { Installation } from "./package.js";

const ADDRESSES = ["192.0.2.101", "2001:db8::101"];
const ENVIRONMENT = { OPENSHIFT_HA_VIRTUAL_IPS: ADDRESSES.join(), VRRPD_ADVERT_INTERVAL: "0.2" };

/** What adverts leave through on the node that dies, and on the one that takes over; over IPv4 and IPv6. */
export async function failover(t: Test, dies: Installation, takesOver: Installation): Promise<string[]> {
  const host = (at: number) => ({ addresses: [`192.0.2.${at}/24`, `2001:db8::${at}/64`] });
  const nodes = await Nodes.create(t, ENVIRONMENT, { hosts: { a: host(40), b: host(41), client: host(99) } });
  const start = (name: string, { prefix, path }: Installation) =>
    nodes.startAs(name, [`${prefix}/bin/vrrpd`], { PATH: path });
  const first = start("a", dies);
  for (const address of ADDRESSES) await nodes.untilHeldBy("a", address);
  start("b", takesOver);
  for (const instance of [0, 1]) await nodes.untilState("b", "BACKUP", instance);
  const through = [await nodes.status("a"), await nodes.status("b")].map((one) => one.advertsLeaveThrough);
  first.kill("SIGKILL");
  await nodes.host("a").cut();
  for (const instance of [0, 1]) await nodes.untilState("b", "MASTER", instance);
  t.match(await nodes.clientSees(), /^02:/, "the client is answered");
  return through;
}
