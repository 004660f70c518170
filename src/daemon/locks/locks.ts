/**
 * One daemon a virtual router and host: an abstract Unix socket for each (interface, family, id). It lives in the
 * network namespace, so it holds across the containers of one host, and it goes when its process does.
 *
 * Anybody can bind such a name, so each lock has a series of them. A daemon binds the first one that is free, and then
 * looks at all the others: a rightful holder of any of them has the lock. Of two daemons the one that has bound later
 * sees the other, whichever names they have bound, so never do both have it.
 */
import type { VirtualRouterConfig } from "../../core/config.js";
import { isLockTaken, Lock } from "../../host/native.js";
import { describeHolder, type LockHolder, LockHolders, mayHold } from "./holders.js";

/** How many names one lock has. */
export const LOCK_NAMES = 8;
/** So often, once a second, somebody is waited for of whom the kernel does not say who it is. */
const MOST_UNANSWERED = 30;

/** Somebody without a right to it who holds a name of a lock. */
export interface Squatter {
  /** The instance whose lock it is. */
  readonly instance: string;
  readonly name: string;
  /** A phrase: which process, of which user. */
  readonly holder: string;
}

export interface LocksOptions {
  /** Whose processes hold a lock rightfully, beside those of root and of this process's own user. */
  readonly uids: readonly number[];
  /** Told of a holder that has no right to keep this daemon away. */
  readonly onSquatter: (sentence: string) => void;
  readonly holders?: LockHolders;
}

/** Of the names of all locks. */
export const LOCK_PREFIX = "vrrpd/";

export class Locks {
  /** null: ours, though no name of the series was to be had. */
  readonly #held = new Map<string, Lock | null>();
  readonly #squatters = new Map<string, Squatter>();
  /** How often a name's holder did not answer, by name. */
  readonly #unanswered = new Map<string, number>();
  readonly #holders: LockHolders;

  constructor(private readonly options: LocksOptions) {
    this.#holders = options.holders ?? new LockHolders();
  }

  /** Who holds it, a phrase; null: we do. */
  acquire(router: VirtualRouterConfig): string | null {
    if (this.#held.has(lockName(router))) return null;
    let lock: Lock | null = null;
    try {
      const taken: string[] = [];
      for (const name of lockNames(router)) {
        if (lock !== null) {
          if (isLockTaken(name)) taken.push(name);
          continue;
        }
        lock = tryLock(name);
        if (lock !== null) continue;
        taken.push(name);
        const holder = this.#rightfulHolder(router, [name]);
        if (holder !== null) return holder;
      }
      // Once more, and all of them: somebody may have come in the meantime, and from now on sees what we hold.
      const holder = this.#rightfulHolder(router, taken);
      if (holder === null) return this.#take(router, lock);
      lock?.close();
      return holder;
    } catch (error) {
      lock?.close();
      return `not known, since the lock could not be opened (${codeOf(error)})`;
    }
  }

  get holdsAny(): boolean {
    return this.#held.size > 0;
  }

  release(): void {
    for (const lock of this.#held.values()) lock?.close();
    this.#held.clear();
  }

  /** That of one virtual router. */
  releaseOf(router: VirtualRouterConfig): void {
    const name = lockName(router);
    this.#held.get(name)?.close();
    this.#held.delete(name);
  }

  /** Of those that were met when locks were acquired: who is still there. */
  squatters(): Squatter[] {
    for (const name of this.#squatters.keys()) if (!isLockTaken(name)) this.#squatters.delete(name);
    return [...this.#squatters.values()];
  }

  #take(router: VirtualRouterConfig, lock: Lock | null): null {
    this.#held.set(lockName(router), lock);
    if (lock === null) {
      const name = lockName(router);
      this.options.onSquatter(
        `all ${LOCK_NAMES} names of the lock ${name} are held by others: vrrpd goes on without a lock`,
      );
    }
    return null;
  }

  #rightfulHolder(router: VirtualRouterConfig, names: readonly string[]): string | null {
    for (const holder of this.#holders.of(names)) {
      if (this.#isRightful(holder)) return describeHolder(holder);
      this.#noteSquatter(router, holder);
    }
    return null;
  }

  /** Who does not answer may be a daemon that is just starting or ending; for ever it is not. */
  #isRightful({ name, uid }: LockHolder): boolean {
    if (uid !== null) return mayHold(uid, this.options.uids);
    const asked = (this.#unanswered.get(name) ?? 0) + 1;
    this.#unanswered.set(name, asked);
    return asked <= MOST_UNANSWERED;
  }

  #noteSquatter({ name: instance }: VirtualRouterConfig, holder: LockHolder): void {
    const who = describeHolder(holder);
    this.#squatters.set(holder.name, { instance, name: holder.name, holder: who });
    this.options.onSquatter(`${who} holds the lock ${holder.name} without a right to it; it is ignored`);
  }
}

/** null: somebody else has the name. */
function tryLock(name: string): Lock | null {
  try {
    return new Lock(name);
  } catch (error) {
    if (codeOf(error) === "EADDRINUSE") return null;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Without the leading NUL of the abstract namespace. */
export function lockName({ interface: name, family, virtualRouterId }: VirtualRouterConfig): string {
  return `${LOCK_PREFIX}${name}/${family}/${virtualRouterId}`;
}

/** Somebody has the lock of this name, whether by right or not. */
export function isLockHeld(name: string): boolean {
  return seriesOf(name).some((one) => isLockTaken(one));
}

/** The series, the usual name first. */
export function lockNames(router: VirtualRouterConfig): string[] {
  return seriesOf(lockName(router));
}

function seriesOf(name: string): string[] {
  return [name, ...Array.from({ length: LOCK_NAMES - 1 }, (_, i) => `${name}/${i + 2}`)];
}
