/** Neighbours whose MAC addresses the kernel has asked for in vain (ip neighbour: FAILED, INCOMPLETE). */
import { formatNeighbor } from "netlink/dist/rt/gen_structs.js";
import { AttrStream, formatMessage, getObject } from "netlink/dist/structs.js";
import { addressFromBytes } from "../../base/address.js";
import { AF_INET, AF_INET6, DUMP_FLAGS, MessageType } from "./constants.js";
import { dump } from "./dump.js";

/** `struct ndmsg`: where the index of the interface and the state lie, and its length. */
const INDEX_OFFSET = 4;
const STATE_OFFSET = 8;
const HEADER_BYTES = 12;
/** `NUD_INCOMPLETE | NUD_FAILED`: while packets go on being sent to it, it is asked for again and again. */
const UNANSWERED = 0x01 | 0x20;
/** `NDA_DST` */
const DESTINATION = 1;

interface NeighbourValues extends Record<string, unknown> {
  __unparsed?: [number, Buffer][];
  destination?: Buffer;
}

export interface Neighbour {
  readonly interfaceIndex: number;
  readonly address: string;
}

/** Throws VrrpdError `ENETLINK` when the kernel does not answer. */
export function unansweredNeighbours(): Neighbour[] {
  return [AF_INET, AF_INET6].flatMap((family) => dump(request(family), MessageType.NEWNEIGH, decode).entries);
}

function decode(data: Buffer): Neighbour | null {
  const header = new DataView(data.buffer, data.byteOffset, HEADER_BYTES);
  if ((header.getUint16(STATE_OFFSET, IS_LITTLE_ENDIAN) & UNANSWERED) === 0) return null;
  const values = getObject<NeighbourValues>(data.subarray(HEADER_BYTES), {
    [DESTINATION]: (bytes: Buffer, into: NeighbourValues) => (into.destination = bytes),
  });
  if (values.destination === undefined) return null;
  const address = addressFromBytes(values.destination).text;
  return { interfaceIndex: header.getInt32(INDEX_OFFSET, IS_LITTLE_ENDIAN), address };
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function request(family: number): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatNeighbor({ family }));
  const whole = formatMessage({
    type: MessageType.GETNEIGH,
    flags: DUMP_FLAGS,
    seq: 0,
    port: 0,
    data: stream.bufs,
  });
  return Buffer.concat(whole);
}
