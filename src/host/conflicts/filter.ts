/**
 * The classic BPF programs (bpf(4), Linux's `struct sock_filter`) that let through only what is said about our
 * addresses: on a busy LAN everything else must not wake the daemon. They may let through too much, never too little.
 */
import type { Family, IpAddress } from "../../base/address.js";

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

const LOAD_BYTE = 0x30;
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_GREATER = 0x25;
const JUMP_IF_GREATER_OR_EQUAL = 0x35;
const RETURN = 0x06;
const WHOLE_FRAME = 0x4_0000;

/** The kernel limits what a filter may take (net.core.optmem_max): neighbouring ranges are joined beyond this. */
const MOST_RANGES = 128;
const INSTRUCTION_BYTES = 8;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Operation, how many instructions to pass over when true and when false, operand. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

/**
 * What says that somebody has one of the addresses (sender of an ARP packet, target of a Neighbor Advertisement), and
 * what asks for it without having an address (target of an ARP probe, or of duplicate address detection).
 */
export function claimFilter(family: Family, addresses: readonly IpAddress[]): Uint8Array {
  const suffixes = addresses.map(({ bytes }) =>
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4),
  );
  const ranges = rangesOf(suffixes, MOST_RANGES).flatMap(([first, last]): Instruction[] => [
    [JUMP_IF_GREATER_OR_EQUAL, 0, 2, first],
    [JUMP_IF_GREATER, 1, 0, last],
    [RETURN, 0, 0, WHOLE_FRAME],
  ]);
  return assemble([...(family === "ipv4" ? ARP_HEAD : NEIGHBOR_HEAD), ...ranges, [RETURN, 0, 0, 0]]);
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

/** At most `most` ranges that hold all the numbers, with the widest gaps left out. */
export function rangesOf(numbers: readonly number[], most: number): [first: number, last: number][] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((number, position) => number - sorted[position]!);
  const widest = [...gaps].sort((a, b) => b - a)[most - 1] ?? 1;
  const ranges: [number, number][] = [];
  for (const [position, number] of sorted.entries()) {
    const gap = position === 0 ? Number.POSITIVE_INFINITY : gaps[position - 1]!;
    if (gap > Math.max(1, widest)) ranges.push([number, number]);
    else ranges.at(-1)![1] = number;
  }
  return ranges;
}

function assemble(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [position, [code, ifTrue, ifFalse, operand]] of instructions.entries()) {
    const at = position * INSTRUCTION_BYTES;
    view.setUint16(at, code, LITTLE_ENDIAN);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, operand, LITTLE_ENDIAN);
  }
  return bytes;
}
