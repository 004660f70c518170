/** Just enough rtnetlink (rtnetlink(7)) to exercise the socket of the addon. */
import { endianness } from "node:os";

const little = endianness() === "LE";
const NLMSG_ERROR = 2;
const RTM_NEWADDR = 20;
const HEADER = 16;

/**
 * `count` messages that add 203.0.113.`first`/32 and on; their sequence numbers begin with `first`. IPv4, because the
 * kernel sends some of the events of an IPv6 address later, on a thread of its own.
 */
export function addressMessages(
  interfaceIndex: number,
  count: number,
  acknowledge = true,
  first = 1,
): Uint8Array {
  const size = 32;
  const bytes = new Uint8Array(size * count);
  for (let i = 0; i < count; i++) {
    const view = new DataView(bytes.buffer, i * size, size);
    view.setUint32(0, size, little);
    view.setUint16(4, RTM_NEWADDR, little);
    view.setUint16(6, 0x1 | 0x200 | 0x400 | (acknowledge ? 0x4 : 0), little); // REQUEST, EXCL, CREATE, ACK
    view.setUint32(8, first + i, little);
    view.setUint8(16, 2); // AF_INET
    view.setUint8(17, 32);
    view.setUint32(20, interfaceIndex, little);
    view.setUint16(24, 8, little);
    view.setUint16(26, 2, little); // IFA_LOCAL
    view.setUint32(28, 0xcb007100 + first + i);
  }
  return bytes;
}

export interface Message {
  type: number;
  sequence: number;
  portId: number;
  /** Of an acknowledgement: 0 or the negated errno. */
  error: number | null;
}

/** The messages that `receive` has put into `buffer`. */
export function messagesOf(buffer: Uint8Array, length: number): Message[] {
  const view = new DataView(buffer.buffer, buffer.byteOffset, length);
  const messages: Message[] = [];
  for (let at = 0; at + HEADER <= length; at += (view.getUint32(at, little) + 3) & ~3) {
    const type = view.getUint16(at + 4, little);
    messages.push({
      type,
      sequence: view.getUint32(at + 8, little),
      portId: view.getUint32(at + 12, little),
      error: type === NLMSG_ERROR ? view.getInt32(at + HEADER, little) : null,
    });
  }
  return messages;
}
