/**
 * The best master that is heard: the host keeps room for its adverts, so that a flood from other sources cannot crowd
 * them out. It is not simply who was followed last: any better advert is followed, forged ones as well.
 */
import type { IpAddress } from "../../base/address.js";
import type { Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { OWNER_PRIORITY, outranks, RELEASE_PRIORITY } from "../election.js";
import type { Speaker } from "../peers/speakers.js";
import type { State } from "./state.js";

/** Of the virtual router that listens. */
export interface ListeningRouter {
  readonly config: Pick<VirtualRouterConfig, "downTimerAdverts">;
}

export class Leader {
  #speaker: Speaker | null = null;
  #priority = 0;
  /** Goes up whenever another one leads, or the same with another priority. */
  changes = 0;

  constructor(private readonly router: ListeningRouter) {}

  get speaker(): Speaker | null {
    return this.#speaker;
  }

  /** Of its last advert. */
  get priority(): number {
    return this.#priority;
  }

  hear(now: Micros, speaker: Speaker): void {
    const { advert, source } = speaker;
    const isSame = this.#speaker?.source.text === source.text;
    if (advert.priority === RELEASE_PRIORITY) {
      if (isSame) this.#forget();
      return;
    }
    if (isSame || this.#isBetter(now, speaker)) this.#set(speaker, advert.priority);
  }

  /** Who is master follows nobody; and what is worth hearing has changed in any case. */
  onTransition(to: State): void {
    this.changes += 1;
    if (to === "MASTER") this.#forget();
  }

  /** Ours has changed, and what is worth hearing with it. */
  onPriority(): void {
    this.changes += 1;
  }

  #forget(): void {
    if (this.#speaker !== null) this.#set(null, 0);
  }

  #isBetter(now: Micros, { advert, source }: Speaker): boolean {
    const present = this.#speaker;
    if (present === null) return true;
    const silence = now - present.lastHeardAt;
    // Longer than any down interval.
    const intervals = this.router.config.downTimerAdverts + 1;
    if (silence > intervals * present.advert.advertIntervalMicros) return true;
    return outranks(
      { priority: advert.priority, source },
      { priority: this.#priority, source: present.source },
    );
  }

  #set(speaker: Speaker | null, priority: number): void {
    const isSame = speaker?.source.text === this.#speaker?.source.text && priority === this.#priority;
    this.#speaker = speaker;
    this.#priority = priority;
    if (!isSame) this.changes += 1;
  }
}

/** What the host needs to know, of the virtual routers that share a socket, to keep room for what matters. */
export interface Followed {
  /** Of the best masters heard. */
  readonly sources: readonly IpAddress[];
  /** Adverts of a lower priority change nothing, whichever of the virtual routers they are for. */
  readonly leastPriority: number;
  /** Adverts of this priority and more may be better than the best one heard. */
  readonly bestPriority: number;
  /**
   * For which virtual routers, and with which priorities, backups hear better ones again and again: the same once more
   * changes nothing but when somebody was heard last.
   */
  readonly routine: { readonly virtualRouterIds: readonly number[]; readonly priorities: readonly number[] };
}

export const NOBODY: Followed = {
  sources: [],
  leastPriority: 0,
  bestPriority: 0,
  routine: { virtualRouterIds: [], priorities: [] },
};

interface Follower {
  readonly config: Pick<VirtualRouterConfig, "virtualRouterId">;
  readonly state: State;
  readonly priority: number;
  readonly leader: Leader;
}

/** With such a priority a master is simply followed: nothing is reported, and nobody waits to take over. */
export function isCalm(priority: number, ours: number): boolean {
  return priority > ours && priority !== OWNER_PRIORITY;
}

export function followedBy(routers: readonly Follower[]): Followed {
  const sources = new Map<string, IpAddress>();
  let [leastPriority, bestPriority] = [OWNER_PRIORITY, OWNER_PRIORITY];
  const [virtualRouterIds, priorities] = [new Set<number>(), new Set<number>()];
  for (const { config, state, priority, leader } of routers) {
    const source = state === "MASTER" ? null : (leader.speaker?.source ?? null);
    if (source !== null) sources.set(source.text, source);
    if (state === "BACKUP" && source !== null && isCalm(leader.priority, priority)) {
      virtualRouterIds.add(config.virtualRouterId);
      priorities.add(leader.priority);
    }
    // Nobody is known: whoever comes first is worth hearing.
    const best = state === "MASTER" ? priority : leader.priority;
    bestPriority = Math.min(bestPriority, best);
    leastPriority = Math.min(leastPriority, priority, best);
  }
  const routine = { virtualRouterIds: [...virtualRouterIds], priorities: [...priorities] };
  return { sources: [...sources.values()], leastPriority, bestPriority, routine };
}
