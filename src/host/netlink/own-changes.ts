/**
 * Which address events are the echo of our own requests. The header's port id alone cannot tell: the kernel leaves it
 * zero for IPv6, and a removal of ours can take IPv4 addresses with it that nobody asked to go (the secondaries of a
 * primary). So what was asked and done is remembered here until its event has been seen.
 */

interface OwnAddress {
  /** The last request of ours that succeeded added it. */
  held: boolean;
  /** Removals of ours that succeeded and whose event has not been seen. */
  removalsUnseen: number;
}

export class OwnChanges {
  /** By interface index, then by "address/prefix length". */
  readonly #interfaces = new Map<number, Map<string, OwnAddress>>();

  added(interfaceIndex: number, key: string): void {
    this.#entry(interfaceIndex, key).held = true;
  }

  removed(interfaceIndex: number, key: string): void {
    const entry = this.#entry(interfaceIndex, key);
    entry.held = false;
    entry.removalsUnseen += 1;
  }

  /** The last request of ours that succeeded added it, on an interface that has not gone. */
  holds(interfaceIndex: number, key: string): boolean {
    return this.#interfaces.get(interfaceIndex)?.get(key)?.held ?? false;
  }

  /** Requests of ours were about it. */
  knows(interfaceIndex: number, key: string): boolean {
    return this.#interfaces.get(interfaceIndex)?.has(key) ?? false;
  }

  /** It was to be removed and was not there: no event will come. */
  wasAbsent(interfaceIndex: number, key: string): void {
    this.#entry(interfaceIndex, key).held = false;
  }

  /** Whether an address that was added or changed can be ours. Its event may come late, after a removal. */
  isOurAddition(interfaceIndex: number, key: string): boolean {
    const entry = this.#interfaces.get(interfaceIndex)?.get(key);
    return entry !== undefined && (entry.held || entry.removalsUnseen > 0);
  }

  /** Whether the removal that was seen is one that we asked for; it is then settled. */
  takeRemoval(interfaceIndex: number, key: string): boolean {
    const entry = this.#interfaces.get(interfaceIndex)?.get(key);
    if (entry === undefined || entry.removalsUnseen === 0) return false;
    entry.removalsUnseen -= 1;
    return true;
  }

  /** Events were lost, and everything up to now is known from a dump. */
  settleAll(): void {
    for (const addresses of this.#interfaces.values()) {
      for (const entry of addresses.values()) entry.removalsUnseen = 0;
    }
  }

  forgetInterface(interfaceIndex: number): void {
    this.#interfaces.delete(interfaceIndex);
  }

  #entry(interfaceIndex: number, key: string): OwnAddress {
    const addresses = this.#interfaces.get(interfaceIndex) ?? new Map<string, OwnAddress>();
    this.#interfaces.set(interfaceIndex, addresses);
    const entry = addresses.get(key) ?? { held: false, removalsUnseen: 0 };
    addresses.set(key, entry);
    return entry;
  }
}
