/** What is asked for over the control socket with `vrrpd yield` and `vrrpd resume`, and what of it outlives the daemon. */
import type { ErrorCode } from "../base/errors.js";
import { shortList } from "../base/lists.js";
import { MICROS_PER_MILLISECOND, type Micros, secondsToMicros } from "../base/time.js";
import type { Core } from "../core/core.js";
import type { Input } from "../core/input.js";
import type { State } from "../core/router/state.js";
import { MOST_NAMES, type YieldStatus } from "../core/yields.js";
import { nowMicros } from "../host/native.js";
import {
  MOST_YIELD_SECONDS,
  type PersistentYield,
  readYieldFile,
  writeYieldFile,
  yieldFileOf,
} from "./yield-file.js";

export interface YieldRequest {
  /** null: the whole node. */
  readonly instances: readonly string[] | null;
  readonly forSeconds: number | null;
  readonly force: boolean;
  readonly persist: boolean;
}

export interface ResumeRequest {
  readonly instances: readonly string[] | null;
}

/** An instance that was asked for, as it was before. */
export interface AskedInstance {
  readonly name: string;
  readonly state: State;
  readonly hadYielded: boolean;
}

export type YieldOutcome =
  | {
      readonly instances: readonly AskedInstance[];
      /** A sentence: why it does not outlive the daemon, or still does, against what was asked for; null: all is well. */
      readonly fileProblem: string | null;
    }
  /** Nothing was done. */
  | { readonly code: ErrorCode; readonly error: string };

export interface YieldParts {
  readonly core: () => Pick<Core, "routerStatuses" | "yields" | "yieldChanges">;
  readonly input: (input: Input) => void;
  /** Of the control socket. */
  readonly socketPath: string;
  readonly onProblem: (sentence: string) => void;
}

export class YieldRequests {
  readonly #path: string;
  /** Whether the file is there, as far as is known. */
  #isKept = false;
  #seenChanges = 0;
  #writing: Promise<string | null> = Promise.resolve(null);

  constructor(private readonly parts: YieldParts) {
    this.#path = yieldFileOf(parts.socketPath);
  }

  /** At the start, before anything takes part: what an earlier run was told counts still. */
  restore(): void {
    const found = readYieldFile(this.#path);
    if ("problem" in found) return this.parts.onProblem(found.problem);
    this.#isKept = found.yields.length > 0;
    const standing = found.yields.filter((one) => remainingMillis(one, Date.now()) > 0);
    for (const one of standing) this.#restoreOne(one);
    this.#seenChanges = this.parts.core().yieldChanges;
    if (standing.length < found.yields.length) void this.#save();
  }

  /** Those that have ended by themselves leave the file. */
  look(): void {
    if (this.#seenChanges !== this.parts.core().yieldChanges) void this.#save();
  }

  async yield(request: unknown): Promise<YieldOutcome> {
    if (!isYieldRequest(request)) return nonsense();
    const { instances, forSeconds, force, persist } = request;
    const asked = this.#asked(instances, []);
    if ("error" in asked) return asked;
    const until = forSeconds === null ? null : nowMicros() + secondsToMicros(forSeconds);
    this.parts.input({ type: "yield", instances, until, force, persistent: persist });
    return { instances: asked, fileProblem: await this.#save() };
  }

  async resume(request: unknown): Promise<YieldOutcome> {
    if (!hasInstances(request)) return nonsense();
    const instances = request.instances && this.#withGroups(request.instances);
    const yields = this.parts.core().yields;
    const asked = this.#asked(
      instances,
      yields.flatMap(({ instance }) => instance ?? []),
    );
    if ("error" in asked) return asked;
    const isStanding = instances === null ? yields.length > 0 : asked.some(({ hadYielded }) => hadYielded);
    if (isStanding) this.parts.input({ type: "resume", instances });
    return { instances: asked, fileProblem: await this.#save() };
  }

  /** A sync group yields as one, whichever of its members is named: so it takes part again as one. */
  #withGroups(names: readonly string[]): readonly string[] {
    const all = [...this.parts.core().routerStatuses()];
    const groups = new Set(all.filter(({ name }) => names.includes(name)).map(({ group }) => group));
    const members = all.filter(({ group }) => group !== null && groups.has(group));
    return [...new Set([...names, ...members.map(({ name }) => name)])];
  }

  /** @param gone names that are known though the configuration does not have them */
  #asked(
    instances: readonly string[] | null,
    gone: readonly string[],
  ): AskedInstance[] | { readonly code: ErrorCode; readonly error: string } {
    const all = [...this.parts.core().routerStatuses()];
    const known = all.map(({ name }) => name);
    const unknown = (instances ?? []).filter((name) => !known.includes(name) && !gone.includes(name));
    if (unknown.length > 0) {
      const error = `there is no instance ${shortList(unknown)}; there are: ${known.join(", ")}`;
      return { code: "EINSTANCE", error };
    }
    const meant = all.filter(({ name }) => instances === null || instances.includes(name));
    const asked = meant.map(({ name, state, yielded }) => ({ name, state, hadYielded: yielded !== null }));
    const rest = gone.filter((name) => !known.includes(name) && (instances?.includes(name) ?? true));
    return [...asked, ...rest.map((name) => ({ name, state: "INIT", hadYielded: true }) as const)];
  }

  #restoreOne(one: PersistentYield): void {
    const { instance, except, force } = one;
    this.parts.input({
      ...{ type: "yield", instances: instance === null ? null : [instance] },
      ...{ ...timesOf(one, Date.now(), nowMicros()), force, persistent: true },
    });
    if (except.length > 0) this.parts.input({ type: "resume", instances: except });
  }

