/**
 * The control socket of one daemon, which follows the lock: commands are to reach the daemon that runs the virtual
 * routers. One that waits for a lock opens it where the path is free, and lets a holder of the lock have it.
 */

import { ask } from "./client.js";
import { type ControlOptions, type ControlSocket, openControlSocket } from "./server.js";

/** While another program, or a daemon that is ending, still has the path. */
const RETRY_MILLIS = 1_000;

export interface ControlDoorOptions extends ControlOptions {
  readonly path: string;
  /** Whether this daemon runs a virtual router. */
  readonly holdsLock: () => boolean;
}

export class ControlDoor {
  #socket: ControlSocket | null = null;
  #opening: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly options: ControlDoorOptions) {}

  /** At the start, and whenever this daemon gets a lock. Never throws: vrrpd goes on without it. */
  async open(): Promise<void> {
    if (this.#socket !== null || this.#closed) return;
    this.#opening ??= this.#tryOpen().finally(() => {
      this.#opening = null;
    });
    await this.#opening;
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.close();
    this.#socket = null;
  }

  async #tryOpen(): Promise<void> {
    const { path, requests, holdsLock, onProblem } = this.options;
    const commands = { ...requests.commands, yield: () => this.#yield() };
    try {
      const socket = await openControlSocket(path, {
        ...this.options,
        requests: { ...requests, commands },
      });
      if (this.#closed) socket.close();
      else this.#socket = socket;
    } catch (error) {
      onProblem(`${(error as Error).message}; vrrpd goes on without it`);
      if (!holdsLock() || this.#closed) return;
      // One that waits for this daemon's locks may have come first.
      await ask(path, "yield").catch(() => {});
      this.#retryLater();
    }
  }

  #retryLater(): void {
    if (this.#closed) return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.open(), RETRY_MILLIS);
    this.#retry.unref();
  }

  /** The answer is on its way before the path is free. */
  #yield(): { readonly yields: boolean } {
    const yields = !this.options.holdsLock();
    if (yields) {
      this.#socket?.close();
      this.#socket = null;
    }
    return { yields };
  }
}
