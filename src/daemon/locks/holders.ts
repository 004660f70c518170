/**
 * Who holds locks. The kernel is asked and not the holder, who may be stopped, may never have listened, or may be somebody
 * else altogether: any local user can bind any name.
 */
import { isLockTaken, lockHolder, type SocketOwner, socketOwners } from "../../host/native.js";
import { stillnessOf } from "../../host/processes/stillness.js";

export interface LockHolder {
  readonly name: string;
  /** null: it cannot be known. */
  readonly uid: number | null;
  /** 0: it cannot be known, or is in another pid namespace. */
  readonly pid: number;
}

export interface LockSources {
  readonly socketOwners: typeof socketOwners;
  readonly lockHolder: typeof lockHolder;
  readonly isLockTaken: typeof isLockTaken;
}

const ROOT = 0;
/** The kernel's list may miss a socket where others come and go meanwhile. */
const MOST_LOOKS = 3;
/** So many have been asked for their process; a holder that comes and goes must not make this grow. */
const MOST_KNOWN = 1024;

export class LockHolders {
  /** Process ids by inode: who is asked once is not asked again, since each question waits in the holder's queue. */
  readonly #pids = new Map<number, number>();

  constructor(private readonly sources: LockSources = { socketOwners, lockHolder, isLockTaken }) {}

  /** Of those of these names that somebody holds. */
  of(names: readonly string[]): LockHolder[] {
    const found: LockHolder[] = [];
    let missing = names;
    for (let looks = 0; missing.length > 0 && looks < MOST_LOOKS; looks += 1) {
      const owners = this.#owners(missing);
      found.push(...this.#holders(missing, owners));
      missing = missing.filter((name) => !found.some((holder) => holder.name === name));
      missing = missing.filter((name) => this.sources.isLockTaken(name));
      if (owners === null) break;
    }
    return [...found, ...missing.map((name) => this.#ask(name))];
  }

  /** null: this kernel does not say. */
  #owners(names: readonly string[]): readonly SocketOwner[] | null {
    try {
      const owners = this.sources.socketOwners(names);
      return owners.some(({ uid }) => uid === null) ? null : owners;
    } catch {
      return null;
    }
  }

  #holders(names: readonly string[], owners: readonly SocketOwner[] | null): LockHolder[] {
    return names.flatMap((name) => {
      const own = (owners ?? []).filter((owner) => owner.name === name);
      const holder = own.find(({ listens }) => listens) ?? own[0];
      if (holder === undefined) return [];
      return [{ name, uid: holder.uid, pid: holder.listens ? this.#pidOf(name, holder.inode) : 0 }];
    });
  }

  #pidOf(name: string, inode: number): number {
    const known = this.#pids.get(inode);
    if (known !== undefined) return known;
    const { pid } = this.#ask(name);
    if (this.#pids.size >= MOST_KNOWN) this.#pids.clear();
    this.#pids.set(inode, pid);
    return pid;
  }

  /** By a connection, which tells nothing where nobody listens, or the queue is full. */
  #ask(name: string): LockHolder {
    try {
      return { name, uid: null, pid: 0, ...this.sources.lockHolder(name) };
    } catch {
      return { name, uid: null, pid: 0 };
    }
  }
}

export function describeHolder({ pid, uid }: LockHolder): string {
  const user = uid === null || uid === ROOT ? "" : ` of user ${uid}`;
  if (pid > 0) {
    const stillness = stillnessOf(pid);
    return `process ${pid}${user}${stillness === null ? "" : `, ${stillness}`}`;
  }
  return uid === null ? "a process that does not answer" : `a process of user ${uid}`;
}

/** @param uids who may, beside root and this process's own user */
export function mayHold(uid: number, uids: readonly number[]): boolean {
  return uid === ROOT || uid === process.getuid!() || uids.includes(uid);
}
