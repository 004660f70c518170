/** The links and addresses of this host as the kernel last told them, and what changed by what it tells. */
import { formatWithPrefix } from "../../base/address.js";
import type { InterfaceFacts } from "../../config/plan/facts.js";
import type { InterfaceAddress, LinkState } from "../../core/input.js";
import type { AddressMessage, LinkMessage } from "./decode.js";
import type { Snapshot } from "./dump.js";

export type AddressChange = "added" | "changed" | "removed";

/**
 * `us`: the echo of our own request. `kernel`: removed with another address that we removed, whose secondary it was.
 */
export type Author = "us" | "others" | "kernel";

export interface HostChanges {
  /** There, changed, or gone (null). A renamed interface is gone under its old name and there under the new one. */
  onLink(interfaceName: string, link: LinkState | null): void;
  /** Of a lifetime only "finite or not" counts as a change. */
  onAddress(change: AddressChange, interfaceName: string, address: InterfaceAddress, author: Author): void;
  /** All addresses: at start, when the interface appears, and when a dump after lost events differs. */
  onResync(interfaceName: string, addresses: readonly InterfaceAddress[]): void;
}

interface Entry {
  /** null: an address was told of before its link. */
  name: string | null;
  link: LinkState | null;
  masterIndex: number | null;
  /** By "address/prefix length", in the kernel's order. */
  readonly addresses: Map<string, InterfaceAddress>;
}

export class HostTable {
  /** By interface index. */
  #entries = new Map<number, Entry>();

  constructor(private readonly changes: HostChanges) {}

  putLink(message: LinkMessage): void {
    const entry = this.#entry(message.index);
    const { name, link, masterIndex } = entry;
    entry.name = message.name ?? name;
    if (entry.name === null) return;
    entry.link = mergeLink(link, message);
    entry.masterIndex = mergeMaster(masterIndex, message);
    const isNew = link === null || name !== entry.name;
    const hasChanged = !isSameLink(link, entry.link) || masterIndex !== entry.masterIndex;
    if (isNew && name !== null) this.changes.onLink(name, null);
    if (isNew || hasChanged) this.changes.onLink(entry.name, entry.link);
    if (isNew) this.changes.onResync(entry.name, [...entry.addresses.values()]);
  }

  dropLink(index: number): void {
    const entry = this.#entries.get(index);
    this.#entries.delete(index);
    if (entry !== undefined && entry.name !== null) this.changes.onLink(entry.name, null);
  }

  putAddress({ interfaceIndex, address }: AddressMessage, author: Author): void {
    const entry = this.#entry(interfaceIndex);
    const key = formatWithPrefix(address);
    const before = entry.addresses.get(key);
    entry.addresses.set(key, address);
    if (entry.name === null || (before !== undefined && isSameAddress(before, address))) return;
    this.changes.onAddress(before === undefined ? "added" : "changed", entry.name, address, author);
  }

  dropAddress({ interfaceIndex, address }: AddressMessage, author: Author): void {
    const entry = this.#entries.get(interfaceIndex);
    const wasThere = entry?.addresses.delete(formatWithPrefix(address));
    if (entry === undefined || entry.name === null || !wasThere) return;
    this.changes.onAddress("removed", entry.name, address, author);
  }

  /** Takes over a dump: first tells what is gone, then what is there and differs. */
  adopt(snapshot: Snapshot): void {
    const before = this.#entries;
    this.#entries = entriesOf(snapshot);
    for (const [index, { name }] of before) {
      if (name !== null && this.#entries.get(index)?.name !== name) this.changes.onLink(name, null);
    }
    for (const [index, entry] of this.#entries) {
      if (entry.name === null || entry.link === null) continue;
      const old = before.get(index);
      const isNew = old === undefined || old.name !== entry.name;
      const hasChanged = !isSameLink(old?.link ?? null, entry.link) || old?.masterIndex !== entry.masterIndex;
      if (isNew || hasChanged) this.changes.onLink(entry.name, entry.link);
      if (isNew || !areSameAddresses(old.addresses, entry.addresses)) {
        this.changes.onResync(entry.name, [...entry.addresses.values()]);
      }
    }
  }

  interfaces(): InterfaceFacts[] {
    const facts: InterfaceFacts[] = [];
    for (const { name, link, masterIndex, addresses } of this.#entries.values()) {
      if (name === null || link === null) continue;
      facts.push({ name, link, master: this.#nameOf(masterIndex), addresses: [...addresses.values()] });
    }
    return facts;
  }

  /** An interface of another network namespace has an index and no name here. */
  #nameOf(index: number | null): string | null {
    return index === null ? null : (this.#entries.get(index)?.name ?? `interface ${index}`);
  }

  #entry(index: number): Entry {
    let entry = this.#entries.get(index);
    if (entry === undefined) {
      entry = newEntry();
      this.#entries.set(index, entry);
    }
    return entry;
  }
}

/** The interfaces of a dump, as facts for planning. */
export function interfacesOf(snapshot: Snapshot): InterfaceFacts[] {
  const nobody: HostChanges = { onLink: () => {}, onAddress: () => {}, onResync: () => {} };
  const table = new HostTable(nobody);
  table.adopt(snapshot);
  return table.interfaces();
}

function entriesOf(snapshot: Snapshot): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  for (const message of snapshot.links) {
    entries.set(message.index, {
      name: message.name,
      link: mergeLink(null, message),
      masterIndex: message.masterIndex,
      addresses: new Map(),
    });
  }
  for (const { interfaceIndex, address } of snapshot.addresses) {
    let entry = entries.get(interfaceIndex);
    // Made after the links were listed: the event that tells of its link is waiting.
    if (entry === undefined) {
      entry = newEntry();
      entries.set(interfaceIndex, entry);
    }
    entry.addresses.set(formatWithPrefix(address), address);
  }
  return entries;
}

function newEntry(): Entry {
  return { name: null, link: null, masterIndex: null, addresses: new Map() };
}

function mergeLink(before: LinkState | null, message: LinkMessage): LinkState {
  const { index, up, carrier, mac, mtu } = message;
  return { index, up, carrier, mac: mac ?? before?.mac ?? null, mtu: mtu ?? before?.mtu ?? 0 };
}

/** A message that says little (one without an MTU) says nothing of the master either. */
function mergeMaster(before: number | null, { masterIndex, mtu }: LinkMessage): number | null {
  return mtu === null ? (masterIndex ?? before) : masterIndex;
}

function isSameLink(a: LinkState | null, b: LinkState): boolean {
  if (a === null) return false;
  return a.up === b.up && a.carrier === b.carrier && a.mac?.text === b.mac?.text && a.mtu === b.mtu;
}

function isSameAddress(a: InterfaceAddress, b: InterfaceAddress): boolean {
  return (
    a.scope === b.scope &&
    a.secondary === b.secondary &&
    a.tentative === b.tentative &&
    a.temporary === b.temporary &&
    a.deprecated === b.deprecated &&
    a.label === b.label &&
    a.marked === b.marked &&
    (a.validSeconds === null) === (b.validSeconds === null)
  );
}

function areSameAddresses(
  a: ReadonlyMap<string, InterfaceAddress>,
  b: ReadonlyMap<string, InterfaceAddress>,
): boolean {
  if (a.size !== b.size) return false;
  for (const [key, address] of a) {
    const other = b.get(key);
    if (other === undefined || !isSameAddress(address, other)) return false;
  }
  return true;
}
