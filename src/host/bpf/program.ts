/** Classic BPF (bpf(4), Linux's `struct sock_filter`): instructions by name, jumps by label, and the bytes of them. */
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import { assert } from "../../base/errors.js";

/** Operation, how many instructions to pass over when true and when false, operand. */
export type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];
/** An instruction, a jump to a label however far ahead, or the label. */
export type Line = Instruction | { readonly jump: string } | { readonly label: string };

/** Into A: from an offset, from an offset beyond X, or the packet's length. */
export const LOAD_WORD = 0x20;
export const LOAD_HALF = 0x28;
export const LOAD_BYTE = 0x30;
export const LOAD_WORD_BEYOND_X = 0x40;
export const LOAD_BYTE_BEYOND_X = 0x50;
export const LOAD_LENGTH = 0x80;
/** Into X: a number. */
export const LOAD_X = 0x01;
/** Into X: four times the lower half of the byte at an offset, which is the length of an IPv4 header. */
export const LOAD_X_HEADER_LENGTH = 0xb1;
export const A_TO_X = 0x07;
export const ADD = 0x04;
export const ADD_X = 0x0c;
export const SUBTRACT_X = 0x1c;
export const SHIFT_LEFT = 0x64;
const JUMP = 0x05;
export const JUMP_IF_EQUAL = 0x15;
export const JUMP_IF_EQUAL_X = 0x1d;
const JUMP_IF_GREATER = 0x25;
export const JUMP_IF_GREATER_OR_EQUAL = 0x35;
export const JUMP_IF_ANY_BIT = 0x45;
export const RETURN = 0x06;

/** What a program returns is how much of the packet is let through. */
export const WHOLE_PACKET = 0x4_0000;
/** An offset from here on counts from the network header, wherever the packet itself begins (SKF_NET_OFF). */
export const FROM_NETWORK_HEADER = 0xfff0_0000;

/** And from here on from the link header (SKF_LL_OFF). */
export const FROM_LINK_HEADER = 0xffe0_0000;

const INSTRUCTION_BYTES = 8;

/** An instruction that neither jumps nor compares. */
export function op(code: number, operand = 0): Instruction {
  return [code, 0, 0, operand];
}

/** To the label when the comparison of A holds; a conditional jump alone reaches 255 instructions. */
export function when(code: number, operand: number, label: string): Line[] {
  return [[code, 0, 1, operand], { jump: label }];
}

export function unless(code: number, operand: number, label: string): Line[] {
  return [[code, 1, 0, operand], { jump: label }];
}

/** To the label when A is within one of the ranges, first and last included. */
export function whenWithin(ranges: readonly Range[], label: string): Line[] {
  return ranges.flatMap(([first, last]): Line[] =>
    first === last
      ? when(JUMP_IF_EQUAL, first, label)
      : [[JUMP_IF_GREATER_OR_EQUAL, 0, 2, first], [JUMP_IF_GREATER, 1, 0, last], { jump: label }],
  );
}

export type Range = readonly [first: number, last: number];

/** At most `most` ranges that hold all the numbers, with the widest gaps left out. */
export function rangesOf(numbers: readonly number[], most: number): Range[] {
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

/** The program as the kernel takes it. A label stands behind the jumps to it: the kernel knows no loops. */
export function assemble(lines: readonly Line[]): Uint8Array {
  const labels = new Map<string, number>();
  const instructions: (Instruction | { readonly jump: string })[] = [];
  for (const line of lines) {
    if ("label" in line) labels.set(line.label, instructions.length);
    else instructions.push(line);
  }
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [position, line] of instructions.entries()) {
    const [code, ifTrue, ifFalse, operand] =
      "jump" in line ? op(JUMP, distance(labels, line.jump, position)) : line;
    const at = position * INSTRUCTION_BYTES;
    view.setUint16(at, code, LITTLE_ENDIAN);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, operand, LITTLE_ENDIAN);
  }
  return bytes;
}

function distance(labels: ReadonlyMap<string, number>, label: string, from: number): number {
  const target = labels.get(label);
  assert(target !== undefined && target > from, `no label ${label} stands behind the jump to it`);
  return target - from - 1;
}
