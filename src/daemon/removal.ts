/** Removal of addresses that no daemon looks after any more, for those who clean up. */
import { formatWithPrefix } from "../base/address.js";
import type { InterfaceFacts } from "../config/plan/facts.js";
import { OwnChanges } from "../host/netlink/own-changes.js";
import { AddressRequests, prepareAddresses } from "../host/netlink/requests.js";
import { describePutBack } from "./put-back.js";

/** Addresses of one interface that go together. */
export interface Removal {
  readonly on: InterfaceFacts;
  readonly addresses: Parameters<typeof prepareAddresses>[1];
}

/** Returns sentences: what was removed, what could not be, and what the kernel took along. */
export function removeAddresses(
  removals: readonly Removal[],
  interfaces: readonly InterfaceFacts[],
): string[] {
  const also: string[] = [];
  const requests = new AddressRequests(new OwnChanges(), (results) =>
    also.push(...results.map((one) => describePutBack(one, interfaces))),
  );
  try {
    const removed = removals.flatMap(({ on, addresses }) => {
      const prepared = prepareAddresses(on.link.index, addresses, null);
      const [outcomes] = requests.remove([{ prepared, addresses: [...addresses.keys()] }]);
      return outcomes!.map((outcome) => {
        const address = formatWithPrefix(addresses[outcome.address]!);
        const what =
          outcome.result === "done" ? "was removed from" : `could not be removed (${outcome.code}) from`;
        return `${address} ${what} ${on.name}`;
      });
    });
    return [...removed, ...also];
  } finally {
    requests.close();
  }
}
