/**
 * A virtual router that has yielded (yields.ts) takes part with the lowest priority, so that it preempts nobody and gives
 * way to every other master.
 *
 * Backups are silent: a master cannot know whether there is one. So it invites them: it says priority 0, as one that stops,
 * and keeps its addresses. Every backup, whether it preempts or not, then takes over after its skew, and whoever is heard
 * gets the addresses at that moment, without an outage. Where nobody is heard it advertises again, with the lowest
 * priority, and invites again later. By force it gives the addresses up then all the same, and claims nothing.
 *
 * One that has yielded waits longer than any other backup, and longer than an invitation lasts, so that of several that
 * have yielded the one that serves goes on. By force it lasts longer than that, so that one of them takes over.
 */
import { formatSeconds, MICROS_PER_MILLISECOND, MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { LOWEST_PRIORITY, skewMicros } from "../election.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import type { Speaker } from "../peers/speakers.js";
import type { Yield } from "../yields.js";
import type { Advertising } from "./advertising.js";
import { type Cause, cause } from "./cause.js";
import type { Membership } from "./membership.js";
import type { State } from "./state.js";

/** After the last backup's skew: how much later an invitation ends, then one that has yielded claims, then force ends. */
const LEAST_MARGIN_MICROS: Micros = 50 * MICROS_PER_MILLISECOND;
const MARGINS = { invitation: 1, patience: 2, force: 3 };
/** From one invitation to the next, at least, and in intervals. */
const LEAST_PAUSE_MICROS: Micros = 10 * MICROS_PER_SECOND;
const PAUSE_INTERVALS = 10;

/** Of the virtual router that yields. */
export interface YieldingRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly state: State;
  readonly advertising: Advertising;
  readonly group: Membership | null;
  hasStalled(now: Micros): boolean;
  /** The priority was `before`, and how long a backup waits may have changed. */
  reprioritise(now: Micros, before: number): void;
  transition(now: Micros, to: State, why: Cause): void;
}

export class Yielding {
  /** null: it takes part as ever. */
  terms: Yield | null = null;
  #inviting = false;
  readonly #invited: Deadline;
  readonly #again: Deadline;

  constructor(
    private readonly router: YieldingRouter,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
  ) {
    const { name } = router.config;
    this.#invited = new Deadline("others take over", name, (now) => this.#invitedDue(now));
    this.#again = new Deadline("invite again", name, (now) => this.#invite(now));
  }

  get isOn(): boolean {
    return this.terms !== null;
  }

  /** It claims nothing, whatever happens. */
  get isForced(): boolean {
    return this.terms?.force === true;
  }

  /** A master that waits whether another one takes over. */
  get isInviting(): boolean {
    return this.#inviting;
  }

  /** It is silent as planned: at short intervals, and in a group with slower ones, for longer than its down interval. */
  isSilentInTime(now: Micros): boolean {
    return this.#inviting && now < this.#invited.at + this.router.config.advertIntervalMicros;
  }

  /** The priority that counts. @param other what it is where it has not yielded */
  priorityFor(other: number): number {
    return this.terms === null ? other : LOWEST_PRIORITY;
  }

  /** How much longer than others it waits for a master; null: for ever. */
  patience(intervalMicros: Micros): Micros | null {
    if (this.terms === null) return 0;
    return this.terms.force ? null : MARGINS.patience * marginOf(intervalMicros);
  }

  /** Why it becomes master. */
  causeOfClaim(why: Cause): Cause {
    if (this.terms === null) return why;
    return { ...why, text: `${why.text}; nobody else serves, so this node does, though it has yielded` };
  }

  /** Why it gives way to another master. */
  causeOfYield({ source, advert }: Speaker): Cause {
    const facts = { rival: source.text, rivalPriority: advert.priority };
    return cause("yielded", `this node has yielded, and ${source.text} serves`, facts);
  }

  /** It has been told to, on these terms, or to take part again (null). */
  apply(now: Micros, terms: Yield | null): void {
    if (terms === this.terms) return;
    const { priority: before, advertising } = this.router;
    const isToSpeak = this.#inviting && !this.router.hasStalled(now);
    this.stop();
    this.terms = terms;
    this.router.reprioritise(now, before);
    if (this.router.state !== "MASTER") return;
    if (terms !== null) this.#invite(now);
    else if (isToSpeak) advertising.afterInvitation(now);
  }

  /** It is master now. */
  onMaster(now: Micros): void {
    if (this.terms !== null) this.#inviteLater(now);
  }

  /** Not master any more. */
  stop(): void {
    this.#inviting = false;
    this.deadlines.clear(this.#invited);
    this.deadlines.clear(this.#again);
  }

  /** Those that yield at the same times: other nodes take over all of a sync group, or nothing. */
  get #together(): readonly VirtualRouterConfig[] {
    return this.router.group?.configs ?? [this.router.config];
  }

  #inviteLater(now: Micros): void {
    const pauses = this.#together.map((config) => PAUSE_INTERVALS * config.advertIntervalMicros);
    this.deadlines.set(this.#again, now + Math.max(LEAST_PAUSE_MICROS, ...pauses));
  }

  #invite(now: Micros): void {
    const { advertising } = this.router;
    // It listens, and nobody believes that it is master.
    if (this.router.hasStalled(now) && !this.isForced) return this.#inviteLater(now);
    this.#inviting = true;
    advertising.invite(now);
    const margins = this.isForced ? MARGINS.force : MARGINS.invitation;
    this.deadlines.set(this.#invited, now + Math.max(...this.#together.map((one) => spanOf(one, margins))));
  }

  /** Nobody has taken over. */
  #invitedDue(now: Micros): void {
    const hasStalled = this.router.hasStalled(now);
    this.#inviting = false;
    if (this.isForced) {
      this.router.advertising.release();
      const text = "this node has yielded by force, and no other master was heard";
      return this.router.transition(now, "BACKUP", cause("yielded", text));
    }
    if (!hasStalled) this.router.advertising.afterInvitation(now);
    this.#inviteLater(now);
    this.#complain(now);
  }

  #complain(now: Micros): void {
    const { id, config } = this.router;
    const again = `it lets others take over again in ${formatSeconds(this.#again.at - now)}`;
    this.outbox.complain(now, { what: `yield ${config.name}` }, () => ({
      level: "warn",
      code: "yield-alone",
      router: id,
      message: `(${config.name}) This node has yielded and serves on, as no other node has taken over; ${again}`,
      facts: {},
    }));
  }
}

/** The skew of the last backup, and some more. */
function spanOf({ version, advertIntervalMicros }: VirtualRouterConfig, margins: number): Micros {
  const last = skewMicros(version, LOWEST_PRIORITY, advertIntervalMicros);
  return last + margins * marginOf(advertIntervalMicros);
}

function marginOf(intervalMicros: Micros): Micros {
  return Math.max(LEAST_MARGIN_MICROS, Math.floor(intervalMicros / 2));
}
