/**
 * The processes that checks count, for all of them together. In the first namespaces the kernel tells of each that
 * begins, runs something else or ends; elsewhere /proc is gone through every second.
 */
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import { bytesCompared, type Compared, isMeant } from "./criteria.js";
import { type ProcessEvent, ProcessEvents } from "./events.js";
import { type RunningProcess, readProcesses } from "./proc.js";
import type { CountChange } from "./quorum.js";

export const SCAN_INTERVAL_MICROS: Micros = MICROS_PER_SECOND;
const MILLIS = SCAN_INTERVAL_MICROS / 1000;
/** After events were lost: until the flood of them is over. */
const RECOUNT_MILLIS = 100;
/** Beyond, all are looked at together. */
const MOST_READ = 2_000;
/** Of which the kernel tells while they are looked at; beyond, what was seen is worth nothing. */
const MOST_MEANWHILE = 50_000;
const HANGS_AFTER_MILLIS = 10_000;

export interface Counter {
  readonly compared: Compared;
  /** All have been counted: at the start, and when events were lost. */
  readonly onCounted: (count: number) => void;
  readonly onChanged: (count: number, change: CountChange) => void;
  /** They could not be looked at for long: why, a clause. */
  readonly onProblem: (why: string) => void;
}

export class ProcessTable {
  readonly #counted = new Map<Counter, Set<number>>();
  /** Those that nobody has counted for yet. */
  readonly #fresh = new Set<Counter>();
  #events: ProcessEvents | null = null;
  #ticks: NodeJS.Timeout | null = null;
  #recount: NodeJS.Timeout | null = null;
  #reading = false;
  /** All are to be looked at. */
  #scanDue = false;
  /** These are. */
  readonly #due = new Set<number>();
  /** Of which the kernel has told while they were being looked at: what was read of them is old. */
  readonly #meanwhile = new Map<number, "gone" | "another">();

  /** @param open what tells of processes; null comes of it where nothing does */
  constructor(private readonly open = ProcessEvents.open) {}

  add(counter: Counter): void {
    this.#counted.set(counter, new Set());
    this.#fresh.add(counter);
    if (this.#counted.size === 1) this.#begin();
    this.#scan();
  }

  remove(counter: Counter): void {
    this.#counted.delete(counter);
    this.#fresh.delete(counter);
    if (this.#counted.size > 0) return;
    this.#events?.close();
    this.#events = null;
    for (const timer of [this.#ticks, this.#recount]) if (timer !== null) clearTimeout(timer);
    this.#ticks = null;
    this.#recount = null;
  }

  #begin(): void {
    this.#events = this.open({
      onEvents: (events) => this.#onEvents(events),
      onLost: () => this.#onLost(),
    });
    if (this.#events === null) this.#ticks = setInterval(() => this.#scan(), MILLIS);
  }

  #onLost(): void {
    this.#recount ??= setTimeout(() => {
      this.#recount = null;
      for (const counter of this.#counted.keys()) this.#fresh.add(counter);
      this.#scan();
    }, RECOUNT_MILLIS);
  }

