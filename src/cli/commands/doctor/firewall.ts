/** Whether this host's own packet filters let adverts and ARP through. */
import { type InterfacePlan, type Plan, routersOn } from "../../../config/index.js";
import { nameOf, settingOf } from "../../../core/origin.js";
import { error, type Finding, ok, warning } from "../../../host/finding.js";
import type { FilterPacket } from "../../../host/packet-filter/packet.js";
import { filtersAgainst } from "../../../host/packet-filter/verdict.js";
import { familiesOf } from "./host.js";

export async function firewallFindings(plan: Plan): Promise<Finding[]> {
  const on = plan.interfaces.filter(({ name }) => name !== null);
  if (on.length === 0) return [];
  const names = on.map(({ nameInPlan }) => nameInPlan).join(", ");
  const { found, unread } = await filtersAgainst(on.flatMap((one) => packetsOf(plan, one)));
  const { iptablesChain, nftablesRule } = plan.origins;
  const hint =
    plan.firewall === null
      ? `Accept protocol 112, or let vrrpd do it (${settingOf(iptablesChain, "INPUT")} or ${nameOf(nftablesRule)}).`
      : "vrrpd adds an accept rule of its own at its start; look again then.";
  const findings = found.map(({ verdict, where, by }) =>
    verdict === "drop"
      ? error("firewall", `${where} drops VRRP or ARP on ${names}: ${by}`, hint)
      : warning("firewall", `${where} may drop VRRP or ARP on ${names}: ${by}`, hint),
  );
  const blind = unread.map((text) =>
    warning("firewall", `its rules could not be read: ${text}`, "Look at them yourself."),
  );
  // The same rule may stop several kinds of packets.
  const all = new Map([...findings, ...blind].map((finding) => [finding.text, finding]));
  return all.size > 0
    ? [...all.values()]
    : [ok("firewall", "no rule of nftables or iptables drops VRRP or ARP")];
}

function packetsOf(plan: Plan, on: InterfacePlan): FilterPacket[] {
  const { nameInPlan: name, nodeAddress } = on;
  const packets = familiesOf(plan, on).flatMap((family): FilterPacket[] => {
    const here = routersOn(plan, on).flatMap(({ config }) => (config.family === family ? [config] : []));
    const groups = here.map(({ unicastPeers, multicastGroup }) =>
      unicastPeers.length > 0 ? null : multicastGroup.text,
    );
    const node = nodeAddress?.family === family ? nodeAddress.text : null;
    const common = { kind: family, interface: name };
    return [...new Set(groups)].flatMap((group): FilterPacket[] => [
      { ...common, direction: "in", destination: group ?? node, source: null },
      { ...common, direction: "out", destination: group, source: node },
    ]);
  });
  const hasArp = packets.some(({ kind }) => kind === "ipv4");
  const arp = { kind: "arp", interface: name, destination: null, source: null } as const;
  return hasArp ? [...packets, { ...arp, direction: "in" }, { ...arp, direction: "out" }] : packets;
}
