/** A connection of the HTTP listener: collects the head of one request, and is closed if more comes before the answer. */
import type { Socket } from "node:net";
import type { Member } from "../clients/crowd.js";
import { Exchange } from "./exchange.js";

export interface ConnectionEvents {
  /** A whole head, with its empty line. Nothing else is told until an exchange with it is over. */
  onHead(connection: Connection, head: Buffer): void;
  /** It is one of the youngest again. */
  onActive(connection: Connection): void;
  onClosed(connection: Connection): void;
}

const MAX_HEAD_BYTES = 8 * 1024;
/** From the connection to the end of its first head. */
const HEAD_MILLIS = 3_000;
/** From an answer to the end of the next head. */
const IDLE_MILLIS = 10_000;
/** From the head until the other side has taken the answer. */
const ANSWER_MILLIS = 5_000;
/** In front of a request line they are skipped (RFC 9112 §2.2). */
const [CR, LF] = [0x0d, 0x0a];
/** What follows is no second request, and an answer can say so. */
const BODY_HEADER = /\n(content-length|transfer-encoding):/i;
const TOO_LARGE =
  "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

export class Connection implements Member {
  expiresAt = performance.now() + HEAD_MILLIS;
  isIdle = true;
  /** A body came with the head, or the other side sends nothing more: closed after the answer. */
  isLast = false;
  #received: Buffer | null = null;
  #exchange: Exchange | null = null;

  constructor(
    readonly socket: Socket,
    private readonly events: ConnectionEvents,
  ) {
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("error", () => socket.destroy());
    socket.once("end", () => this.#onEnd());
    socket.once("close", () => {
      this.#exchange?.destroy();
      events.onClosed(this);
    });
  }

  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  close(): void {
    this.socket.destroy();
  }

  /** What the HTTP server is given, to answer the head. */
  exchange(head: Buffer): Exchange {
    this.#exchange = new Exchange(this.socket, head, (keep) => this.#answered(keep));
    return this.#exchange;
  }

  #answered(keep: boolean): void {
    this.#exchange = null;
    if (!keep || this.isLast) {
      this.expiresAt = performance.now() + ANSWER_MILLIS;
      this.socket.destroySoon();
      return;
    }
    this.isIdle = true;
    this.expiresAt = performance.now() + IDLE_MILLIS;
    this.events.onActive(this);
  }

  #take(bytes: Buffer): void {
    // Reading on and throwing away would keep the loop busy; a pause would keep what has been read.
    if (!this.isIdle) return this.close();
    const received =
      this.#received === null ? withoutEmptyLines(bytes) : Buffer.concat([this.#received, bytes]);
    const length = headLength(received);
    if (length > received.length && received.length <= MAX_HEAD_BYTES) {
      this.#received = received.length === 0 ? null : received;
      return;
    }
    this.#received = null;
    this.isIdle = false;
    this.expiresAt = performance.now() + ANSWER_MILLIS;
    if (length <= MAX_HEAD_BYTES) {
      const head = Buffer.from(received.subarray(0, length));
      if (length < received.length) {
        if (!BODY_HEADER.test(head.toString("latin1"))) return this.close();
        this.isLast = true;
      }
      return this.events.onHead(this, head);
    }
    this.socket.write(TOO_LARGE);
    this.#answered(false);
  }

  /** The other side sends nothing more: it may still wait for an answer. */
  #onEnd(): void {
    this.isLast = true;
    if (this.isIdle) this.close();
  }
}

function withoutEmptyLines(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes[start] === CR || bytes[start] === LF) start += 1;
  return start === 0 ? bytes : bytes.subarray(start);
}

/** With the empty line, whose lines may end with LF alone (RFC 9112 §2.2); Infinity: there is none yet. */
function headLength(bytes: Buffer): number {
  const ends = ["\n\r\n", "\n\n"].map((text) => [bytes.indexOf(text, 0, "latin1"), text.length] as const);
  return Math.min(...ends.map(([at, length]) => (at < 0 ? Number.POSITIVE_INFINITY : at + length)));
}
