/**
 * When a socket is read. To be woken costs many times what reading a packet does: a socket that keeps waking the loop
 * is no longer watched but read at even distances, until it is calm again (as Linux does with its network cards).
 * Timers do not wait for that: all that has arrived is read before one of them fires.
 */

export interface Pace {
  /** A wake-up so soon after the one before is one of many. */
  readonly soonMillis: number;
  /** What an advert may wait for while the socket is busy. */
  readonly periodMillis: number;
}

/** A release, or a better master, is worth being woken for. */
export const PROMPT: Pace = { soonMillis: 1.5, periodMillis: 4 };
/** What changes nothing is not, where much of it comes. */
export const UNHURRIED: Pace = { soonMillis: 10, periodMillis: 20 };
/** The longest that an advert waits in a socket, with what a timer of Node and a busy loop add to it. */
export const MOST_WAIT_MILLIS = 30;

/** So many in a row: a burst of a master's adverts is over by then. */
const SOON_WAKE_UPS = 8;
/** With fewer packets a period, being woken is no dearer. */
const FEW_PACKETS = 3;
/** So many packets are handed over, and dealt with, before more are read: between two such parts adverts may be due. */
const PART_PACKETS = 64;
/** One reading leaves the rest to the next. */
const MOST_PARTS = 10;

/** A socket's packets, part by part, as many as one reading takes. Returns how many there were. */
export function readParts(read: PacedSocket["read"]): number {
  let packets = 0;
  for (let parts = 1; parts <= MOST_PARTS; parts += 1) {
    const part = read(PART_PACKETS);
    packets += part;
    if (part < PART_PACKETS) break;
  }
  return packets;
}

export interface PacedSocket {
  /** Reads at most so many packets, and says how many there were. */
  read(most: number): number;
  /** Whether it wakes nobody. */
  pause(paused: boolean): void;
}

/** Decides when a socket is read. */
export interface Pacer {
  /** The socket has woken the loop. */
  onReadable(): void;
  /** A part of what has arrived; whether there may be more. */
  readArrived(): boolean;
  close(): void;
}

export class Pacing implements Pacer {
  #lastWakeUp = Number.NEGATIVE_INFINITY;
  #soon = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly socket: PacedSocket,
    private readonly pace: Pace,
  ) {}

  onReadable(): void {
    // It had been woken before the pause came into force.
    if (this.#timer !== null) return;
    const now = performance.now();
    this.#soon = now - this.#lastWakeUp < this.pace.soonMillis ? this.#soon + 1 : 0;
    this.#lastWakeUp = now;
    this.#readParts();
    if (this.#soon < SOON_WAKE_UPS) return;
    this.#soon = 0;
    this.socket.pause(true);
    this.#again(this.pace.periodMillis);
  }

  readArrived(): boolean {
    return this.socket.read(PART_PACKETS) >= PART_PACKETS;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #readParts(): number {
    return readParts((most) => this.socket.read(most));
  }

  #again(millis: number): void {
    this.#timer = setTimeout(() => this.#readAgain(), millis);
  }

  #readAgain(): void {
    this.#timer = null;
    const packets = this.#readParts();
    if (packets >= MOST_PARTS * PART_PACKETS) return this.#again(1);
    if (packets >= FEW_PACKETS) return this.#again(this.pace.periodMillis);
    this.socket.pause(false);
  }
}
