/**
 * Which of the sockets for adverts a packet goes to: decided in the kernel, before it wakes anybody. Every packet has
 * one class, and each socket's program lets one class through:
 *
 * | Class | What |
 * |---|---|
 * | `routine` | adverts from a master that we follow, with the priority that it has: they wake nobody |
 * | `followed` | others from there: no flood from another source takes their room |
 * | `ours` | other adverts that can change a decision: our virtual router id, priority and addresses that matter |
 * | `rest` | what can never be meant, and what cannot change anything: sampled, see sampling.ts |
 *
 * The program may put too much into `ours`, never too little. What an advert is worth is decided again where it is
 * decoded, whichever socket it came through.
 */
import type { Family, IpAddress } from "../../base/address.js";
import type { MacAddress } from "../../base/mac.js";
import { type Followed, NOBODY } from "../../core/router/leader.js";
import { IPV6_HEADER_LENGTH } from "../../wire/ipv6.js";
import {
  ADDRESS_COUNT,
  ADDRESSES,
  addressLength,
  PRIORITY,
  TYPE_ADVERTISEMENT,
  VERSION_AND_TYPE,
  VIRTUAL_ROUTER_ID,
  VRRP_PROTOCOL,
  VRRP_TTL,
} from "../../wire/vrrp.js";
import { AUTHENTICATION_DATA_LENGTH } from "../../wire/vrrp2.js";
import {
  A_TO_X,
  ADD,
  ADD_X,
  assemble,
  FROM_LINK_HEADER,
  FROM_NETWORK_HEADER,
  JUMP_IF_ANY_BIT,
  JUMP_IF_EQUAL,
  JUMP_IF_EQUAL_X,
  JUMP_IF_GREATER_OR_EQUAL,
  type Line,
  LOAD_BYTE,
  LOAD_BYTE_BEYOND_X,
  LOAD_HALF,
  LOAD_LENGTH,
  LOAD_WORD,
  LOAD_WORD_BEYOND_X,
  LOAD_X,
  LOAD_X_HEADER_LENGTH,
  op,
  type Range,
  RETURN,
  rangesOf,
  SHIFT_LEFT,
  SUBTRACT_X,
  unless,
  WHOLE_PACKET,
  when,
  whenWithin,
} from "../bpf/program.js";

export type AdvertClass = "routine" | "followed" | "ours" | "rest";

const EVERYTHING = assemble([op(RETURN, WHOLE_PACKET)]);
export const NOTHING = assemble([op(RETURN, 0)]);

/** What is meant for us on one interface, over one family. */
export interface Meant {
  readonly family: Family;
  readonly virtualRouterIds: readonly number[];
  /** Which versions of VRRP some virtual router takes. */
  readonly versions: ReadonlySet<2 | 3>;
  /** Those that virtual routers hear, each once. */
  readonly groups: readonly IpAddress[];
  /** Who may send unicast adverts; null: nobody. */
  readonly unicast: Unicast | null;
  /** What our virtual routers advertise: an advert that has none of them among its first ones changes no decision. */
  readonly addresses: readonly IpAddress[];
}

export interface Unicast {
  /** With the least TTL or hop limit, 1..255. */
  readonly peers: readonly { readonly address: IpAddress; readonly leastTtl: number }[];
  /** Nobody else is heard; else others are with a TTL of 255. */
  readonly strict: boolean;
}

/** The kernel limits what filters may take (net.core.optmem_max: 20 KiB on older ones, an old and a new one together). */
const MOST_ID_RANGES = 32;
const MOST_ADDRESS_RANGES = 32;
const MOST_PEERS = 128;
const MOST_FOLLOWED = 64;
const MOST_ROUTINE_PRIORITIES = 8;
/** So many addresses of an advert are looked at, where we have few. */
const ADDRESSES_LOOKED_AT = 4;
const FEW_RANGES = 8;

/**
 * The program of the socket for one class.
 * @param from adverts from this MAC address alone, as they come in on the link; null: as a raw socket gets them
 */
export function advertFilter(
  only: AdvertClass,
  meant: Meant,
  followed: Followed = NOBODY,
  from: MacAddress | null = null,
): Uint8Array {
  const offsets = from === null ? OFFSETS[meant.family] : OFFSETS_ON_LINK[meant.family];
  return assemble([
    ...(from === null ? [] : fromMac(meant.family, from)),
    ...offsets.lengthOfMessage,
    ...unless(JUMP_IF_GREATER_OR_EQUAL, ADDRESSES, "rest"),
    ...ends(meant, offsets),
    { label: "arrived" },
    ...offsets.whole,
    ...identity(meant, offsets),
    ...lengths(meant, offsets),
    ...weight(meant, followed, offsets),
    ...verdicts(only),
  ]);
}