  #scan(): void {
    this.#scanDue = true;
    void this.#read();
  }

  #onEvents(events: readonly ProcessEvent[]): void {
    for (const event of events) this.#onEvent(event);
    if (this.#due.size > 0) void this.#read();
  }

  #onEvent(event: ProcessEvent): void {
    const { pid } = event;
    if (event.what === "exit") {
      this.#due.delete(pid);
      this.#note(pid, "gone");
      for (const [counter, pids] of this.#counted) this.#put(counter, pids, pid, false, "exit");
      return;
    }
    this.#note(pid, "another");
    if (event.what === "exec" && this.#due.size <= MOST_READ) this.#due.add(pid);
    for (const [counter, pids] of this.#counted) {
      if (event.what === "fork" && pids.has(event.parent)) this.#put(counter, pids, pid, true, "fork");
      if (event.what === "name" && !counter.compared.whole)
        this.#put(counter, pids, pid, event.name === counter.compared.name, "exec");
    }
  }

  #note(pid: number, what: "gone" | "another"): void {
    if (this.#reading && this.#meanwhile.size < MOST_MEANWHILE) this.#meanwhile.set(pid, what);
  }

  /** One look at a time; what becomes due meanwhile leads to another one. */
  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#counted.size > 0 && (this.#scanDue || this.#due.size > 0)) {
      const isScan = this.#scanDue || this.#due.size > MOST_READ;
      const pids = isScan ? undefined : [...this.#due];
      this.#scanDue = false;
      this.#due.clear();
      this.#meanwhile.clear();
      const fresh = [...this.#fresh];
      const found = await this.#look(pids);
      if (found === null) {
        // What has just been asked for is not known yet.
        if (this.#counted.size > 0) this.#onLost();
        break;
      }
      if (this.#meanwhile.size >= MOST_MEANWHILE) this.#onLost();
      else if (isScan) this.#onScan(found, fresh);
      else for (const pid of pids!) this.#onLookedAt(pid, found.get(pid) ?? null);
      for (const [pid, what] of this.#meanwhile) if (what === "another") this.#due.add(pid);
    }
    this.#meanwhile.clear();
    this.#reading = false;
  }

  /** null: /proc cannot be read now. */
  async #look(pids: readonly number[] | undefined): Promise<Map<number, RunningProcess> | null> {
    const whole = [...this.#counted.keys()].filter(({ compared }) => compared.whole);
    const bytes = Math.max(0, ...whole.map(({ compared }) => bytesCompared(compared)));
    const patience = setTimeout(() => this.#complain("a process does not answer"), HANGS_AFTER_MILLIS);
    try {
      return await readProcesses(bytes, pids);
    } catch (error) {
      this.#complain(`/proc cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return null;
    } finally {
      clearTimeout(patience);
    }
  }

  #complain(why: string): void {
    for (const { onProblem } of this.#counted.keys()) onProblem(why);
  }

  #onLookedAt(pid: number, process: RunningProcess | null): void {
    if (this.#meanwhile.has(pid)) return;
    for (const [counter, pids] of this.#counted)
      this.#put(counter, pids, pid, process !== null && isMeant(counter.compared, process), "exec");
  }

  #onScan(found: ReadonlyMap<number, RunningProcess>, fresh: readonly Counter[]): void {
    for (const [counter, pids] of this.#counted) {
      const meant = new Set<number>();
      for (const [pid, process] of found) if (isMeant(counter.compared, process)) meant.add(pid);
      for (const [pid] of this.#meanwhile) {
        if (pids.has(pid)) meant.add(pid);
        else meant.delete(pid);
      }
      if (fresh.includes(counter)) {
        this.#fresh.delete(counter);
        this.#counted.set(counter, meant);
        counter.onCounted(meant.size);
      } else this.#compare(counter, pids, meant, found);
    }
  }

  /** What the kernel would have told, had it been asked. */
  #compare(
    counter: Counter,
    pids: Set<number>,
    meant: ReadonlySet<number>,
    found: ReadonlyMap<number, RunningProcess>,
  ): void {
    const before = new Set(pids);
    for (const pid of meant) {
      const isForked = before.has(found.get(pid)?.parent ?? 0);
      this.#put(counter, pids, pid, true, isForked ? "fork" : "exec");
    }
    for (const pid of before)
      if (!meant.has(pid)) this.#put(counter, pids, pid, false, found.has(pid) ? "exec" : "exit");
  }

  #put(counter: Counter, pids: Set<number>, pid: number, isMeantNow: boolean, change: CountChange): void {
    if (pids.has(pid) === isMeantNow) return;
    if (isMeantNow) pids.add(pid);
    else pids.delete(pid);
    if (!this.#fresh.has(counter)) counter.onChanged(pids.size, change);
  }
}

/** Of this host. */
export const PROCESSES = new ProcessTable();
