/**
 * Whether the kernel makes a secondary IPv4 address of an interface primary when its primary goes. It is asked by
 * rtnetlink (`IFLA_INET_CONF`), since /proc/sys may not be written in a container.
 */
import { parseError, parseMessages } from "netlink/dist/structs.js";
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import { errnoName, NetlinkSocket } from "../native.js";
import { AF_INET, Control, Flags, MessageType } from "./constants.js";

const HEADER_BYTES = 16;
/** `struct ifinfomsg` */
const LINK_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;
/** linux/if_link.h and linux/ip.h */
const IFLA_AF_SPEC = 26;
const IFLA_INET_CONF = 1;
const IPV4_DEVCONF_PROMOTE_SECONDARIES = 20;

/** null: done; else the errno's name. */
export function setPromotion(interfaceIndex: number, on: boolean): string | null {
  try {
    const socket = new NetlinkSocket({ groups: 0, receiveBufferBytes: 0, onReadable: null });
    try {
      const errno = socket.send(request(interfaceIndex, on));
      return errno < 0 ? errnoName(errno) : answerOf(socket);
    } finally {
      socket.close();
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

/** The kernel has carried it out while it was sent. */
function answerOf(socket: NetlinkSocket): string | null {
  const buffer = Buffer.alloc(4096);
  const length = socket.receive(buffer);
  if (length <= 0) return errnoName(length);
  const [message] = parseMessages(buffer.subarray(0, length));
  if (message?.type !== Control.ERROR) return "EPROTO";
  const { errno } = parseError(message.data, message.flags);
  return errno === 0 ? null : errnoName(errno);
}

function request(interfaceIndex: number, on: boolean): Buffer {
  const value = Buffer.alloc(4);
  if (LITTLE_ENDIAN) value.writeUInt32LE(on ? 1 : 0);
  else value.writeUInt32BE(on ? 1 : 0);
  const setting = attribute(IPV4_DEVCONF_PROMOTE_SECONDARIES, value);
  const spec = attribute(IFLA_AF_SPEC, attribute(AF_INET, attribute(IFLA_INET_CONF, setting)));
  const head = Buffer.alloc(HEADER_BYTES + LINK_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  view.setUint32(0, head.length + spec.length, LITTLE_ENDIAN);
  view.setUint16(4, MessageType.SETLINK, LITTLE_ENDIAN);
  view.setUint16(6, Flags.REQUEST | Flags.ACK, LITTLE_ENDIAN);
  view.setInt32(HEADER_BYTES + 4, interfaceIndex, LITTLE_ENDIAN);
  return Buffer.concat([head, spec]);
}

/** All of them have a length that is a multiple of four. */
function attribute(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(ATTRIBUTE_HEADER_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  view.setUint16(0, head.length + payload.length, LITTLE_ENDIAN);
  view.setUint16(2, type, LITTLE_ENDIAN);
  return Buffer.concat([head, payload]);
}