/** Where nothing is told apart: whatever there is of VRRP. @param from as above */
export function anyAdvert(family: Family, from: MacAddress | null): Uint8Array {
  if (from === null) return EVERYTHING;
  return assemble([...fromMac(family, from), op(RETURN, WHOLE_PACKET)]);
}

/** The frame's source, and VRRP as its protocol; all else is nobody's. */
function fromMac(family: Family, { bytes }: MacAddress): Line[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [
    op(LOAD_WORD, FROM_LINK_HEADER + SOURCE_MAC),
    ...unless(JUMP_IF_EQUAL, view.getUint32(0), "another"),
    op(LOAD_HALF, FROM_LINK_HEADER + SOURCE_MAC + 4),
    ...unless(JUMP_IF_EQUAL, view.getUint16(4), "another"),
    op(LOAD_BYTE, PROTOCOL_AT[family]),
    ...when(JUMP_IF_EQUAL, VRRP_PROTOCOL, "VRRP"),
    { label: "another" },
    op(RETURN, 0),
    { label: "VRRP" },
  ];
}

/** In an Ethernet header, and in those of IP. */
const SOURCE_MAC = 6;
const PROTOCOL_AT: Readonly<Record<Family, number>> = { ipv4: 9, ipv6: 6 };

interface Offsets {
  /** Leaves the length of the VRRP message in A and, over IPv4, that of the header in X. */
  readonly lengthOfMessage: readonly Line[];
  /** Refuses fragments; IPv6 puts them together before. */
  readonly whole: readonly Line[];
  readonly ttl: number;
  /** Of its last four bytes. */
  readonly sourceSuffix: number;
  readonly destination: number;
  /** To `rest` for a destination (A: its first word) that is multicast. */
  readonly refuseMulticast: readonly Line[];
  /** A message begins at X, or at 0. */
  readonly byte: number;
  readonly word: number;
  /** X is the length of the header again; and X + A, or A alone. */
  readonly restoreX: readonly Line[];
  readonly beyondX: readonly Line[];
  readonly shift: number;
  /** The length that the packet has, in A. */
  readonly length: Line;
}

const VERSION_3 = (3 << 4) | TYPE_ADVERTISEMENT;
const VERSION_2 = (2 << 4) | TYPE_ADVERTISEMENT;
const MULTICAST_IPV4 = 0xe000_0000;
const MULTICAST_IPV6 = 0xff00_0000;
const MORE_FRAGMENTS_OR_OFFSET = 0x3fff;

const IPV4: Offsets = {
  lengthOfMessage: [op(LOAD_X_HEADER_LENGTH, 0), op(LOAD_LENGTH), op(SUBTRACT_X)],
  whole: [op(LOAD_HALF, 6), ...when(JUMP_IF_ANY_BIT, MORE_FRAGMENTS_OR_OFFSET, "rest")],
  ttl: 8,
  sourceSuffix: 12,
  destination: 16,
  refuseMulticast: when(JUMP_IF_GREATER_OR_EQUAL, MULTICAST_IPV4, "rest"),
  byte: LOAD_BYTE_BEYOND_X,
  word: LOAD_WORD_BEYOND_X,
  restoreX: [op(LOAD_X_HEADER_LENGTH, 0)],
  beyondX: [op(ADD_X)],
  shift: 2,
  length: op(LOAD_LENGTH),
};

/** The packet begins with the message, behind all extension headers. */
const IPV6: Offsets = {
  lengthOfMessage: [op(LOAD_LENGTH)],
  whole: [],
  ttl: FROM_NETWORK_HEADER + 7,
  sourceSuffix: FROM_NETWORK_HEADER + 8 + 12,
  destination: FROM_NETWORK_HEADER + 24,
  refuseMulticast: when(JUMP_IF_GREATER_OR_EQUAL, MULTICAST_IPV6, "rest"),
  byte: LOAD_BYTE,
  word: LOAD_WORD,
  restoreX: [],
  beyondX: [],
  shift: 4,
  length: op(LOAD_LENGTH),
};

const OFFSETS: Readonly<Record<Family, Offsets>> = { ipv4: IPV4, ipv6: IPV6 };

