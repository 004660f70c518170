/**
 * Which Host a request may name. A page of another site can have its own name point to this node (DNS rebinding) and
 * then read what is answered here; but its requests name that site. An address cannot be made to point elsewhere.
 */
import { parseAddress } from "../../base/address.js";

export class Hosts {
  readonly #names: ReadonlySet<string>;

  /** @param names in addition to addresses and localhost */
  constructor(names: readonly string[]) {
    this.#names = new Set(["localhost", ...names].map(canonical));
  }

  /** @param host as in the header: a name, an IPv4 address, or an IPv6 address in brackets, with or without a port. */
  admits(host: string): boolean {
    const match = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::\d*)?$/.exec(host.trim());
    if (match === null) return false;
    const [, bracketed, plain] = match;
    // With a zone, as of link-local addresses (RFC 6874).
    if (bracketed !== undefined) return parseAddress(bracketed.replace(/%.*$/, ""))?.family === "ipv6";
    return parseAddress(plain!)?.family === "ipv4" || this.#names.has(canonical(plain!));
  }
}

/** The final dot of an absolute name says nothing here. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
