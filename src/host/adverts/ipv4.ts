/** IPv4 adverts: one raw socket that sends whole packets and receives them, headers included. */
import { decodeIpv4 } from "../../wire/ipv4.js";
import { VRRP_GROUP_IPV4, VRRP_PROTOCOL } from "../../wire/vrrp.js";
import { Failures, openFailure } from "./failures.js";
import {
  bindToInterface,
  IP_ADD_MEMBERSHIP,
  IP_HDRINCL,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IPPROTO_IP,
  setReceiveBuffer,
} from "./options.js";
import { RawSocket } from "./raw-socket.js";
import { MOST_AT_ONCE, PACKETS_PER_WAKE_UP, RECEIVE_BUFFER_BYTES } from "./reading.js";
import type { AdvertSocket, AdvertSocketOptions } from "./socket.js";

/** The longest advert (255 addresses, IP options, authentication) has 1104 bytes; more is cut off and refused. */
const PACKET_BYTES = 2048;

export function openIpv4AdvertSocket(options: AdvertSocketOptions): AdvertSocket {
  return new Ipv4AdvertSocket(options);
}

class Ipv4AdvertSocket implements AdvertSocket {
  readonly #failures = new Failures();
  readonly #buffer = Buffer.alloc(PACKET_BYTES);
  readonly #socket: RawSocket;

  constructor(private readonly options: AdvertSocketOptions) {
    try {
      this.#socket = openRawSocket(options, () => this.#read(PACKETS_PER_WAKE_UP));
    } catch (error) {
      throw openFailure(options, error);
    }
  }

  get failures(): Readonly<Record<string, number>> {
    return this.#failures.counts;
  }

  send(packet: Uint8Array, destination: string): number {
    const errno = this.#socket.send(packet, destination);
    if (errno !== 0) this.#failures.count(errno);
    return errno;
  }

  readAll(): number {
    return this.#read(MOST_AT_ONCE);
  }

  close(): void {
    this.#socket.close();
  }

  #read(most: number): number {
    for (let packets = 0; packets < most; packets += 1) {
      const bytes = this.#socket.receive(this.#buffer);
      if (bytes === 0) return packets;
      if (bytes < 0) this.options.onError(this.#failures.count(bytes));
      else this.#take(this.#buffer.subarray(0, bytes));
    }
    return most;
  }

  #take(bytes: Uint8Array): void {
    const packet = decodeIpv4(bytes);
    if ("reason" in packet) return this.options.onDrop(packet.reason);
    const { payload, source, destination, ttl } = packet;
    const multicast = destination[0]! >> 4 === 0xe;
    this.options.onPacket(payload, { family: "ipv4", source, destination, ttl, multicast });
  }
}

function openRawSocket(options: AdvertSocketOptions, onReadable: () => void): RawSocket {
  const socket = new RawSocket({ family: "ipv4", protocol: VRRP_PROTOCOL, onReadable });
  try {
    const group = multicastRequest(VRRP_GROUP_IPV4, options.interfaceIndex);
    bindToInterface(socket, options.interface);
    setReceiveBuffer(socket, RECEIVE_BUFFER_BYTES);
    socket.setOption(IPPROTO_IP, IP_HDRINCL, 1);
    socket.setOption(IPPROTO_IP, IP_MULTICAST_ALL, 0);
    socket.setOption(IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    socket.setOption(IPPROTO_IP, IP_MULTICAST_IF, group);
    socket.setOption(IPPROTO_IP, IP_ADD_MEMBERSHIP, group);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** `struct ip_mreqn`: the group, no local address, the interface's index. */
function multicastRequest(group: Uint8Array, interfaceIndex: number): Uint8Array {
  const request = new Uint8Array(12);
  request.set(group, 0);
  request.set(new Uint8Array(Int32Array.of(interfaceIndex).buffer), 8);
  return request;
}
