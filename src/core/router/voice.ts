/**
 * Whether a master's adverts leave this host. One whose adverts the kernel has refused for its down interval is not
 * heard: others have taken over, or will. It gives way (FAULT) to whoever is heard, and serves on where nobody is, so
 * that two which cannot be heard never wait for each other. Out of that FAULT leads an advert that the kernel takes, or
 * that everybody else has fallen silent.
 */
import type { Micros } from "../../base/time.js";
import type { AddressTable } from "../addresses/table.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { masterDownMicros, RELEASE_PRIORITY, skewMicros, TRIAL_PRIORITY } from "../election.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import type { Speaker, Speakers } from "../peers/speakers.js";
import { type Cause, cause } from "./cause.js";
import { DoublingPause } from "./doubling-pause.js";
import type { State } from "./state.js";

/** So many down intervals after its last advert a speaker still counts as somebody who could serve. */
const REMEMBERED_DOWN_INTERVALS = 10;

/** Of the virtual router that speaks. */
export interface SpeakingRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly state: State;
  readonly speakers: Speakers;
  readonly addresses: AddressTable;
  /** Its link is down, and its configuration says that this is no fault. */
  readonly isLinkExcused: boolean;
  /** Looks again whether it may take part. `alone`: it has to serve, if nothing else is in the way. */
  evaluate(now: Micros, alone?: boolean): void;
}

export class Voice {
  /** When the kernel refused the first of the adverts of which none has left since; null: the last one left. */
  #failingSince: Micros | null = null;
  #errno = "";
  /** What became of the last one. */
  #refused = false;
  /** That has lasted for the down interval. */
  #isMute = false;
  /** Whom it gives way to; null: it takes part. */
  #yieldedTo: string | null = null;
  /** When it last came back because nobody was heard: who spoke before then has shown that he cannot serve. */
  #aloneSince: Micros = Number.NEGATIVE_INFINITY;
  #trialSent = false;
  readonly #pause = new DoublingPause();
  readonly #trial: Deadline;
  readonly #silence: Deadline;

  constructor(
    private readonly router: SpeakingRouter,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
  ) {
    const { name } = router.config;
    this.#trial = new Deadline("trial advert", name, (now) => this.#trialDue(now));
    this.#silence = new Deadline("others silent", name, (now) => this.#silenceDue(now));
  }

  /** The last advert whose fate is known did not leave. */
  get isFailing(): boolean {
    return this.#failingSince !== null;
  }

  /** A master that nobody can have heard for its down interval: since when, and why; null: somebody can. */
  get unheard(): { readonly since: Micros; readonly errno: string } | null {
    if (this.router.state !== "MASTER" || this.#failingSince === null || !this.#isMute) return null;
    return { since: this.#failingSince, errno: this.#errno };
  }

  /** Why it may not take part; null: it may. */
  get impediment(): Cause | null {
    if (this.#yieldedTo === null) return null;
    const text = `the kernel refuses every advert (${this.#errno}), and ${this.#yieldedTo} is heard in its place`;
    return cause("adverts-refused", text, { errno: this.#errno, rival: this.#yieldedTo });
  }

  /** Why it serves though nobody hears it. */
  get causeAlone(): Cause {
    const text = `nobody else is heard, so it serves although the kernel refuses its adverts (${this.#errno})`;
    return cause("alone", text, { errno: this.#errno });
  }

  onMaster(): void {
    this.#failingSince = null;
    this.#isMute = false;
    this.#refused = false;
  }

  /** An advert goes out: the one before it was not refused if nobody has said so by now. */
  onAdvert(now: Micros): void {
    if (this.#failingSince !== null && !this.#refused) {
      // What was announced meanwhile may not have left either, and others may have announced.
      if (this.#isMute) this.router.addresses.announcing.anew(now);
      this.onMaster();
    }
    this.#refused = false;
  }

  /** The kernel took it for no destination at all. */
  onRefused(now: Micros, errno: string): void {
    this.#errno = errno;
    this.#refused = true;
    if (this.router.state !== "MASTER") return;
    this.#failingSince ??= now;
    this.router.addresses.announcing.concede();
    this.#isMute ||= now - this.#failingSince >= this.#downMicros;
    if (!this.#isMute || this.router.isLinkExcused) return;
    const other = this.#candidate(now);
    if (other === null) return;
    this.#yieldedTo = other.source.text;
    this.deadlines.set(this.#trial, now + this.#pause.first(now));
    this.deadlines.set(this.#silence, Math.max(now + this.#downMicros, this.#silentAt(other)));
    this.router.evaluate(now);
  }

  /** Whoever serves in our place has released. */
  onRelease(now: Micros): void {
    if (this.#yieldedTo === null) return;
    const { version, advertIntervalMicros } = this.router.config;
    this.deadlines.set(this.#silence, now + skewMicros(version, this.router.priority, advertIntervalMicros));
  }

  /** It ends. */
  stop(): void {
    this.#yieldedTo = null;
    this.deadlines.clear(this.#trial);
    this.deadlines.clear(this.#silence);
  }

  get #downMicros(): Micros {
    const { version, advertIntervalMicros, downTimerAdverts } = this.router.config;
    return masterDownMicros(version, this.router.priority, advertIntervalMicros, downTimerAdverts);
  }

  #silentAt({ advert, lastHeardAt }: Speaker): Micros {
    const { version, advertIntervalMicros } = advert;
    const { priority, config } = this.router;
    return lastHeardAt + masterDownMicros(version, priority, advertIntervalMicros, config.downTimerAdverts);
  }

  /** Who was heard last of those who could serve in our place. */
  #candidate(now: Micros): Speaker | null {
    const from = Math.max(now - REMEMBERED_DOWN_INTERVALS * this.#downMicros, this.#aloneSince);
    let last: Speaker | null = null;
    for (const speaker of this.router.speakers.all()) {
      const { relation, advert, lastHeardAt } = speaker;
      if (relation === "stranger" || advert.priority === RELEASE_PRIORITY || lastHeardAt < from) continue;
      if (last === null || this.#silentAt(speaker) > this.#silentAt(last)) last = speaker;
    }
    return last;
  }

  /** Two steps: the trial goes out, and a moment later, when the kernel has said what it thinks of it, counts. */
  #trialDue(now: Micros): void {
    if (!this.#trialSent) {
      this.#trialSent = true;
      this.#refused = false;
      const priority = TRIAL_PRIORITY;
      this.outbox.emit({ type: "sendAdvert", router: this.router.id, what: "trial", priority });
      return this.deadlines.set(this.#trial, now + 1);
    }
    this.#trialSent = false;
    if (this.#refused) return this.deadlines.set(this.#trial, now + this.#pause.next());
    this.#pause.end(now);
    this.stop();
    this.router.evaluate(now);
  }

  #silenceDue(now: Micros): void {
    const other = this.#candidate(now);
    if (other !== null && this.#silentAt(other) > now) {
      return this.deadlines.set(this.#silence, this.#silentAt(other));
    }
    this.#aloneSince = now;
    this.#pause.end(now);
    this.stop();
    this.router.evaluate(now, true);
  }
}
