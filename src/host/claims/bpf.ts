/**
 * The BPF programs that let through only what is said about our addresses: on a busy LAN everything else must not wake
 * the daemon. They may let through too much, never too little.
 */
import type { Family, IpAddress } from "../../base/address.js";
import {
  assemble,
  type Instruction,
  JUMP_IF_EQUAL,
  LOAD_BYTE,
  LOAD_WORD,
  op,
  RETURN,
  rangesOf,
  WHOLE_PACKET,
  whenWithin,
} from "../bpf/program.js";

/** Offsets in an Ethernet frame. */
const ARP_SENDER_ADDRESS = 28;
const ARP_TARGET_ADDRESS = 38;
const IPV6_NEXT_HEADER = 20;
/** The first four bytes: enough to tell the unspecified address from those that neighbours ask from. */
const IPV6_SOURCE_PREFIX = 22;
const ICMPV6_TYPE = 54;
/** The last four bytes of the target of a Neighbor Advertisement or Solicitation. */
const TARGET_SUFFIX = 74;
const NEXT_HEADER_ICMPV6 = 58;
const TYPE_NEIGHBOR_SOLICITATION = 135;
const TYPE_NEIGHBOR_ADVERTISEMENT = 136;

/** The kernel limits what a filter may take (net.core.optmem_max): neighbouring ranges are joined beyond this. */
const MOST_RANGES = 128;

/**
 * What says that somebody has one of the addresses (sender of an ARP packet, target of a Neighbor Advertisement), and
 * what asks for it without having an address (target of an ARP probe, or of duplicate address detection).
 */
export function claimFilter(family: Family, addresses: readonly IpAddress[]): Uint8Array {
  const suffixes = addresses.map(({ bytes }) =>
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4),
  );
  const head = family === "ipv4" ? ARP_HEAD : NEIGHBOR_HEAD;
  return assemble([
    ...head,
    ...whenWithin(rangesOf(suffixes, MOST_RANGES), "ours"),
    op(RETURN, 0),
    { label: "ours" },
    op(RETURN, WHOLE_PACKET),
  ]);
}

/** Leaves the address that is spoken of, or the end of it, for the ranges. */
const ARP_HEAD: readonly Instruction[] = [
  [LOAD_WORD, 0, 0, ARP_SENDER_ADDRESS],
  [JUMP_IF_EQUAL, 0, 1, 0],
  [LOAD_WORD, 0, 0, ARP_TARGET_ADDRESS],
];
const NEIGHBOR_HEAD: readonly Instruction[] = [
  [LOAD_BYTE, 0, 0, IPV6_NEXT_HEADER],
  [JUMP_IF_EQUAL, 1, 0, NEXT_HEADER_ICMPV6],
  [RETURN, 0, 0, 0],
  [LOAD_BYTE, 0, 0, ICMPV6_TYPE],
  [JUMP_IF_EQUAL, 4, 0, TYPE_NEIGHBOR_ADVERTISEMENT],
  [JUMP_IF_EQUAL, 0, 2, TYPE_NEIGHBOR_SOLICITATION],
  [LOAD_WORD, 0, 0, IPV6_SOURCE_PREFIX],
  [JUMP_IF_EQUAL, 1, 0, 0],
  [RETURN, 0, 0, 0],
  [LOAD_WORD, 0, 0, TARGET_SUFFIX],
];
