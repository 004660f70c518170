/** A master and its backup of one kind, one killed after the other: the roles change, and nothing is started anew but the dead. */

import type { Daemon } from "../../test/lab/daemons/daemon.js";
import { type Capture, type CapturedAdvert, type CapturedFrame, until } from "../../test/netns/index.js";
import type { Lab } from "./lab.js";

/** What the wire saw of one takeover. */
export interface Takeover {
  /** By router id, in wall clock microseconds. */
  readonly lastOfOld: ReadonlyMap<string, number>;
  readonly firstOfNew: ReadonlyMap<string, number>;
  /** All since the kill. */
  readonly frames: readonly CapturedFrame[];
}

const SETTLED_ADVERTS = 3;

export class Pair {
  private mark = 0;

  private constructor(
    readonly capture: Capture,
    private readonly routers: number,
    private readonly intervalMillis: number,
    public master: Daemon,
    public backup: Daemon,
  ) {}

  /** Both are started, and the master has spoken for a while. */
  static async open(lab: Lab, routers: number, intervalSeconds: number): Promise<Pair> {
    const capture = await lab.capture();
    const pair = new Pair(capture, routers, intervalSeconds * 1000, lab.daemon("a"), lab.daemon("b"));
    await pair.master.start();
    await pair.settled();
    await pair.backup.start();
    await pair.settled();
    return pair;
  }

  /** The master has advertised each virtual router some times since now. */
  async settled(): Promise<void> {
    const from = this.capture.frames.length;
    const heard = () => {
      const counts = new Map<string, number>();
      for (const advert of this.advertsSince(from, this.master)) {
        counts.set(keyOf(advert), (counts.get(keyOf(advert)) ?? 0) + 1);
      }
      return counts.size >= this.routers && [...counts.values()].every((count) => count >= SETTLED_ADVERTS);
    };
    await until(heard, { what: "a master of all virtual routers", timeoutMs: 60_000, intervalMs: 50 });
  }

  /** SIGKILL; returns when the successor has advertised every virtual router. */
  async takeover(): Promise<Takeover> {
    this.mark = this.capture.frames.length;
    void this.master.kill();
    return this.succeeded();
  }

  /** The same where something else ends the mastership. @param mark number of frames before that */
  async succeeded(mark = this.mark): Promise<Takeover> {
    this.mark = mark;
    const enough = () => this.firsts().size >= this.routers;
    await until(enough, {
      what: "a successor for all virtual routers",
      timeoutMs: 30_000,
      intervalMs: Math.min(100, Math.max(20, this.intervalMillis / 4)),
    });
    return { lastOfOld: this.lasts(), firstOfNew: this.firsts(), frames: this.capture.frames.slice(mark) };
  }

  /** The dead one is started again, as the backup. */
  async restart(): Promise<void> {
    await this.master.ended();
    this.swap();
    await this.backup.start();
  }

  swap(): void {
    [this.master, this.backup] = [this.backup, this.master];
  }

  private firsts(): ReadonlyMap<string, number> {
    const firsts = new Map<string, number>();
    for (const advert of this.advertsSince(this.mark, this.backup)) {
      if (!firsts.has(keyOf(advert))) firsts.set(keyOf(advert), advert.atMicros);
    }
    return firsts;
  }

  /** From before the mark on: a master that was about to speak may have been killed first. */
  private lasts(): ReadonlyMap<string, number> {
    const lasts = new Map<string, number>();
    for (const advert of this.advertsSince(0, this.master)) lasts.set(keyOf(advert), advert.atMicros);
    return lasts;
  }

  private advertsSince(index: number, by: Daemon): CapturedAdvert[] {
    return this.capture.frames
      .slice(index)
      .filter((frame): frame is CapturedAdvert => frame.kind === "advert" && by.sent(frame));
  }
}

function keyOf({ family, advert }: CapturedAdvert): string {
  return `${family} ${advert.virtualRouterId}`;
}
