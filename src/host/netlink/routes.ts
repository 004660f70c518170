/** How this host reaches others: asked of the kernel one by one. */
import { type IpAddress, isLinkLocal6 } from "../../base/address.js";
import { decodeFoundRoute, type FoundRoute } from "./decode.js";
import { ask } from "./dump.js";
import { encodeRouteQuestion } from "./encode.js";

/**
 * The route to each destination, by its text; one without a route, and this host itself, are left out. So are
 * link-local addresses, which are on-link on every interface. Throws VrrpdError `ENETLINK` when the kernel is silent.
 */
export function findRoutes(destinations: readonly IpAddress[]): Map<string, FoundRoute> {
  const found = new Map<string, FoundRoute>();
  for (const destination of destinations) {
    if (isLinkLocal6(destination)) continue;
    const answer = ask(encodeRouteQuestion(destination));
    const route = answer === null ? null : decodeFoundRoute(answer.data);
    if (route !== null) found.set(destination.text, route);
  }
  return found;
}
