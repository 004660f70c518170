/** Records adverts, ARP and Neighbor Advertisements on the bridge, with the kernel's timestamps. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { BRIDGE } from "./description.js";
import { HarnessError } from "./errors.js";
import { baseEnvironment } from "./execute.js";
import {
  type AdvertFilter,
  type ArpFilter,
  advert,
  arp,
  type CapturedAdvert,
  type CapturedArp,
  type CapturedFrame,
  type CapturedNeighborAdvertisement,
  type NeighborAdvertisementFilter,
  neighborAdvertisement,
  readFrame,
} from "./frames.js";
import type { Namespace } from "./namespace.js";
import { PcapReader } from "./pcap.js";
import { SNIFFER } from "./sniffer.js";
import { DEFAULT_TIMEOUT_MS } from "./until.js";

export interface WaitOptions {
  /** For the message. Default "a frame". */
  readonly what?: string;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

export class Capture {
  /** In the order of the kernel's receipt. */
  readonly frames: CapturedFrame[] = [];
  private readonly chunks: Buffer[] = [];
  private readonly watchers = new Set<(frame: CapturedFrame) => void>();
  private readonly reader = new PcapReader();
  private readonly ended: Promise<void>;
  private said = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly nameOf: (mac: string) => string | null,
  ) {
    child.stdout!.on("data", (chunk: Buffer) => this.read(chunk));
    child.stderr!.on("data", (chunk: Buffer) => {
      this.said += chunk.toString("utf8");
    });
    this.ended = new Promise((resolve) => child.once("close", () => resolve()));
  }

  /** Used by `lan.capture`. Throws `ECOMMAND` when that is not possible. */
  static async start(
    bridge: Namespace,
    hosts: () => readonly { readonly name: string; readonly macs: readonly string[] }[],
    senderMac: string | null,
  ): Promise<Capture> {
    const sniffer = ["perl", "-e", SNIFFER, BRIDGE, ...(senderMac === null ? [] : [senderMac])];
    const [program, ...parameters] = bridge.enter(sniffer) as [string, ...string[]];
    const child = spawn(program, parameters, { env: baseEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    const capture = new Capture(
      child,
      (mac) => hosts().find((host) => host.macs.includes(mac))?.name ?? null,
    );
    await new Promise<void>((resolve, reject) => {
      const refuse = () =>
        reject(new HarnessError("ECOMMAND", `the capture did not start: ${capture.said.trim()}`));
      child.once("error", refuse);
      child.once("close", refuse);
      child.stderr!.on("data", () => {
        if (capture.said.includes("listening")) resolve();
      });
    });
    return capture;
  }

  /** Of the process that records. */
  get pid(): number {
    return this.child.pid!;
  }

  /** The frames so far that satisfy the condition, typed by it. */
  select<F extends CapturedFrame>(condition: (frame: CapturedFrame) => frame is F): F[] {
    return this.frames.filter(condition);
  }

  adverts(filter: AdvertFilter = {}): CapturedAdvert[] {
    return this.select(advert(filter));
  }

  arps(filter: ArpFilter = {}): CapturedArp[] {
    return this.select(arp(filter));
  }

  neighborAdvertisements(filter: NeighborAdvertisementFilter = {}): CapturedNeighborAdvertisement[] {
    return this.select(neighborAdvertisement(filter));
  }

  /** The first frame that satisfies the condition, seen already or to come. Throws `ETIMEOUT`. */
  waitFor<F extends CapturedFrame>(
    condition: (frame: CapturedFrame) => frame is F,
    options?: WaitOptions,
  ): Promise<F>;
  waitFor(condition: (frame: CapturedFrame) => boolean, options?: WaitOptions): Promise<CapturedFrame>;
  waitFor(condition: (frame: CapturedFrame) => boolean, options: WaitOptions = {}): Promise<CapturedFrame> {
    const { what = "a frame", timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const seen = this.frames.find(condition);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const look = (frame: CapturedFrame) => {
        if (!condition(frame)) return;
        clearTimeout(timer);
        this.watchers.delete(look);
        resolve(frame);
      };
      const timer = setTimeout(() => {
        this.watchers.delete(look);
        const count = `${this.frames.length} frames were captured, none of them fits`;
        reject(
          new HarnessError("ETIMEOUT", `waited ${timeoutMs / 1000} s for ${what} on the bridge; ${count}`),
        );
      }, timeoutMs);
      this.watchers.add(look);
    });
  }

  /** Ends the recording, with all that was seen until now in `frames`. Harmless when repeated. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.ended;
  }

  /** After `stop`: frames that came too fast to be recorded. */
  get droppedByKernel(): number {
    return Number(/dropped (\d+)/.exec(this.said)?.[1] ?? 0);
  }

  /** Everything so far, for Wireshark and its like. */
  async save(path: string): Promise<void> {
    await writeFile(path, Buffer.concat(this.chunks));
  }

  private read(chunk: Buffer): void {
    this.chunks.push(chunk);
    for (const record of this.reader.push(chunk)) {
      const frame = readFrame(record, this.nameOf);
      this.frames.push(frame);
      for (const watcher of [...this.watchers]) watcher(frame);
    }
  }
}
