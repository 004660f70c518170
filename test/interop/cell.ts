/** One cell of the table: speakers of one virtual router on a LAN of their own, and what must hold in every cell. */

import type { Daemon } from "../lab/daemons/daemon.js";
import { type Capture, createLan, type Host, type Lan, until } from "../netns/index.js";
import { interruptions, rivals, type Sent, sentBy } from "./judge/continuity.js";
import { HoldingWatch, type Span } from "./judge/holdings.js";
import { downMicros, TOLERANCE_MICROS } from "./judge/timers.js";
import { type Judged, wireVerdict } from "./judge/verdict.js";
import type { Group, MakeSpeaker } from "./speakers.js";

/** The n-th host has the address 192.0.2.(40 + n). */
const FIRST_HOST_NUMBER = 40;
const SETTLED_ADVERTS = 3;
/** Spent only when nothing comes of it. */
const SETTLE_TIMEOUT_MS = 40_000;

export interface CellTest extends Judged {
  teardown(handler: () => Promise<void>): void;
}

/** A time in which one speaker was the one master, and who could have been another. */
interface Reign {
  readonly master: Daemon;
  readonly others: readonly Daemon[];
  readonly fromMicros: number;
  toMicros: number;
}

export class Cell<Name extends string = string> {
  private readonly reigns: Reign[] = [];
  /** Dead, or cut off: neither takes part nor is looked at. */
  private readonly absent = new Set<Daemon>();
  private readonly joinedAtMicros = new Map<Daemon, number>();
  private disturbedAtMicros = 0;

  private constructor(
    private readonly t: CellTest,
    readonly group: Group,
    readonly lan: Lan,
    readonly capture: Capture,
    private readonly speakers: Readonly<Record<Name, Daemon>>,
    private readonly watches: ReadonlyMap<Daemon, HoldingWatch>,
  ) {}

  /**
   * The hosts have their addresses in the order of the speakers.
   * @param beside a cell on whose LAN this one is
   */
  static async open<Name extends string>(
    t: CellTest,
    group: Group,
    makers: Readonly<Record<Name, MakeSpeaker>>,
    beside: Cell | null = null,
  ): Promise<Cell<Name>> {
    const names = Object.keys(makers) as Name[];
    const lan = beside?.lan ?? (await createLan({ hosts: {} }));
    if (!beside) t.teardown(() => lan.destroy());
    for (const name of names) await lan.add(name, { addresses: hostAddresses(lan.hosts.length) });
    const pairs = names.map((name) => [name, makers[name](lan.host(name), group)] as const);
    const speakers = Object.fromEntries(pairs) as Record<Name, Daemon>;
    const watches = new Map<Daemon, HoldingWatch>();
    for (const [, speaker] of pairs) watches.set(speaker, await HoldingWatch.start(speaker.host));
    const capture = beside?.capture ?? (await lan.capture());
    return new Cell(t, group, lan, capture, speakers, watches);
  }

  speaker(name: Name): Daemon {
    return this.speakers[name];
  }

  host(name: Name): Host {
    return this.lan.host(name);
  }

  /** All of them, or those named; returns when each takes part in the election. */
  async start(...names: readonly Name[]): Promise<void> {
    const wanted = names.length > 0 ? names : (Object.keys(this.speakers) as Name[]);
    this.disturb();
    await Promise.all(
      wanted.map(async (name) => {
        const speaker = this.speaker(name);
        this.joinedAtMicros.set(speaker, (await speaker.start()).backupAtMicros);
        this.absent.delete(speaker);
      }),
    );
  }

  /** The host loses its power. Its addresses are of no interest any more: there is nobody who could answer for them. */
  async die(name: Name): Promise<void> {
    const speaker = this.speaker(name);
    this.disturb();
    this.absent.add(speaker);
    await Promise.all([speaker.kill(), speaker.host.cut()]);
  }

  /** Power is back; the speaker is not started yet. */
  async revive(name: Name): Promise<void> {
    await this.host(name).heal();
  }

  async stop(name: Name): Promise<void> {
    this.disturb();
    await this.speaker(name).stop();
  }

  /** @param how what is done to the host: its speaker lives on, and cannot be master for the others */
  async sever(name: Name, how: (host: Host) => Promise<void>): Promise<void> {
    this.disturb();
    this.absent.add(this.speaker(name));
    await how(this.host(name));
  }

  async join(name: Name, how: (host: Host) => Promise<void>): Promise<void> {
    this.disturb();
    this.absent.delete(this.speaker(name));
    await how(this.host(name));
  }

  /** Returns when this one alone has spoken for a while, and holds the address alone. */
  async settled(name: Name): Promise<void> {
    const master = this.speaker(name);
    const others = this.present().filter((speaker) => speaker !== master);
    const all = [master, ...others];
    try {
      await until(() => this.speaksAlone(master), {
        what: `${name} as the one master`,
        timeoutMs: SETTLE_TIMEOUT_MS,
      });
      await until(async () => (await Promise.all(all.map((one) => this.holds(one)))).every(isFirst), {
        what: `${this.group.virtualAddress} on ${name} alone`,
      });
    } catch (error) {
      // What is on the wire may be the reason.
      await this.wireVerdict();
      throw error;
    }
    const fromMicros = Date.now() * 1000;
    this.reigns.push({ master, others, fromMicros, toMicros: Number.POSITIVE_INFINITY });
  }

