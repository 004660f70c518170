/** What a file asks of this host that it must have: interfaces, and nobody behind IPVS who would be left alone. */

import type { FileOrigin } from "../../../core/origin.js";
import { VARIABLES } from "../../env/table.js";
import type { Lookups } from "../../source.js";
import type { FileDraft } from "../file.js";
import type { Report } from "../report.js";

/** Keepalived refuses the whole file for one of them, unless `dynamic_interfaces` has it wait. */
export function requireInterfaces(
  { instances, globals }: FileDraft,
  { interfaceNamed }: Lookups,
  report: Report,
): void {
  const asked = [...instances.values()].flatMap((instance): [string, FileOrigin][] => [
    ...(instance.interface === null
      ? []
      : [[instance.interface.value, instance.interface.origin] as [string, FileOrigin]]),
    ...[...instance.addresses, ...instance.excluded].flatMap(
      ({ interface: on, origin }): [string, FileOrigin][] =>
        on === null ? [] : [[on, { ...origin, keyword: "dev" }]],
    ),
    ...instance.trackedInterfaces.map(({ name, statement }): [string, FileOrigin] => [
      name,
      { ...statement.origin, keyword: "track_interface" },
    ]),
  ]);
  for (const [name, origin] of asked) {
    if (name === "lo" && origin.keyword === "interface")
      report.refuse(origin, name, "is the loopback, on which nobody hears adverts", "another interface");
    else if (!globals.dynamicInterfaces && interfaceNamed(name) === null) {
      const reason = "does not exist, and Keepalived refuses the whole file for it";
      report.refuse(origin, name, reason, "an interface of this host, or dynamic_interfaces in global_defs");
    }
  }
}

/** With Keepalived stopped nobody would set up IPVS, and the address would lead nowhere. */
export function refuseBalancing(
  { instances, virtualServers }: FileDraft,
  ignored: boolean,
  { hasIpvsServices }: Lookups,
  report: Report,
): void {
  if (ignored || virtualServers.length === 0) return;
  const accepted = `a file without it, or ${VARIABLES.lvs.name}=ignore where another program balances`;
  const own = new Set(
    [...instances.values()].flatMap(({ addresses, excluded }) =>
      [...addresses, ...excluded].map(({ address }) => address.text),
    ),
  );
  const balanced = virtualServers.filter(({ address }) => address !== null && own.has(address.text));
  for (const { origin, address } of balanced) {
    const reason = "balances a virtual address of this file, which nobody does once Keepalived is stopped";
    report.refuse(origin, address!.text, reason, accepted);
  }
  const [first] = virtualServers;
  if (balanced.length === 0 && hasIpvsServices()) {
    const reason =
      "balances through IPVS, whose services in this kernel nobody cares for once Keepalived is stopped";
    report.refuse(first!.origin, first!.address?.text ?? "", reason, accepted);
  }
}

/** One virtual router of an interface and family has one id: two would answer for each other. */
export function refuseTwins(
  { instances }: FileDraft,
  familyOf: (name: string) => string | null,
  report: Report,
): void {
  const known = new Map<string, string>();
  for (const { name, interface: on, virtualRouterId } of instances.values()) {
    if (on === null || virtualRouterId === null) continue;
    const key = `${on.value}/${familyOf(name)}/${virtualRouterId.value}`;
    const first = known.get(key);
    if (first === undefined) known.set(key, name);
    else {
      const reason = `is that of ${first} already, on ${on.value} and in the same family`;
      report.refuse(virtualRouterId.origin, `${virtualRouterId.value}`, reason, "an id of its own for each");
    }
  }
}