/** On the link short packets are padded, and IPv6 has its header. */
const OFFSETS_ON_LINK: Readonly<Record<Family, Offsets>> = {
  ipv4: {
    ...IPV4,
    lengthOfMessage: [op(LOAD_X_HEADER_LENGTH, 0), op(LOAD_HALF, 2), op(SUBTRACT_X)],
    length: op(LOAD_HALF, 2),
  },
  ipv6: {
    ...IPV6,
    lengthOfMessage: [op(LOAD_X, IPV6_HEADER_LENGTH), op(LOAD_HALF, 4)],
    byte: LOAD_BYTE_BEYOND_X,
    word: LOAD_WORD_BEYOND_X,
    restoreX: [op(LOAD_X, IPV6_HEADER_LENGTH)],
    length: op(LOAD_HALF, 4),
  },
};

/** TTL, destination and source. To `arrived`, or to `rest`. */
function ends({ groups, unicast }: Meant, offsets: Offsets): Line[] {
  const { ttl, destination, sourceSuffix } = offsets;
  const { listed, least } = unicast === null ? NO_PEERS : toldApart(unicast);
  const leastTtls = new Set([...(groups.length > 0 ? [VRRP_TTL] : []), ...listed.values()]);
  const withTtl = (least: number): Line[] => [
    op(LOAD_BYTE, ttl),
    ...unless(JUMP_IF_GREATER_OR_EQUAL, least, "rest"),
    { jump: "arrived" },
  ];
  return [
    ...groups.flatMap(({ bytes }) => addressIs(destination, bytes, `TTL ${VRRP_TTL}`)),
    op(LOAD_WORD, destination),
    ...offsets.refuseMulticast,
    op(LOAD_WORD, sourceSuffix),
    ...[...listed].flatMap(([suffix, leastTtl]) => when(JUMP_IF_EQUAL, suffix, `TTL ${leastTtl}`)),
    ...(least === null ? toRest : withTtl(least)),
    ...[...leastTtls].flatMap((leastTtl) => [{ label: `TTL ${leastTtl}` }, ...withTtl(leastTtl)]),
  ];
}

const toRest: readonly Line[] = [{ jump: "rest" }];

/** The peers that the program knows from others, with their least TTL, and what others need (null: they are refused). */
interface ToldApart {
  readonly listed: ReadonlyMap<number, number>;
  readonly least: number | null;
}

const NO_PEERS: ToldApart = { listed: new Map(), least: null };

function toldApart({ peers, strict }: Unicast): ToldApart {
  const listed = new Map<number, number>();
  for (const { address, leastTtl } of peers) {
    if (leastTtl === VRRP_TTL && !strict) continue;
    const suffix = suffixOf(address);
    listed.set(suffix, Math.min(leastTtl, listed.get(suffix) ?? VRRP_TTL));
  }
  if (listed.size <= MOST_PEERS) return { listed, least: strict ? null : VRRP_TTL };
  // Too many: all pass as the least demanding one does.
  return { listed: new Map(), least: Math.min(...listed.values()) };
}

/** To the label when the address at the offset is this one. */
function addressIs(offset: number, address: Uint8Array, label: string): Line[] {
  const words = wordsOf(address);
  return words.flatMap((word, index): Line[] => {
    const load = op(LOAD_WORD, offset + 4 * index);
    if (index === words.length - 1) return [load, ...when(JUMP_IF_EQUAL, word, label)];
    // Over what is left: two instructions a word, and the jump.
    return [load, [JUMP_IF_EQUAL, 0, 2 * (words.length - 1 - index) + 1, word]];
  });
}

function wordsOf(address: Uint8Array): number[] {
  const view = new DataView(address.buffer, address.byteOffset);
  return Array.from({ length: address.length / 4 }, (_, index) => view.getUint32(4 * index));
}

/** The last four bytes of an address tell it from others, or nearly: all that a hint needs. */
function suffixOf({ bytes }: IpAddress): number {
  return wordsOf(bytes).at(-1)!;
}

/** The virtual router's id. */
function identity({ virtualRouterIds }: Meant, { byte }: Offsets): Line[] {
  return [
    op(byte, VIRTUAL_ROUTER_ID),
    ...whenWithin(rangesOf(virtualRouterIds, MOST_ID_RANGES), "known id"),
    ...toRest,
    { label: "known id" },
  ];
}

