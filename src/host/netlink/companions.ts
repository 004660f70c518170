/**
 * What the kernel takes along when an IPv4 address of ours goes that is the primary one of its subnet: with
 * promote_secondaries=0 all other addresses of the subnet, and with them routes, for an interface without any IPv4
 * address every route. Those of others are put back exactly as they were. A virtual address that went along is left to
 * the core, which knows whether it is wanted.
 */
import { formatMessage, parseError, parseMessages } from "netlink/dist/structs.js";
import { formatWithPrefix } from "../../base/address.js";
import { errnoName, type NetlinkSocket } from "../native.js";
import { AF_INET, Control, EXCLUSIVE_FLAGS, MessageType } from "./constants.js";
import { decodeAddress, decodeFoundRoute } from "./decode.js";
import { dump } from "./dump.js";
import { encodeAddressDump, encodeRouteDump } from "./encode.js";

/** `RTPROT_KERNEL`: comes and goes with its address. */
const KERNEL_ROUTE = 2;
/** In `struct rtmsg`. */
const ROUTE_PROTOCOL_OFFSET = 5;
const ROUTE_FLAGS_OFFSET = 8;
const ROUTE_HEADER_BYTES = 12;

/** As the kernel listed it. */
interface Listed {
  readonly interfaceIndex: number;
  /** For the log. */
  readonly name: string;
  readonly type: number;
  readonly data: Buffer;
}

/** IPv4 addresses and routes of some interfaces at one moment. */
export interface Stock {
  readonly addresses: readonly Listed[];
  readonly routes: readonly Listed[];
}

export interface PutBack {
  readonly interfaceIndex: number;
  /** "192.0.2.40/24", "a route by 192.0.2.1" */
  readonly name: string;
  /** Errno name: it could not be put back; null: it is there again. */
  readonly refusal: string | null;
}

/** Throws VrrpdError `ENETLINK` when the kernel does not answer. */
export function takeStock(interfaces: ReadonlySet<number>): Stock {
  const isThere = (listed: Listed | null) => listed !== null && interfaces.has(listed.interfaceIndex);
  const addresses = dump(encodeAddressDump(AF_INET), MessageType.NEWADDR, listAddress).entries;
  const routes = dump(encodeRouteDump(), MessageType.NEWROUTE, listRoute).entries;
  return { addresses: addresses.filter(isThere), routes: routes.filter(isThere) };
}

/** @param isOurs of "address/prefix length": asked for or removed by vrrpd */
export function putBack(
  socket: Pick<NetlinkSocket, "send" | "receive">,
  before: Stock,
  isOurs: (interfaceIndex: number, key: string) => boolean,
): PutBack[] {
  const now = takeStock(new Set(before.addresses.map(({ interfaceIndex }) => interfaceIndex)));
  const isGone = (listed: Listed) =>
    !now.addresses.some(
      ({ interfaceIndex, name }) => interfaceIndex === listed.interfaceIndex && name === listed.name,
    );
  const gone = before.addresses.filter((one) => isGone(one) && !isOurs(one.interfaceIndex, one.name));
  const results = gone.map((address) => add(socket, address));
  if (gone.length === 0) return results;
  const lost = before.routes.filter(({ data }) => !now.routes.some((route) => route.data.equals(data)));
  // The kernel refuses those that are there again.
  return [
    ...results,
    ...lost.map((route) => add(socket, route)).filter(({ refusal }) => refusal !== "EEXIST"),
  ];
}

function listAddress(data: Buffer): Listed | null {
  const message = decodeAddress(data);
  if (message === null) return null;
  const { interfaceIndex, address } = message;
  return {
    interfaceIndex,
    name: formatWithPrefix(address),
    type: MessageType.NEWADDR,
    data: Buffer.from(data),
  };
}

function listRoute(data: Buffer): Listed | null {
  const route = decodeFoundRoute(data);
  if (route === null || data[ROUTE_PROTOCOL_OFFSET] === KERNEL_ROUTE) return null;
  const copy = Buffer.from(data);
  // What is said of the present state (a dead next hop) is refused in a request.
  copy.fill(0, ROUTE_FLAGS_OFFSET, ROUTE_HEADER_BYTES);
  const by = route.gateway === null ? "without a gateway" : `by ${route.gateway.text}`;
  return {
    interfaceIndex: route.interfaceIndex,
    name: `a route ${by}`,
    type: MessageType.NEWROUTE,
    data: copy,
  };
}

function add(socket: Pick<NetlinkSocket, "send" | "receive">, listed: Listed): PutBack {
  const flags = EXCLUSIVE_FLAGS;
  const { interfaceIndex, name, type, data } = listed;
  const request = Buffer.concat(formatMessage({ type, flags, seq: 0, port: 0, data: [data] }));
  const errno = -socket.send(request) || answerOf(socket);
  return { interfaceIndex, name, refusal: errno === 0 ? null : errnoName(errno) };
}

/** A positive errno, or 0. The kernel has answered when the request is sent. */
function answerOf(socket: Pick<NetlinkSocket, "receive">): number {
  const buffer = Buffer.alloc(4096);
  const bytes = socket.receive(buffer);
  if (bytes <= 0) return -bytes;
  const [message] = parseMessages(buffer.subarray(0, bytes));
  return message?.type === Control.ERROR ? -parseError(message.data, message.flags).errno : 0;
}
