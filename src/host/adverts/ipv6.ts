/**
 * IPv6 adverts: sent whole through raw-socket, so that source, hop limit and traffic class are what was prepared;
 * received through the addon, since raw-socket cannot tell the hop limit.
 */
import { constants } from "node:os";
import { VRRP_GROUP_IPV6, VRRP_PROTOCOL } from "../../wire/vrrp.js";
import { Ipv6Receiver } from "../native.js";
import { Failures, openFailure } from "./failures.js";
import {
  bindToInterface,
  IPPROTO_IPV6,
  IPV6_HDRINCL,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
} from "./options.js";
import { RawSocket } from "./raw-socket.js";
import { MOST_AT_ONCE, PACKETS_PER_WAKE_UP, RECEIVE_BUFFER_BYTES } from "./reading.js";
import type { AdvertSocket, AdvertSocketOptions } from "./socket.js";

/** `IPPROTO_RAW`: sends packets of any protocol and receives none, so that nothing piles up unread. */
const SEND_ONLY = 255;
/** The longest advert (255 addresses) has 4088 bytes. */
const MESSAGE_BYTES = 4096;
/** How the addon tells of a packet without payload, and of one that is longer than the buffer. */
const EMPTY_PACKET = -constants.errno.EBADMSG;
const LONG_PACKET = -constants.errno.EMSGSIZE;

export function openIpv6AdvertSocket(options: AdvertSocketOptions): AdvertSocket {
  return new Ipv6AdvertSocket(options);
}

class Ipv6AdvertSocket implements AdvertSocket {
  readonly #failures = new Failures();
  readonly #buffer = Buffer.alloc(MESSAGE_BYTES);
  readonly #sender: RawSocket;
  readonly #receiver: Ipv6Receiver;

  constructor(private readonly options: AdvertSocketOptions) {
    try {
      this.#sender = openSender(options);
    } catch (error) {
      throw openFailure(options, error);
    }
    try {
      this.#receiver = new Ipv6Receiver({
        protocol: VRRP_PROTOCOL,
        interfaceIndex: options.interfaceIndex,
        groups: [VRRP_GROUP_IPV6],
        receiveBufferBytes: RECEIVE_BUFFER_BYTES,
        onReadable: () => this.#read(PACKETS_PER_WAKE_UP),
      });
    } catch (error) {
      this.#sender.close();
      throw openFailure(options, error);
    }
  }

  get failures(): Readonly<Record<string, number>> {
    return this.#failures.counts;
  }

  send(packet: Uint8Array, destination: string): number {
    const errno = this.#sender.send(packet, destination);
    if (errno !== 0) this.#failures.count(errno);
    return errno;
  }

  readAll(): number {
    return this.#read(MOST_AT_ONCE);
  }

  close(): void {
    this.#sender.close();
    this.#receiver.close();
  }

  #read(most: number): number {
    const receiver = this.#receiver;
    for (let packets = 0; packets < most; packets += 1) {
      const bytes = receiver.receive(this.#buffer);
      if (bytes === 0) return packets;
      if (bytes > 0) this.#take(this.#buffer.subarray(0, bytes));
      else if (bytes === EMPTY_PACKET) this.options.onDrop("truncated");
      else if (bytes === LONG_PACKET) this.options.onDrop("length");
      else this.options.onError(this.#failures.count(bytes));
    }
    return most;
  }

  #take(message: Uint8Array): void {
    const { source, destination, hopLimit } = this.#receiver;
    const multicast = destination[0] === 0xff;
    this.options.onPacket(message, { family: "ipv6", source, destination, ttl: hopLimit, multicast });
  }
}

function openSender({ interface: name, interfaceIndex }: AdvertSocketOptions): RawSocket {
  const socket = new RawSocket({ family: "ipv6", protocol: SEND_ONLY, onReadable: null });
  try {
    bindToInterface(socket, name);
    socket.setOption(IPPROTO_IPV6, IPV6_HDRINCL, 1);
    socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
    socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_IF, interfaceIndex);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