/** Version and type, and as many addresses as the message has room for. */
function lengths({ family, versions }: Meant, offsets: Offsets): Line[] {
  const { byte, shift, beyondX, restoreX, length } = offsets;
  const expected = (more: number): Line[] => [
    op(byte, ADDRESS_COUNT),
    ...when(JUMP_IF_EQUAL, 0, "rest"),
    op(SHIFT_LEFT, shift),
    op(ADD, ADDRESSES + more),
    ...beyondX,
    { jump: "expected length" },
  ];
  const isThree = when(JUMP_IF_EQUAL, VERSION_3, "version 3");
  const isTwo = when(JUMP_IF_EQUAL, VERSION_2, "version 2");
  const two = versions.has(2) && family === "ipv4";
  return [
    op(byte, VERSION_AND_TYPE),
    ...(versions.has(3) ? isThree : []),
    ...(two ? isTwo : []),
    ...toRest,
    ...(versions.has(3) ? [{ label: "version 3" }, ...expected(0)] : []),
    ...(two ? [{ label: "version 2" }, ...expected(AUTHENTICATION_DATA_LENGTH)] : []),
    { label: "expected length" },
    op(A_TO_X),
    length,
    ...unless(JUMP_IF_EQUAL_X, 0, "rest"),
    ...restoreX,
  ];
}

/** Whether it can change a decision. To `followed`, `ours` or `rest`. */
function weight(meant: Meant, { sources, leastPriority, routine }: Followed, offsets: Offsets): Line[] {
  const { byte, sourceSuffix } = offsets;
  const known = [...new Set(sources.map(suffixOf))].slice(0, MOST_FOLLOWED);
  return [
    op(LOAD_WORD, sourceSuffix),
    ...known.flatMap((suffix) => when(JUMP_IF_EQUAL, suffix, "followed source")),
    // Where both versions are taken, one of version 2 is yielded to whatever its priority.
    ...(meant.versions.size < 2
      ? []
      : [op(byte, VERSION_AND_TYPE), ...unless(JUMP_IF_EQUAL, VERSION_3, "strong")]),
    op(byte, PRIORITY),
    ...unless(JUMP_IF_GREATER_OR_EQUAL, leastPriority, "rest"),
    { label: "strong" },
    ...anyAddressOf(meant.family, meant.addresses, offsets),
    { jump: "rest" },
    { label: "followed source" },
    ...routineOf(routine, offsets),
  ];
}

/** Where the program has no room for all, some are taken for new, which wakes somebody; the other way round is not harmless. */
function routineOf({ virtualRouterIds, priorities }: Followed["routine"], { byte }: Offsets): Line[] {
  const ids = largestRangesOf(virtualRouterIds, MOST_ID_RANGES);
  const known = largestRangesOf(priorities, MOST_ROUTINE_PRIORITIES);
  if (ids.length === 0 || known.length === 0) return [{ jump: "followed" }];
  return [
    op(byte, VIRTUAL_ROUTER_ID),
    ...whenWithin(ids, "followed router"),
    { jump: "followed" },
    { label: "followed router" },
    op(byte, PRIORITY),
    ...whenWithin(known, "routine"),
    { jump: "followed" },
  ];
}

/** None of them holds a number that is not among these. */
function largestRangesOf(numbers: readonly number[], most: number): Range[] {
  const size = ([first, last]: Range) => last - first;
  return rangesOf(numbers, numbers.length)
    .sort((one, other) => size(other) - size(one))
    .slice(0, most);
}

function anyAddressOf(family: Family, addresses: readonly IpAddress[], { byte, word }: Offsets): Line[] {
  const suffixes = addresses.map(suffixOf);
  const ranges = rangesOf(suffixes, MOST_ADDRESS_RANGES);
  const looks = ranges.length <= FEW_RANGES ? ADDRESSES_LOOKED_AT : 1;
  return Array.from({ length: looks }, (_, index): Line[] => [
    ...(index === 0 ? [] : [op(byte, ADDRESS_COUNT), ...unless(JUMP_IF_GREATER_OR_EQUAL, index + 1, "rest")]),
    op(word, ADDRESSES + (index + 1) * addressLength(family) - 4),
    ...whenWithin(ranges, "ours"),
  ]).flat();
}

function verdicts(only: AdvertClass): Line[] {
  return (["rest", "ours", "followed", "routine"] as const).flatMap((one): Line[] => [
    { label: one },
    op(RETURN, one === only ? WHOLE_PACKET : 0),
  ]);
}
