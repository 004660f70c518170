/**
 * One daemon a virtual router and host: an abstract Unix socket for each (interface, family, id). It lives in the
 * network namespace, so it holds across the containers of one host, and it goes when its process does.
 */
import type { VirtualRouterConfig } from "../core/config.js";
import { Lock, lockHolder } from "../host/native.js";

/** Of the names of all locks. */
export const LOCK_PREFIX = "vrrpd/";

export class Locks {
  readonly #held = new Map<string, Lock>();

  /** @param onForeign told of a holder of another user, which has no right to keep root's daemon away. */
  constructor(private readonly onForeign: (sentence: string) => void) {}

  /** Who holds it, a phrase; null: we do. */
  acquire(router: VirtualRouterConfig): string | null {
    const name = lockName(router);
    if (this.#held.has(name)) return null;
    try {
      this.#held.set(name, new Lock(name));
      return null;
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE")
        return `not known, since the lock could not be opened (${codeOf(error)})`;
    }
    try {
      return this.#describeHolder(name);
    } catch (error) {
      return `a process that could not be asked for its number (${codeOf(error)})`;
    }
  }

  release(): void {
    for (const lock of this.#held.values()) lock.close();
    this.#held.clear();
  }

  #describeHolder(name: string): string | null {
    const holder = lockHolder(name);
    if (holder === null) return "a process that is just ending";
    if (holder.uid === process.getuid!()) return `process ${holder.pid}`;
    this.onForeign(`process ${holder.pid} of user ${holder.uid} holds the lock ${name}; it is ignored`);
    return null;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Without the leading NUL of the abstract namespace. */
export function lockName({ interface: name, family, virtualRouterId }: VirtualRouterConfig): string {
  return `${LOCK_PREFIX}${name}/${family}/${virtualRouterId}`;
}
