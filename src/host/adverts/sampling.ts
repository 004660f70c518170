/**
 * When the socket with what cannot matter is read: at once as long as little comes, and else a small part at even
 * distances, whatever comes. What finds no room in its small buffer meanwhile is counted as sampled out: below the
 * rate every packet is looked at, and counted by its reason. (Kernels from 6.4 on count in a full socket also what its
 * filter would have refused: the count is an upper bound.)
 */
import { MICROS_PER_MILLISECOND } from "../../base/time.js";
import { nowMicros } from "../native.js";
import type { PacedSocket, Pacer } from "./pacing.js";

/** Some 170 short packets. */
export const SAMPLED_BUFFER_BYTES = 64 * 1024;
export const SAMPLED_SLOTS = 16;
const BATCH_PACKETS = 64;
const PERIOD_MILLIS = 250;
/** In a flood a smaller sample says as much. */
const FLOOD_BATCH_PACKETS = SAMPLED_SLOTS;
/** After a calm while so many are read at once. */
const MOST_CREDIT = 512;
/** What being woken costs, in packets. */
const WAKE_UP = 4;

export class Sampling implements Pacer {
  #credit = MOST_CREDIT;
  #creditAt = nowMicros();
  #timer: NodeJS.Timeout | null = null;
  #lost = 0;

  /** @param lost how many packets have found no room */
  constructor(
    private readonly socket: PacedSocket,
    private readonly lost: () => number,
  ) {}

  onReadable(): void {
    if (this.#timer !== null) return;
    this.#earn();
    this.#credit -= WAKE_UP;
    this.#read();
    if (this.#credit >= BATCH_PACKETS) return;
    this.socket.pause(true);
    this.#again();
  }

  /** As much as may be read now. */
  readArrived(): boolean {
    this.#earn();
    return this.#credit >= BATCH_PACKETS && this.#read() >= BATCH_PACKETS;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #again(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#earn();
      const lost = this.lost();
      const isFlood = lost - this.#lost > BATCH_PACKETS;
      this.#lost = lost;
      this.#read(isFlood ? FLOOD_BATCH_PACKETS : BATCH_PACKETS);
      if (isFlood) this.#credit = 0;
      if (this.#credit < BATCH_PACKETS) return this.#again();
      this.socket.pause(false);
    }, PERIOD_MILLIS);
  }

  #read(most = BATCH_PACKETS): number {
    const packets = this.socket.read(most);
    this.#credit -= packets;
    return packets;
  }

  #earn(): void {
    const now = nowMicros();
    const periods = (now - this.#creditAt) / (PERIOD_MILLIS * MICROS_PER_MILLISECOND);
    this.#credit = Math.min(MOST_CREDIT, this.#credit + periods * BATCH_PACKETS);
    this.#creditAt = now;
  }
}
