/** What an attack does to a daemon, seen from outside: the wire, the kernel's books, the addresses of the host. */
import { readFileSync } from "node:fs";
import { processorNanos } from "../../bench/lab/cost.js";
import { VIP } from "../lab/environment.js";
import { advert, type HostProcess } from "../netns/index.js";
import { atMost, must, type Row } from "./attack.js";
import type { NodeName, Site } from "./site.js";

const LOOK_EVERY_MILLIS = 200;
/** A master that says nothing for so many intervals is silent. */
const PATIENCE_INTERVALS = 10;

/** Resident memory of a process, in megabytes (10⁶ bytes): all of it, and what is mapped from files. */
function residentMegabytes(pid: number): { readonly all: number; readonly files: number } {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)![1]) * 1024) / 1e6;
  return { all: megabytes("VmRSS"), files: megabytes("RssFile") };
}

/** How long the daemon's main thread was ready to run and did not, in milliseconds: the machine's part in a delay. */
function waitedMillis(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[1]) / 1e6;
}

export interface Watched {
  /** Longest pause between two adverts of the master, in intervals. */
  readonly gapIntervals: number;
  readonly adverts: number;
  /** Of one core, of the daemon that is watched. */
  readonly cpuPercent: number;
  /** Highest resident memory above that of the beginning. */
  readonly growthMegabytes: number;
  /** The part of it that is mapped from files: Node's own code, such as its compiler, when it first runs. */
  readonly codeMegabytes: number;
  /** How long the daemon waited for its core. */
  readonly waitedMillis: number;
  readonly looks: number;
  /** Looks at which the node that should did not hold the address, or another one did. */
  readonly badLooks: number;
  readonly alive: boolean;
}

/** Watches one daemon from now on, and who holds the address. */
export class Watch {
  private readonly fromMicros = Date.now() * 1000;
  private readonly startedAt = performance.now();
  private readonly nanos: number;
  private readonly waited: number;
  private readonly resident: ReturnType<typeof residentMegabytes>;
  private most: ReturnType<typeof residentMegabytes>;
  private looks = 0;
  private badLooks = 0;
  private readonly timer: NodeJS.Timeout;

  /** @param master who has to hold the address and to advertise */
  constructor(
    private readonly site: Site,
    private readonly daemon: HostProcess,
    private readonly master: NodeName = "a",
    private readonly address = VIP,
  ) {
    this.nanos = processorNanos([daemon.pid]);
    this.waited = waitedMillis(daemon.pid);
    this.resident = residentMegabytes(daemon.pid);
    this.most = this.resident;
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MILLIS);
  }

  /** Ends the watch; waits for one more advert, so that a pause at the end is seen. */
  async end(): Promise<Watched> {
    const { pid } = this.daemon;
    const toMicros = Date.now() * 1000;
    const alive = this.daemon.running;
    const elapsedMillis = performance.now() - this.startedAt;
    const nanos = alive ? processorNanos([pid]) - this.nanos : Number.NaN;
    const waited = alive ? waitedMillis(pid) - this.waited : Number.NaN;
    const gap = await this.gapMicros(toMicros);
    clearInterval(this.timer);
    this.look();
    return {
      ...gap,
      cpuPercent: nanos / 1e4 / elapsedMillis,
      growthMegabytes: this.most.all - this.resident.all,
      codeMegabytes: this.most.files - this.resident.files,
      waitedMillis: waited,
      looks: this.looks,
      badLooks: this.badLooks,
      alive,
    };
  }

  private async gapMicros(toMicros: number): Promise<{ gapIntervals: number; adverts: number }> {
    const { intervalMicros, captures } = this.site;
    const capture = captures[this.master];
    const patience = (PATIENCE_INTERVALS * intervalMicros) / 1000;
    const later = advert({ from: this.master, afterMicros: toMicros });
    const isSilent = await capture.waitFor(later, { timeoutMs: patience }).then(
      () => false,
      () => true,
    );
    if (isSilent) return { gapIntervals: Number.POSITIVE_INFINITY, adverts: 0 };
    const times = capture.adverts({ from: this.master }).map(({ atMicros }) => atMicros);
    const first = times.findLastIndex((at) => at <= this.fromMicros);
    const last = times.findIndex((at) => at > toMicros);
    const seen = times.slice(Math.max(0, first), last + 1);
    const gaps = seen.slice(1).map((at, index) => at - seen[index]!);
    return { gapIntervals: Math.max(...gaps) / intervalMicros, adverts: gaps.length };
  }

  private look(): void {
    if (!this.daemon.running) return;
    const resident = residentMegabytes(this.daemon.pid);
    if (resident.all > this.most.all) this.most = resident;
    this.looks += 1;
    const other = this.master === "a" ? "b" : "a";
    if (!this.site.holds(this.master, this.address) || this.site.holds(other, this.address))
      this.badLooks += 1;
  }
}

export function held({ looks, badLooks }: Watched, what = "the address at its master"): Row {
  return must(what, looks > 0 && badLooks === 0, "in every look", `not in ${badLooks} of ${looks} looks`);
}

export function onTime(
  { gapIntervals, waitedMillis: waited }: Watched,
  what = "longest pause between adverts",
): Row {
  const row = atMost(what, gapIntervals, 1.1, " intervals");
  // The machine had something better to do: it is said beside the figure, not taken off it.
  return waited < 20
    ? row
    : { ...row, measured: `${row.measured} (${Math.round(waited)} ms without its core)` };
}

export function flat(
  { growthMegabytes, codeMegabytes, alive }: Watched,
  most: number,
  what = "growth of memory",
): Row {
  const row = atMost(what, growthMegabytes, most, " MB", 1);
  if (!alive) return { ...row, measured: `${row.measured}, then it died`, passed: false };
  // Counted all the same.
  return codeMegabytes < 0.1
    ? row
    : { ...row, measured: `${row.measured} (${codeMegabytes.toFixed(1)} MB of it Node's code)` };
}

export function cheap({ cpuPercent }: Watched, most: number, what = "CPU time of the daemon"): Row {
  return atMost(what, cpuPercent, most, " % of a core", 1);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
