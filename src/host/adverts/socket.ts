/** Where adverts of one family go out and come in, on one interface (open.ts opens it). */
import type { Family, IpAddress } from "../../base/address.js";
import type { MacAddress } from "../../base/mac.js";
import type { Micros } from "../../base/time.js";
import type { Followed } from "../../core/router/leader.js";
import type { DropReason } from "../../wire/advert.js";
import type { ReceiveContext } from "../../wire/decoder.js";
import { errnoName } from "../native.js";
import type { Meant } from "./filter.js";

export interface AdvertSocketOptions {
  readonly interface: string;
  readonly interfaceIndex: number;
  readonly family: Family;
  /** To be joined, each once. */
  readonly groups: readonly IpAddress[];
  /** What is meant for us: the rest is sampled. null: everything is wanted. */
  readonly meant: Omit<Meant, "family"> | null;
  /**
   * Adverts that come from this MAC address alone: what a macvlan in private mode that has the same one gets in place of
   * the interface below it. Left out: all adverts of the interface.
   */
  readonly from?: MacAddress;
  /** Called around each reading of several packets, for what is to be done once for all of them. */
  readonly batch?: (read: () => void) => void;
  /**
   * A VRRP message. It and the addresses are views that the next packet overwrites. Synchronous. Returns who is to be
   * told when the very same comes again; null: it is read anew.
   * @param arrivedAt when the kernel received it; where that is not known, when it was read
   */
  readonly onPacket: (message: Uint8Array, context: ReceiveContext, arrivedAt: Micros) => OnRepeated | null;
  /** A packet whose IP header already says that it is none of ours. */
  readonly onDrop: (reason: DropReason) => void;
  /** Receiving failed; errno name. Reading goes on. */
  readonly onError: (code: string) => void;
}

/** So many more of a packet have come, the last of them then. */
export type OnRepeated = (count: number, latestAt: Micros) => void;

export interface AdvertSocket {
  /** Sends a whole packet, IP header included: 0, or the negated errno (ENETDOWN, ENOBUFS, EPERM, ENODEV…). */
  send(packet: Uint8Array, destination: string): number;
  /** The same for a packet that is for nobody (unheard.ts): what becomes of it is neither told nor counted. */
  rehearse(packet: Uint8Array, destination: string): void;
  /** Reads a part of what is queued and hands it over; whether there may be more. */
  readArrived(): boolean;
  /** Tells of what has been read and is told later, because it changes nothing by itself: packets that came again. */
  catchUp(): void;
  /** The same, and every packet is handed over again from now on. */
  forget(): void;
  /** The configuration has changed what is meant for us. */
  setMeant(meant: Omit<Meant, "family">): void;
  /** Who is followed has changed. Not cheap: nothing for the wake-up of a takeover. */
  follow(followed: Followed): void;
  /** How often sending and receiving failed, by errno name. */
  readonly failures: Readonly<Record<string, number>>;
  close(): void;
}

/** A raw socket that sends whole packets. */
export interface SendingSocket {
  /** setsockopt(2). Throws an Error. */
  setOption(level: number, option: number, value: Uint8Array): void;
  /** 0, or the negated errno. */
  send(packet: Uint8Array, destination: string): number;
  /** Closes the descriptor before it returns. Harmless when repeated. */
  close(): void;
}

/** Failures of a socket, counted by errno name. */
export class Failures {
  readonly counts: Record<string, number> = {};

  /** Counts a negated errno, and returns its name. */
  count(errno: number): string {
    const name = errnoName(errno);
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    return name;
  }
}
