/**
 * The safety rules of one virtual router in one daemon: each input's effects are held against the state before and
 * after it. The state is followed through the transitions that the core tells.
 */
import type { IpAddress } from "../../../src/base/address.js";
import type { Micros } from "../../../src/base/time.js";
import type { VirtualRouterConfig } from "../../../src/core/config.js";
import type { Told } from "../../../src/core/fifo.js";
import type { Input } from "../../../src/core/input.js";
import type { Advert } from "../../../src/wire/advert.js";
import { BackupModel } from "./backup-model.js";
import { StallModel } from "./stall-model.js";
import { counts, wins } from "./standard.js";

export type State = "INIT" | "BACKUP" | "MASTER" | "FAULT";

/** Every other transition is a defect. */
const LEGAL: Readonly<Record<State, string>> = {
  INIT: "BACKUP MASTER FAULT",
  BACKUP: "MASTER FAULT INIT",
  MASTER: "BACKUP FAULT INIT",
  FAULT: "BACKUP MASTER INIT",
};

/** What the core wanted for this virtual router in answer to one input. Addresses are those of the pool. */
export interface Wishes {
  readonly transitions: { from: State; to: State }[];
  adverts: number;
  releases: number;
  readonly adds: number[];
  readonly removes: number[];
  readonly announces: number[];
  /** The priority that the last advert says; null: there was none. */
  said: number | null;
  readonly notifies: { state: Told; priority: number }[];
}

function noWishes(): Wishes {
  return {
    transitions: [],
    adverts: 0,
    releases: 0,
    adds: [],
    removes: [],
    announces: [],
    said: null,
    notifies: [],
  };
}

const NOTHING: Wishes = noWishes();

export interface RouterSurroundings {
  /** What the others of its sync group meet decides as well: the group's own rules judge when it changes. */
  readonly isGrouped: boolean;
  readonly config: () => VirtualRouterConfig;
  readonly source: IpAddress;
  readonly canSend: () => boolean;
  /** How many addresses the pool has. */
  readonly pool: number;
  /** Those of the pool that are configured. */
  readonly pools: () => readonly number[];
  /** Those of the pool that are the node's own. */
  readonly own: readonly number[];
  /** The kernel has none of the addresses. */
  readonly holdsNone: () => boolean;
  /** Told of a new mastership; returns the simulated time. */
  readonly onMaster: () => Micros;
  readonly onTransition: (to: State) => void;
  readonly fail: (rule: string, message: string) => never;
}

export class RouterWatch {
  state: State = "INIT";
  since: Micros = 0;
  readonly model: BackupModel;
  readonly stall: StallModel;
  /** What the core wants in answer to the input at hand; nothing, mostly. */
  wishes: Wishes = NOTHING;
  lastAdvertAt: Micros = 0;
  /** A rival has to be answered by then. */
  answerDue: Micros | null = null;
  /** The number of the batch in which it last ceased to be master. */
  leftMasterInBatch = -1;
  /** In FAULT because the kernel took none of its addresses, as it said itself. */
  isRefused = false;
  /** How often each address of the pool was announced since it became master. */
  announcements: number[];
  /** Simulated time at which it became master last. */
  masterSince: Micros = 0;
  /** Simulated time of the last thing that others did to its addresses. */
  disturbedAt: Micros = Number.NEGATIVE_INFINITY;
  /** The last three adverts of this mastership. */
  readonly #sentAt: Micros[] = [];
  readonly #known = new WeakMap<Advert, boolean>();
  #priority: number;

  constructor(private readonly surroundings: RouterSurroundings) {
    this.#priority = surroundings.config().priority!;
    this.model = new BackupModel(surroundings.config);
    this.stall = new StallModel(surroundings.config);
    this.announcements = new Array<number>(surroundings.pool).fill(0);
  }

  get config(): VirtualRouterConfig {
    return this.surroundings.config();
  }

  get participates(): boolean {
    return this.state === "BACKUP" || this.state === "MASTER";
  }

