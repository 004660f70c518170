/** Messages and attributes of netlink(7) as bytes, in the order of this machine, each padded to four of them. */
import { LITTLE_ENDIAN } from "../../base/bytes.js";

const MESSAGE_HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;

/** Port and sequence number are left zero. */
export function message(type: number, flags: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, MESSAGE_HEADER_BYTES);
  const whole = new Uint8Array(padded(length));
  const view = new DataView(whole.buffer);
  view.setUint32(0, length, LITTLE_ENDIAN);
  view.setUint16(4, type, LITTLE_ENDIAN);
  view.setUint16(6, flags, LITTLE_ENDIAN);
  place(whole, MESSAGE_HEADER_BYTES, parts);
  return whole;
}

export function attribute(type: number, data: Uint8Array): Uint8Array {
  const length = ATTRIBUTE_HEADER_BYTES + data.length;
  const whole = new Uint8Array(padded(length));
  const view = new DataView(whole.buffer);
  view.setUint16(0, length, LITTLE_ENDIAN);
  view.setUint16(2, type, LITTLE_ENDIAN);
  whole.set(data, ATTRIBUTE_HEADER_BYTES);
  return whole;
}

/** One that has others in it. */
export function nested(type: number, parts: readonly Uint8Array[]): Uint8Array {
  return attribute(type, joined(parts));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  place(whole, 0, parts);
  return whole;
}

export function uint8(type: number, value: number): Uint8Array {
  return attribute(type, Uint8Array.of(value));
}

export function uint32(type: number, value: number): Uint8Array {
  return attribute(type, new Uint8Array(Uint32Array.of(value).buffer));
}

/** With its closing zero. */
export function text(type: number, value: string): Uint8Array {
  return attribute(type, Buffer.from(`${value}\0`));
}

function place(whole: Uint8Array, from: number, parts: readonly Uint8Array[]): void {
  let at = from;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
