/** The four sockets that adverts of one family come in through, one for each class of filter.ts. */
import { isDeepStrictEqual } from "node:util";
import { sameBytes } from "../../base/bytes.js";
import { type Followed, NOBODY } from "../../core/router/leader.js";
import { type AdvertClass, advertFilter, anyAdvert, type Meant, NOTHING } from "./filter.js";
import { Overlap } from "./overlap.js";
import { type PacedSocket, type Pacer, Pacing, PROMPT, UNHURRIED } from "./pacing.js";
import { countDrops } from "./receive-drops.js";
import { AdvertReceiver } from "./receiver.js";
import { SAMPLED_BUFFER_BYTES, SAMPLED_SLOTS, Sampling } from "./sampling.js";
import { Sieve } from "./sieve.js";
import type { AdvertSocketOptions, Failures } from "./socket.js";

/** Room for some 2000 adverts, of a second in which the loop stood still. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

const SLOTS = 64;

const CLASSES: readonly AdvertClass[] = ["routine", "followed", "ours", "rest"];
/** Of a socket for what is routine: every virtual router follows one master. */
const RECOGNISED = 256;

/** Where nothing is told apart. */
const UNTOLD: readonly AdvertClass[] = ["ours"];

interface Member {
  readonly of: AdvertClass;
  readonly receiver: AdvertReceiver;
  readonly close: () => void;
  filter: Uint8Array;
}

export class AdvertReceivers {
  /** null: nothing is told apart. */
  #meant: Meant | null;
  #followed: Followed = NOBODY;
  /** The kernel has no room for the programs: one socket gets everything. */
  #unfiltered = false;
  readonly #overlap = new Overlap();
  /** In the order in which they are read. */
  readonly #members: Member[] = [];
  /** The one that recognises what comes again; null: nothing is told apart. */
  #routine: AdvertReceiver | null = null;

  /** Throws an Error with `code`. */
  constructor(
    private readonly options: AdvertSocketOptions,
    private readonly failures: Failures,
  ) {
    this.#meant = options.meant && { ...options.meant, family: options.family };
    try {
      for (const one of options.meant === null ? UNTOLD : CLASSES)
        this.#members.push(this.#openInAnyCase(one));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  readArrived(): boolean {
    let more = false;
    for (const { receiver } of this.#members) more = receiver.readArrived() || more;
    return more;
  }

  /** Hands over what came again since the last call. */
  catchUp(): void {
    this.#routine?.catchUp();
  }

  /** Hands over what came again, and recognises nothing any more. */
  forget(): void {
    this.#routine?.catchUp();
    this.#routine?.forget();
  }

  setMeant(meant: Omit<Meant, "family">): void {
    this.#meant = { ...meant, family: this.options.family };
    this.#refilter();
  }

  follow(followed: Followed): void {
    // A flood may let the core look for a leader without end.
    if (isDeepStrictEqual(followed, this.#followed)) return;
    this.forget();
    this.#followed = followed;
    for (const { receiver } of this.#members) receiver.prefer(followed.bestPriority);
    this.#refilter();
  }

  close(): void {
    for (const { close } of this.#members) close();
  }

  /**
   * What a master said before it said something new comes first: a release that was read before the advert before it
   * would be forgotten. (What it said again shortly after comes first as well, and is made good by its next advert.)
   */
  #afterRoutine(socket: PacedSocket): PacedSocket {
    return {
      read: (most) => {
        this.#routine?.readAll();
        return socket.read(most);
      },
      pause: (paused) => socket.pause(paused),
    };
  }

  #openInAnyCase(of: AdvertClass): Member {
    try {
      return this.#open(of);
    } catch (error) {
      if (this.#unfiltered || (error as NodeJS.ErrnoException).code !== "ENOMEM") throw error;
      this.#unfiltered = true;
      return this.#open(of);
    }
  }

  #open(of: AdvertClass): Member {
    const { family } = this.options;
    const filter = this.#programOf(of);
    const lossy = of === "rest";
    const isRoutine = of === "routine";
    const receiver = new AdvertReceiver(this.options, this.failures, {
      filter,
      slots: lossy ? SAMPLED_SLOTS : SLOTS,
      receiveBufferBytes: lossy ? SAMPLED_BUFFER_BYTES : RECEIVE_BUFFER_BYTES,
      pacing: (own: PacedSocket): Pacer => {
        const socket = isRoutine ? own : this.#afterRoutine(own);
        return lossy
          ? new Sampling(socket, () => receiver.drops)
          : new Pacing(socket, isRoutine ? UNHURRIED : PROMPT);
      },
      // What is sampled is bounded already.
      sieve: lossy ? null : new Sieve(family, of !== "ours"),
      recognised: isRoutine ? RECOGNISED : 0,
      overlap: this.#overlap,
    });
    if (isRoutine) this.#routine = receiver;
    const uncount = countDrops({
      family,
      kind: lossy ? "sampledOut" : "unread",
      drops: () => receiver.drops,
    });
    const uncountLeftOut = countDrops({ family, kind: "sampledOut", drops: () => receiver.leftOut });
    const close = () => {
      uncount();
      uncountLeftOut();
      receiver.close();
    };
    return { of, receiver, close, filter };
  }

  #programOf(of: AdvertClass): Uint8Array {
    if (this.#meant === null || this.#unfiltered) return of === "ours" ? this.#everything : NOTHING;
    return advertFilter(of, this.#meant, this.#followed, this.options.from ?? null);
  }

  get #everything(): Uint8Array {
    return anyAdvert(this.options.family, this.options.from ?? null);
  }

  /**
   * While the programs are exchanged, the socket with the largest room for what matters gets everything: a packet may
   * then be in two sockets, and is told by its time stamp, but it is never in none.
   */
  #refilter(): void {
    const wanted = this.#members.map(({ of }) => this.#programOf(of));
    if (this.#members.every(({ filter }, index) => sameBytes(filter, wanted[index]!))) return;
    const ours = this.#members.findIndex(({ of }) => of === "ours");
    const order = [...wanted.keys()].filter((index) => index !== ours);
    // What two sockets got in an earlier exchange is told apart for the last time.
    this.readArrived();
    // And what is recognised would be counted in both.
    this.forget();
    this.#overlap.begin();
    this.#attach(ours, this.#everything);
    const refused = [...order, ours].find((index) => !this.#attach(index, wanted[index]!));
    this.#overlap.end();
    if (refused === undefined || this.#unfiltered) return;
    this.#unfiltered = true;
    this.#refilter();
  }

  #attach(index: number, filter: Uint8Array): boolean {
    const member = this.#members[index]!;
    const errno = member.receiver.setFilter(filter);
    if (errno === 0) member.filter = filter;
    else this.options.onError(this.failures.count(errno));
    return errno === 0;
  }
}