  /** A new configuration: its priority may be another. */
  configured(now: Micros): void {
    const before = this.#priority;
    this.#priority = this.config.priority!;
    if (this.state !== "BACKUP") return;
    if (this.#priority !== before) this.model.reprioritise(now, before);
    this.model.reconfigure(now);
  }

  /** For an effect to be noted in. */
  collect(): Wishes {
    if (this.wishes === NOTHING) this.wishes = noWishes();
    return this.wishes;
  }

  /** Whether something is to be done when the host looks at its timers now. */
  isDue(now: Micros): boolean {
    return now >= this.neededBy();
  }

  /** When the host has to be awake at the latest. */
  neededBy(): Micros {
    if (this.surroundings.isGrouped) return Number.POSITIVE_INFINITY;
    if (this.state === "BACKUP") return this.model.nextAt;
    if (this.state !== "MASTER") return Number.POSITIVE_INFINITY;
    if (this.stall.due !== null) return this.stall.due;
    return Math.min(
      this.lastAdvertAt + this.config.advertIntervalMicros,
      this.answerDue ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Judges what the core made of an input. @param isMine an input of another virtual router may renew ours' lease */
  judge(now: Micros, input: Input, batch: number, isMine: boolean): void {
    const { wishes } = this;
    const before = this.state;
    if (!this.surroundings.isGrouped) this.#judgeInput(now, input, before, isMine);
    if (wishes === NOTHING) return;
    this.#follow(now, before, input, batch);
    this.#judgeAdverts(now, before);
    this.#judgeAddresses(before, input);
    this.#judgeNotifies(input);
    if (wishes.adverts > 0) this.#noteAdvert(now, before);
    this.wishes = NOTHING;
  }

  #judgeInput(now: Micros, input: Input, before: State, isMine: boolean): void {
    if (!isMine) this.#judgeForeign();
    else if (input.type === "advert") this.#judgeAdvert(now, input, before);
    else if (input.type === "deadline") this.#judgeDeadline(now, before);
    else this.#judgeTransitions(input);
  }

  /** Leases are renewed for the whole host at once: nothing else may come of another virtual router's input. */
  #judgeForeign(): void {
    const { transitions, adverts, releases, removes, announces } = this.wishes;
    if (transitions.length + adverts + releases + removes.length + announces.length > 0) {
      this.#fail("foreign", "an input of another virtual router was acted upon");
    }
  }

  #judgeAdvert(now: Micros, input: Extract<Input, { type: "advert" }>, before: State): void {
    const { wishes } = this;
    const to = wishes.transitions[0]?.to;
    const counts = this.#counts(input.advert, input.listed);
    if (counts) this.model.overhear(now, input.source, input.advert);
    if (!counts || !this.participates) {
      if (to !== undefined) this.#fail("obeyed", `an advert that does not count made ${before} ${to}`);
      if (wishes.adverts + wishes.adds.length + wishes.removes.length + wishes.announces.length > 0) {
        this.#fail("obeyed", `an advert that does not count was acted upon in ${before}`);
      }
      return;
    }
    if (before === "BACKUP") {
      if (to !== undefined) this.#fail("backup-transition", `an advert made the backup ${to}`);
      this.model.hear(now, input.advert);
      return;
    }
    this.#judgeRival(now, input.source, input.advert, to);
  }