  get sent(): Sent[] {
    return sentBy(Object.values(this.speakers), this.group, this.capture.adverts());
  }

  sentFrom(name: Name): Sent[] {
    return this.sent.filter(({ speaker }) => speaker === this.speaker(name));
  }

  /** The times at which its host held the address. */
  heldBy(name: Name): Span[] {
    return this.spans(this.speaker(name));
  }

  joinedAt(name: Name): number {
    return this.joinedAtMicros.get(this.speaker(name))!;
  }

  /** What must hold in every cell. */
  async verdict(): Promise<void> {
    this.disturb();
    await this.capture.stop();
    this.t.strictSame(this.interruptions(), [], "never without a master for longer than a down interval");
    this.t.strictSame(this.disputes(), [], "one master, who alone holds the address");
    await this.wireVerdict();
  }

  /** The part of it that holds also where two masters are meant. */
  async wireVerdict(): Promise<void> {
    const ours = Object.values<Daemon>(this.speakers).filter(({ kind }) => kind === "vrrpd");
    await wireVerdict(this.t, this.capture, ours);
  }

  private interruptions(): string[] {
    const sent = this.countedFromInterface(this.sent);
    const [first] = sent;
    if (!first) return ["nobody ever spoke"];
    const limit = downMicros(this.group, first.priority) + TOLERANCE_MICROS;
    const waited = first.atMicros - this.joinedAtMicros.get(first.speaker)!;
    const start = waited > limit ? [`the first advert ${waited / 1000} ms after its speaker joined`] : [];
    return [...start, ...interruptions(this.group, sent)];
  }

  /** The mastership of one that loses its first advert counts from its interface. */
  private countedFromInterface(sent: readonly Sent[]): Sent[] {
    return sent.map((one, index) => {
      const begins = sent[index - 1]?.speaker !== one.speaker;
      if (!one.speaker.losesFirstAdvert || !begins) return one;
      const up = this.spans(one.speaker).findLast(({ fromMicros }) => fromMicros <= one.atMicros);
      return { ...one, atMicros: up?.fromMicros ?? one.atMicros };
    });
  }

  private disputes(): string[] {
    const sent = this.sent;
    return this.reigns.flatMap(({ master, others, fromMicros, toMicros }) => {
      const holders = (from: number) => (speaker: Daemon) =>
        this.spans(speaker).some((span) => span.fromMicros <= toMicros && span.toMicros >= from);
      const missing = holders(toMicros)(master) ? [] : [`the master ${master.host.name} has no address`];
      const second = others
        .filter(holders(fromMicros))
        .map(({ host }) => `${host.name} held the address beside the master ${master.host.name}`);
      return [...rivals(sent, master, fromMicros, toMicros), ...missing, ...second];
    });
  }

  private spans(speaker: Daemon): Span[] {
    return this.watches.get(speaker)!.spans(this.group.virtualAddress, speaker.virtualInterface);
  }

  private present(): Daemon[] {
    return [...this.joinedAtMicros.keys()].filter((speaker) => !this.absent.has(speaker));
  }

  /** The last adverts since something happened are all its own. */
  private speaksAlone(master: Daemon): boolean {
    const since = this.sent.filter(({ atMicros }) => atMicros > this.disturbedAtMicros);
    const last = since.slice(-SETTLED_ADVERTS);
    const isIts = ({ speaker, priority }: Sent) => speaker === master && priority > 0;
    return last.length === SETTLED_ADVERTS && last.every(isIts);
  }

  /** The kernel's own word, now; the watch, which may lag, says the same. */
  private async holds(speaker: Daemon): Promise<boolean | null> {
    const { host, virtualInterface } = speaker;
    const held =
      virtualInterface === null
        ? await host.hasAddress(this.group.virtualAddress)
        : (await host.ok(["ip", "link", "show", virtualInterface])).includes("LOWER_UP");
    const seen = this.spans(speaker).at(-1)?.toMicros === Number.POSITIVE_INFINITY;
    return seen === held ? held : null;
  }

  private disturb(): void {
    this.disturbedAtMicros = Date.now() * 1000;
    const reign = this.reigns.at(-1);
    if (reign) reign.toMicros = Math.min(reign.toMicros, this.disturbedAtMicros);
  }
}

/** Of a list of who holds the address, the one master first: it alone does. */
function isFirst(held: boolean | null, index: number): boolean {
  return held === (index === 0);
}

function hostAddresses(index: number): string[] {
  const number = FIRST_HOST_NUMBER + index;
  return [`192.0.2.${number}/24`, `2001:db8::${number}/64`];
}

export function hostAddress(index: number): string {
  return `192.0.2.${FIRST_HOST_NUMBER + index}`;
}