  /** One after the other. Returns what went wrong, a sentence; null: nothing. */
  #save(): Promise<string | null> {
    const core = this.parts.core();
    this.#seenChanges = core.yieldChanges;
    const [now, nowMillis] = [nowMicros(), Date.now()];
    const millis = (at: Micros) => Math.round(nowMillis + (at - now) / MICROS_PER_MILLISECOND);
    const yields = core.yields.filter(({ persistent }) => persistent).map((one) => persistentOf(one, millis));
    this.#writing = this.#writing.then(() => this.#write(yields));
    return this.#writing;
  }

  async #write(yields: readonly PersistentYield[]): Promise<string | null> {
    if (yields.length === 0 && !this.#isKept) return null;
    try {
      await writeYieldFile(this.#path, yields);
      this.#isKept = yields.length > 0;
      return null;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const what = yields.length === 0 ? "cannot be removed" : "cannot be written";
      const problem = `${this.#path} ${what} (${code ?? message}): after a restart yields are not as they are now`;
      this.parts.onProblem(problem);
      return problem;
    }
  }
}

function persistentOf(
  { instance, except, force, since, until }: YieldStatus,
  millis: (at: Micros) => number,
): PersistentYield {
  return { instance, except, force, since: millis(since), until: until === null ? null : millis(until) };
}

/** At most as long as it was made for: a clock that was set back, or is not set yet, makes no yield longer. */
function remainingMillis({ since, until }: PersistentYield, nowMillis: number): number {
  return until === null ? Number.POSITIVE_INFINITY : Math.min(until - nowMillis, until - since);
}

/**
 * When a yield of the file began and ends, on the clock of the core. It has begun by now, whatever a wrong clock says.
 * @param nowMillis Unix time
 * @param now the same moment
 */
export function timesOf(
  one: PersistentYield,
  nowMillis: number,
  now: Micros,
): { readonly since: Micros; readonly until: Micros | null } {
  const since = Math.max(0, Math.min(one.since, nowMillis));
  const after = (millis: number) => now + millis * MICROS_PER_MILLISECOND;
  return {
    since: after(since - nowMillis),
    until: one.until === null ? null : after(remainingMillis(one, nowMillis)),
  };
}

function nonsense(): YieldOutcome {
  return { code: "EUSAGE", error: "the daemon does not understand this request: is it of another version?" };
}

function hasInstances(value: unknown): value is ResumeRequest {
  if (typeof value !== "object" || value === null || !("instances" in value)) return false;
  const { instances } = value;
  if (instances === null) return true;
  if (!Array.isArray(instances) || instances.length === 0 || instances.length > MOST_NAMES) return false;
  return instances.every((name) => typeof name === "string");
}

function isYieldRequest(value: unknown): value is YieldRequest {
  if (!hasInstances(value)) return false;
  const { forSeconds, force, persist } = value as Partial<Record<keyof YieldRequest, unknown>>;
  const isSpan = typeof forSeconds === "number" && forSeconds > 0 && forSeconds <= MOST_YIELD_SECONDS;
  return (forSeconds === null || isSpan) && typeof force === "boolean" && typeof persist === "boolean";
}
