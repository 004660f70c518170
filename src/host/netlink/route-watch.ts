/** Tells when the routes of this host may have changed. */
import { NetlinkSocket } from "../native.js";
import { ROUTE_EVENT_GROUPS } from "./constants.js";

const RECEIVE_BUFFER_BYTES = 16 * 1024;
/** From a change of the routes until it is told, so that many are told once. */
const SETTLE_MILLIS = 100;
/** Between two tellings while routes go on changing. */
const LEAST_GAP_MILLIS = 1_000;
/** Without any event: rules and tables change what a question is answered with, too. */
const ASK_AGAIN_MILLIS = 30_000;

/**
 * Tells that routes may have changed, seldom. Its socket is closed with the first event and opened again before the
 * change is told: on a host whose routes never rest it costs one event a second, and no memory.
 */
export class RouteWatch {
  #socket: NetlinkSocket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;

  /**
   * @param groups `RTMGRP_*`, whose events count as changes
   * @param hurry so many times as soon, and as often
   */
  constructor(
    private readonly onChange: () => void,
    private readonly groups = ROUTE_EVENT_GROUPS,
    private readonly hurry = 1,
  ) {
    this.#listen();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  #listen(): void {
    try {
      this.#socket = new NetlinkSocket({
        groups: this.groups,
        receiveBufferBytes: RECEIVE_BUFFER_BYTES,
        onReadable: () => this.#onEvent(),
      });
    } catch {
      // The slow rhythm goes on without it.
    }
    this.#tellIn(ASK_AGAIN_MILLIS);
  }

  #onEvent(): void {
    this.#socket?.close();
    this.#socket = null;
    const gap = this.#toldAt + LEAST_GAP_MILLIS / this.hurry - performance.now();
    this.#tellIn(Math.max(SETTLE_MILLIS / this.hurry, gap));
  }

  #tellIn(millis: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#toldAt = performance.now();
      this.#socket?.close();
      this.#listen();
      this.onChange();
    }, millis);
    this.#timer.unref();
  }
}