  /** The master hears an advert (RFC 9568 §6.4.3). */
  #judgeRival(now: Micros, source: IpAddress, advert: Advert, to: State | undefined): void {
    const { version, priority, advertIntervalMicros } = this.config;
    const stalled = this.stall.due !== null || this.stall.silences(now - this.lastAdvertAt);
    const release = advert.priority === 0;
    const foreign = version === 3 && advert.version === 2;
    const outranked = wins(advert.priority, source, priority!, this.surroundings.source);
    const must = stalled || (!release && (foreign || outranked));
    if (must && to !== "BACKUP")
      this.#fail("yield", `the master ignores priority ${advert.priority} of ${source.text}`);
    if (!must && to !== undefined)
      this.#fail("no-yield", `the master yields to priority ${advert.priority} of ${source.text}`);
    const answers = release || this.config.answersLower;
    if (to === undefined && this.wishes.adverts > 0 && !answers)
      this.#fail("answer", `the master answers priority ${advert.priority} of ${source.text}`);
    if (to === "BACKUP" && this.wishes.adverts > 0 && !this.config.answersHigher)
      this.#fail("answer", `the master speaks once more before it yields to ${source.text}`);
    if (to === undefined && answers && this.wishes.adverts === 0) {
      this.answerDue ??= now + Math.floor(advertIntervalMicros / 10) + 1;
    }
    if (to !== "BACKUP") return;
    this.model.enter(now);
    this.model.hear(now, advert);
  }

  #judgeDeadline(now: Micros, before: State): void {
    const { wishes } = this;
    const to = wishes.transitions[0]?.to;
    const due = before === "BACKUP" && this.model.deadline(now);
    if (due && to !== "MASTER") this.#fail("overdue", "the down timer ended and it did not take over");
    if (to !== undefined && !due) {
      const early = before === "BACKUP" ? `${this.model.due - now} µs early` : `from ${before}`;
      this.#fail("takeover", `a deadline made it ${to}, ${early}`);
    }
    if (before !== "MASTER") return;
    this.#judgeMastersDeadline(now);
  }

  #judgeMastersDeadline(now: Micros): void {
    const { wishes } = this;
    const silence = now - this.lastAdvertAt;
    const hadToListen = this.stall.silences(silence);
    const due = this.stall.deadline(now, silence);
    if (this.stall.due !== null && !due) {
      if (wishes.adverts + wishes.adds.length + wishes.announces.length > 0) {
        this.#fail("stall", `after ${silence} µs without an advert it does not listen before it acts`);
      }
      return;
    }
    const answered = this.answerDue === null || now < this.answerDue;
    if (wishes.adverts === 0 && (due || !answered)) {
      this.#fail("advert-missing", `the master has been silent for ${silence} µs`);
    }
    const claimed = wishes.adds.length + this.surroundings.own.length;
    if (hadToListen && claimed < this.config.virtualAddresses.length) {
      this.#fail("stall", "a master that was stalled takes its addresses for granted");
    }
  }

  #judgeTransitions(input: Input): void {
    const { type } = input;
    if (this.wishes.transitions.length === 0) return;
    if (input.type === "addressResults") return this.#judgeRefusal(input);
    const changing = "link source lock check configure shutdown";
    if (!changing.includes(type)) this.#fail("transition", `an input of type ${type} changed the state`);
  }

  /** The kernel takes none of a master's addresses, or one again of somebody who gave way for that. */
  #judgeRefusal({ operation, outcomes }: Extract<Input, { type: "addressResults" }>): void {
    const refused = outcomes.some(({ result }) => result === "refused");
    const [first] = this.wishes.transitions;
    const gaveWay = this.state === "MASTER" && first?.to === "FAULT" && refused;
    const comesBack = this.isRefused && (first?.to === "BACKUP" || first?.to === "MASTER") && !refused;
    if (operation === "add" && (comesBack || (gaveWay && this.surroundings.holdsNone()))) {
      this.isRefused = gaveWay;
      return;
    }
    this.#fail("transition", `what the kernel says of addresses made it ${first?.to}`);
  }

  /** Follows the transitions, each of which has to be legal and to begin where the last one ended. */
  #follow(now: Micros, before: State, input: Input, batch: number): void {
    for (const { from, to } of this.wishes.transitions) {
      if (from !== this.state || !LEGAL[from].includes(to)) {
        this.#fail("illegal", `transition from ${from} to ${to} in ${this.state}`);
      }
      if (to === "MASTER" && from !== "BACKUP" && this.config.ownerWaits)
        this.#fail("owner", "an owner that has to wait does not");
      if (from === "MASTER") this.leftMasterInBatch = batch;
      this.surroundings.onTransition(to);
      this.state = to;
      if (to !== "FAULT") this.isRefused = false;
      this.since = now;
      this.stall.end();
      if (to === "BACKUP" && input.type !== "advert") this.model.enter(now);
      if (to === "MASTER") {
        this.announcements.fill(0);
        this.masterSince = this.surroundings.onMaster();
      }
    }
    if (this.state !== before) this.answerDue = null;
  }

  #judgeAdverts(now: Micros, before: State): void {
    const { wishes, state } = this;
    if (wishes.said !== null && wishes.said !== this.config.priority)
      this.#fail("priority", `an advert says ${wishes.said} in place of ${this.config.priority}`);
    if (wishes.adverts > 0 && before !== "MASTER" && state !== "MASTER") {
      this.#fail("advert", `an advert was sent in ${before}`);
    }
    if (state === "MASTER" && before !== "MASTER" && wishes.adverts !== 1) {
      this.#fail("first-advert", `a new master sent ${wishes.adverts} adverts`);
    }
    const leaves = before === "MASTER" && (state === "FAULT" || state === "INIT");
    if (this.surroundings.isGrouped && before === "MASTER" && state === "BACKUP") return;
    const expected = leaves && this.surroundings.canSend();
    if (expected !== wishes.releases > 0 && wishes.transitions.length < 2) {
      this.#fail("release", `${wishes.releases} adverts with priority 0, from ${before} to ${state}`);
    }
    const third = this.#sentAt[0];
    if (wishes.adverts === 0 || third === undefined || this.#sentAt.length < 3) return;
    // Answers keep a tenth of the interval between them; a planned advert may come between two of them.
    if (now - third < Math.floor(this.config.advertIntervalMicros / 10))
      this.#fail("flood", "adverts are sent too often");
  }

  #judgeAddresses(before: State, input: Input): void {
    const { wishes, state } = this;
    const own = (address: number) => this.surroundings.own.includes(address);
    if (wishes.adds.some(own) || wishes.removes.some(own))
      this.#fail("own-address", "the node's own address is touched");
    const isTrial = this.isRefused && wishes.adds.length === 1;
    if (wishes.adds.length > 0 && state !== "MASTER" && before !== "MASTER" && !isTrial) {
      this.#fail("add", `addresses are wanted in ${state}`);
    }
    if (wishes.announces.length > 0 && state !== "MASTER")
      this.#fail("announce", `announcements in ${state}`);
    if (state === "MASTER" && before === "MASTER") this.#judgeMastersAddresses(input);
    if (state !== "MASTER" || before === "MASTER") return;
    const claimed = new Set(wishes.adds);
    if (claimed.size + this.surroundings.own.length < this.config.virtualAddresses.length) {
      this.#fail("claim", `a new master wants ${claimed.size} of its addresses`);
    }
  }

  /** A master changes its addresses for another list alone. */
  #judgeMastersAddresses({ type }: Input): void {
    const { removes, adds } = this.wishes;
    const list = this.surroundings.pools();
    const odd = removes.some((pool) => list.includes(pool)) || adds.some((pool) => !list.includes(pool));
    if (odd) this.#fail("remove", `the master adds ${adds} and removes ${removes} of ${list} on ${type}`);
  }

  #judgeNotifies(input: Input): void {
    const { notifies, transitions } = this.wishes;
    const wanted: string[] = transitions.filter(({ to }) => to !== "INIT").map(({ to }) => to);
    const told = notifies.map(({ state }) => state as string);
    if (input.type === "shutdown" && told.at(-1) === "STOP") told.pop();
    if (this.config.notify.length === 0 ? told.length > 0 : told.join() !== wanted.join()) {
      this.#fail("notify", `notified of ${told.join()} for transitions to ${wanted.join()}`);
    }
  }

  #noteAdvert(now: Micros, before: State): void {
    if (before !== "MASTER") this.#sentAt.length = 0;
    this.#sentAt.push(now);
    if (this.#sentAt.length > 3) this.#sentAt.shift();
    this.lastAdvertAt = now;
    this.stall.end();
    this.answerDue = null;
  }

  #counts(advert: Advert, listed: boolean): boolean {
    let known = this.#known.get(advert);
    if (known === undefined) {
      known = counts(this.config, advert, listed);
      this.#known.set(advert, known);
    }
    return known;
  }

  #fail(rule: string, message: string): never {
    return this.surroundings.fail(rule, message);
  }
}
