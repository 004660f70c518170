/** What the kernel says became of addresses: of a virtual router, or of one that does not have them any more. */
import type { Micros } from "../base/time.js";
import type { Departures } from "./addresses/departures.js";
import type { Input } from "./input.js";
import type { VirtualRouter } from "./router/router.js";

type AddressResults = Extract<Input, { type: "addressResults" }>;

/** @param router undefined: it has left the configuration */
export function onAddressResults(
  router: VirtualRouter | undefined,
  departures: Departures,
  now: Micros,
  { router: id, operation, outcomes }: AddressResults,
): void {
  const isKnown = ({ address }: AddressResults["outcomes"][number]) =>
    router?.addresses.entryOf(address) !== undefined;
  const known = outcomes.filter(isKnown);
  const departed = outcomes.filter((outcome) => !isKnown(outcome));
  if (departed.length > 0 && operation === "remove") departures.onRemoved(now, departed);
  else if (departed.length > 0) {
    // Asked for before it left.
    const late = departed.filter(({ result }) => result === "done").map(({ address }) => address);
    departures.remove(id, late);
  }
  if (router === undefined) return;
  if (operation === "remove") return router.addresses.onRemoved(now, known);
  router.addresses.onAdded(now, known);
  router.refusedClaim.onAdded(now, known);
}
