/**
 * Who has been told to yield (`vrrpd yield`): the whole node, or instances by their names. A name stays known while the
 * configuration does not have it; what yields as a whole counts for instances that come later.
 */
import { shortList } from "../base/lists.js";
import { formatSeconds, type Micros } from "../base/time.js";
import { Deadline, type Deadlines } from "./deadlines.js";
import type { Input } from "./input.js";
import type { Outbox } from "./outbox.js";

/** Names that are kept, more than a host has instances: those that came first are forgotten first. */
export const MOST_NAMES = 1024;

/** What was asked for. */
export interface Yield {
  readonly since: Micros;
  /** When it ends by itself; null: it does not. */
  readonly until: Micros | null;
  /** It serves nothing, whether anybody else does or not. */
  readonly force: boolean;
  /** It outlives the daemon: for the host, and for status. */
  readonly persistent: boolean;
}

export interface YieldStatus extends Yield {
  /** null: the whole node. */
  readonly instance: string | null;
  /** Of the whole node: those that take part again. */
  readonly except: readonly string[];
}

interface Standing extends Yield {
  readonly end: Deadline;
}

export class Yields {
  #node: Standing | null = null;
  /** Instances that take part although the node has yielded. */
  #except = new Set<string>();
  readonly #named = new Map<string, Standing>();
  /** Goes up whenever `status` says something else. */
  changes = 0;

  /** @param onChange what `of` says may be another by now */
  constructor(
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
    private readonly onChange: (now: Micros) => void,
  ) {}

  /** What counts for the instance of this name: its own, then the node's; null: it takes part. */
  of(name: string): Yield | null {
    return this.#named.get(name) ?? (this.#except.has(name) ? null : this.#node);
  }

  get any(): boolean {
    return this.#node !== null || this.#named.size > 0;
  }

  get status(): readonly YieldStatus[] {
    const node = this.#node === null ? [] : [statusOf(null, this.#node, [...this.#except])];
    return [...node, ...[...this.#named].map(([name, one]) => statusOf(name, one, []))];
  }

  /** What was said last counts: a yield of the node is for all instances. */
  yield(now: Micros, input: Extract<Input, { type: "yield" }>): void {
    if (input.instances === null) {
      this.#clear();
      this.#node = this.#stand(now, input, null);
    } else for (const name of new Set(input.instances)) this.#yieldOne(now, name, input);
    this.#log("yield", input.instances, `yielded${termsOf(now, input)}`);
    this.#changed(now);
  }

  resume(now: Micros, { instances }: Extract<Input, { type: "resume" }>): void {
    if (instances === null) this.#clear();
    else for (const name of instances) this.#resumeOne(name);
    this.#log("resume", instances, "been told to resume");
    this.#changed(now);
  }

  /** The daemon ends. */
  stop(): void {
    for (const { end } of [...this.#named.values(), ...(this.#node === null ? [] : [this.#node])])
      this.deadlines.clear(end);
  }

  #yieldOne(now: Micros, name: string, input: Extract<Input, { type: "yield" }>): void {
    this.#forget(name);
    const oldest = this.#named.keys().next();
    if (this.#named.size >= MOST_NAMES && !oldest.done) this.#forget(oldest.value);
    this.#named.set(name, this.#stand(now, input, name));
  }

  #resumeOne(name: string): void {
    this.#forget(name);
    if (this.#node !== null && this.#except.size < MOST_NAMES) this.#except.add(name);
  }

  #stand(now: Micros, input: Extract<Input, { type: "yield" }>, name: string | null): Standing {
    const { until, force, persistent, since = now } = input;
    const end = new Deadline("yield over", null, (at) => this.#onEnd(at, name));
    if (until !== null) this.deadlines.set(end, until);
    return { since, until, force, persistent, end };
  }

  #onEnd(now: Micros, name: string | null): void {
    if (name === null) {
      this.#node = null;
      this.#except.clear();
    } else this.#named.delete(name);
    this.#log("yield-over", name === null ? null : [name], "yielded for as long as it was to");
    this.#changed(now);
  }

  #clear(): void {
    this.stop();
    this.#node = null;
    this.#except.clear();
    this.#named.clear();
  }

  #forget(name: string): void {
    const known = this.#named.get(name);
    if (known === undefined) return;
    this.deadlines.clear(known.end);
    this.#named.delete(name);
  }

  #changed(now: Micros): void {
    this.changes += 1;
    this.onChange(now);
  }

  /** @param what behind "has" */
  #log(code: string, instances: readonly string[] | null, what: string): void {
    const who =
      instances === null
        ? "This node has"
        : `${shortList(instances)} ${instances.length > 1 ? "have" : "has"}`;
    this.outbox.log("info", code, null, `${who} ${what}`, { instances });
  }
}

function termsOf(now: Micros, { until, force, persistent }: Extract<Input, { type: "yield" }>): string {
  const span = until === null ? "until it is resumed" : `for ${formatSeconds(until - now)}`;
  const serves = force
    ? "serves nothing, whether anybody else does or not"
    : "serves only while nobody else does";
  return ` ${span}, ${persistent ? "restarts included, " : ""}and ${serves}`;
}

function statusOf(instance: string | null, standing: Standing, except: readonly string[]): YieldStatus {
  const { since, until, force, persistent } = standing;
  return { instance, since, until, force, persistent, except };
}
