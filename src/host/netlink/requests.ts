/** Adds and removes virtual addresses, many in one datagram, and says at once what became of each. */
import { formatWithPrefix, isSingleHost } from "../../base/address.js";
import { VrrpdError } from "../../base/errors.js";
import { errnoName } from "../native.js";
import { Batch } from "./batch.js";
import { type PutBack, putBack, type Stock, takeStock } from "./companions.js";
import { type DressedAddress, encodeAddAddress, encodeRemoveAddress } from "./encode.js";
import type { OwnChanges } from "./own-changes.js";

/** The messages for the virtual addresses of one router, ready to be sent. */
export interface PreparedAddresses {
  readonly interfaceIndex: number;
  readonly entries: readonly PreparedAddress[];
}

interface PreparedAddress {
  /** "address/prefix length" */
  readonly key: string;
  /** IPv4 with a shorter prefix than that of a single host: others of its subnet may go with it. */
  readonly hasSubnet: boolean;
  readonly add: Uint8Array;
  readonly remove: Uint8Array;
}

/** What one virtual router wants of a burst: indexes into its virtual addresses. */
export interface AddressBatch {
  readonly prepared: PreparedAddresses;
  readonly addresses: readonly number[];
}

/** What became of one address of a batch, known by its position among the prepared ones. */
export type RequestOutcome =
  | { readonly address: number; readonly result: "done" }
  /** `code`: errno name. */
  | { readonly address: number; readonly result: "refused"; readonly code: string };

type Operation = "add" | "remove";

interface Slot {
  readonly interfaceIndex: number;
  readonly address: number;
  readonly entry: PreparedAddress;
  /** 0, or the errno of the answer; null: the kernel has not said. */
  errno: number | null;
}

/** @param leaseSeconds lifetime that every add gives the address; null: for ever. */
export function prepareAddresses(
  interfaceIndex: number,
  virtualAddresses: readonly DressedAddress[],
  leaseSeconds: number | null,
): PreparedAddresses {
  const entries = virtualAddresses.map((entry) => ({
    key: formatWithPrefix(entry),
    hasSubnet: entry.address.family === "ipv4" && !isSingleHost(entry),
    add: encodeAddAddress(interfaceIndex, entry, leaseSeconds),
    remove: encodeRemoveAddress(interfaceIndex, entry),
  }));
  return { interfaceIndex, entries };
}

export class AddressRequests {
  readonly #batch = new Batch();

  /**
   * @param onPutBack told of what went with an address of ours and was put back
   * Throws an Error with `code` when the socket cannot be opened.
   */
  constructor(
    private readonly own: OwnChanges,
    private readonly onPutBack: (results: readonly PutBack[]) => void = () => {},
  ) {}

  /** As it stands in the header of the IPv4 events that these requests cause. */
  get portId(): number {
    return this.#batch.socket.portId;
  }

  /** Adds or renews. One array of outcomes a batch, in its order. An address that is there already is done. */
  add(batches: readonly AddressBatch[]): RequestOutcome[][] {
    return this.#carryOut("add", batches);
  }

  /** Removes. An address that is not there, or whose interface is gone, is done. */
  remove(batches: readonly AddressBatch[]): RequestOutcome[][] {
    const withSubnets = new Set(
      batches
        .filter(({ prepared, addresses }) => addresses.some((index) => prepared.entries[index]!.hasSubnet))
        .map(({ prepared }) => prepared.interfaceIndex),
    );
    if (withSubnets.size === 0) return this.#carryOut("remove", batches);
    const before = unlessSilent(() => takeStock(withSubnets));
    const outcomes = this.#carryOut("remove", batches);
    if (before !== null) this.#putBack(before);
    return outcomes;
  }

  #putBack(before: Stock): void {
    const isOurs = (index: number, key: string) => this.own.knows(index, key);
    const results = unlessSilent(() => putBack(this.#batch.socket, before, isOurs)) ?? [];
    if (results.length > 0) this.onPutBack(results);
  }

  /** Removes what these requests have added there and not removed since: "address/prefix length" of each. */
  removeOwn(prepared: readonly PreparedAddresses[]): string[] {
    const batches = prepared.map(({ interfaceIndex, entries }) => {
      const held = [...entries.keys()].filter((index) => this.own.holds(interfaceIndex, entries[index]!.key));
      return { prepared: { interfaceIndex, entries }, addresses: held };
    });
    const outcomes = this.remove(batches);
    return outcomes.flatMap((batch, position) =>
      batch
        .filter(({ result }) => result === "done")
        .map(({ address }) => prepared[position]!.entries[address]!.key),
    );
  }

  close(): void {
    this.#batch.close();
  }

  #carryOut(operation: Operation, batches: readonly AddressBatch[]): RequestOutcome[][] {
    const slots = batches.map(({ prepared, addresses }) =>
      addresses.map((address): Slot => {
        const { interfaceIndex, entries } = prepared;
        return { interfaceIndex, address, entry: entries[address]!, errno: null };
      }),
    );
    const all = slots.flat();
    const errnos = this.#batch.send(all.map(({ entry }) => entry[operation]));
    for (const [at, slot] of all.entries()) slot.errno = errnos[at]!;
    return slots.map((batch) => batch.map((slot) => this.#outcome(operation, slot)));
  }

  #outcome(operation: Operation, slot: Slot): RequestOutcome {
    const { address, interfaceIndex, entry } = slot;
    const code = slot.errno === null ? "ENOBUFS" : slot.errno === 0 ? null : errnoName(slot.errno);
    if (code === null) {
      if (operation === "add") this.own.added(interfaceIndex, entry.key);
      else this.own.removed(interfaceIndex, entry.key);
      return { address, result: "done" };
    }
    if (operation === "add" && code === "EEXIST") return { address, result: "done" };
    if (operation === "remove" && GONE.has(code)) {
      this.own.wasAbsent(interfaceIndex, entry.key);
      return { address, result: "done" };
    }
    return { address, result: "refused", code };
  }
}

/** null: the kernel cannot say what there is; to remove what is ours matters more. */
function unlessSilent<T>(asked: () => T): T | null {
  try {
    return asked();
  } catch (error) {
    if (error instanceof VrrpdError && error.code === "ENETLINK") return null;
    throw error;
  }
}

/** The address is not there, its interface is gone, or the interface has no part in this family. */
const GONE: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "ENODEV", "ENXIO"]);
