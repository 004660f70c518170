/** Hears, on one interface, who else says to have one of our addresses, or asks for it: in ARP or Neighbor Discovery. */
import { addressFromBytes, type Family, type IpAddress } from "../../base/address.js";
import { MAC_LENGTH, type MacAddress, macFromBytes } from "../../base/mac.js";
import { decodeArp } from "../../wire/arp.js";
import { ETHER_TYPE_ARP, ETHER_TYPE_IPV6 } from "../../wire/ethernet.js";
import { decodeDuplicateAddressProbe, decodeNeighborAdvertisement } from "../../wire/ndisc.js";
import { PacketSocket } from "../native.js";
import { claimFilter } from "./bpf.js";

const FRAME_BYTES = 2048;
/** One wake-up leaves the rest to the next turn of the loop: no flood may hold back an advert. */
const FRAMES_PER_WAKE_UP = 64;
/** Source, in an Ethernet header. */
const SOURCE_MAC = 6;

export interface ClaimWatchOptions {
  readonly interfaceIndex: number;
  readonly family: Family;
  /** What is listened for; of one family. */
  readonly addresses: readonly IpAddress[];
  /**
   * Another host has the address (text), or asks, having none itself, whether anybody has. Our own frames are not
   * received, unless something sends them back.
   */
  readonly onHeard: (address: string, what: "has" | "asks", mac: MacAddress) => void;
}

export class ClaimWatch {
  readonly #socket: PacketSocket;
  readonly #buffer = new Uint8Array(FRAME_BYTES);

  /** Throws an Error with `code` (`EPERM`, `ENODEV`, `EMFILE`) when the socket cannot be opened. */
  constructor(private readonly options: ClaimWatchOptions) {
    const { interfaceIndex, family, addresses } = options;
    this.#socket = new PacketSocket({
      interfaceIndex,
      etherType: family === "ipv4" ? ETHER_TYPE_ARP : ETHER_TYPE_IPV6,
      filter: claimFilter(family, addresses),
      onReadable: () => this.#read(),
    });
  }

  close(): void {
    this.#socket.close();
  }

  #read(): void {
    for (let frames = 0; frames < FRAMES_PER_WAKE_UP; frames += 1) {
      const bytes = this.#socket.receive(this.#buffer);
      // A frame that is too long is none of ours; an interface that went down is told of as a link.
      if (bytes === 0) return;
      if (bytes > 0) this.#take(this.#buffer.subarray(0, bytes));
    }
  }

  #take(frame: Uint8Array): void {
    const heard = this.options.family === "ipv4" ? readArp(frame) : readNeighborDiscovery(frame);
    if (heard === null) return;
    this.options.onHeard(addressFromBytes(heard.address).text, heard.what, macFromBytes(heard.mac));
  }
}

interface Heard {
  readonly what: "has" | "asks";
  readonly address: Uint8Array;
  readonly mac: Uint8Array;
}

function readArp(frame: Uint8Array): Heard | null {
  const packet = decodeArp(frame);
  if ("reason" in packet) return null;
  const { senderAddress, targetAddress, senderMac: mac } = packet;
  const asks = senderAddress.every((byte) => byte === 0);
  return asks ? { what: "asks", address: targetAddress, mac } : { what: "has", address: senderAddress, mac };
}

function readNeighborDiscovery(frame: Uint8Array): Heard | null {
  const source = frame.subarray(SOURCE_MAC, SOURCE_MAC + MAC_LENGTH);
  const probed = decodeDuplicateAddressProbe(frame);
  if (probed !== null) return { what: "asks", address: probed, mac: source };
  const packet = decodeNeighborAdvertisement(frame);
  if ("reason" in packet) return null;
  return { what: "has", address: packet.address, mac: packet.mac ?? source };
}
