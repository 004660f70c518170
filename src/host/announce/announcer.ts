/** Sends announcements on one interface, all that are due in one batch. */
import { errnoName, PacketSocket } from "../native.js";
import type { PreparedAnnouncements } from "./frames.js";

/** What one virtual router announces: indexes into its virtual addresses. */
export interface AnnouncementBatch {
  readonly prepared: PreparedAnnouncements;
  readonly addresses: readonly number[];
}

/** Sends nothing but whole frames, and receives nothing. */
const SEND_ONLY = 0;

export class Announcer {
  /** Frames that did not go out, by errno name. */
  readonly unsent: Record<string, number> = {};
  /** Errno name of the failure that came last; empty: none did. */
  lastFailure = "";
  readonly #socket: PacketSocket;

  /** Throws an Error with `code` (`EPERM`, `ENODEV`) when the socket cannot be opened. */
  constructor(interfaceIndex: number) {
    this.#socket = new PacketSocket({ interfaceIndex, etherType: SEND_ONLY, onReadable: null });
  }

  /**
   * Returns how many frames did not go out. They are not tried again here: announcements come in rounds, and a queue
   * that is full, or an interface that is down, is no better at once.
   */
  send(batches: readonly AnnouncementBatch[]): number {
    const frames = batches.flatMap(({ prepared, addresses }) =>
      addresses.map((address) => prepared[address]!),
    );
    const unsent = frames.length - this.#socket.send(frames);
    if (unsent === 0) return 0;
    const name = errnoName(this.#socket.lastErrno);
    this.lastFailure = name;
    this.unsent[name] = (this.unsent[name] ?? 0) + unsent;
    return unsent;
  }

  close(): void {
    this.#socket.close();
  }
}
