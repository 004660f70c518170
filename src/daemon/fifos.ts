/** The FIFOs of a configuration, and the scripts that read them. */
import { within } from "../base/within.js";
import type { FifoPlan } from "../config/index.js";
import { isSame } from "../config/index.js";
import { Fifo } from "../host/scripts/fifo.js";
import { findIdentity } from "../host/scripts/identity.js";
import type { Launchers } from "../host/scripts/launchers.js";
import type { Run } from "../host/scripts/run.js";

/** What a reader has to end by itself, once its FIFO is closed. */
const GRACE_MILLIS = 1_000;
/** A file system that does not answer holds up no end. */
const END_MILLIS = 200;

interface Open {
  readonly plan: FifoPlan;
  readonly fifo: Fifo;
  reader: Run | null;
}

interface Closing {
  readonly path: string;
  /** Its name is free, and nothing of it reads any more. */
  readonly done: Promise<unknown>;
  /** Its reader has ended: bounded, whatever the file system does. */
  readonly ended: Promise<void>;
}

export interface FifosOptions {
  readonly launchers: Pick<Launchers, "as">;
  readonly onProblem: (sentence: string, kind?: string) => void;
}

export class Fifos {
  /** Lines that found no room, since the start. */
  lost = 0;
  #open: readonly Open[] = [];
  #closings: readonly Closing[] = [];

  constructor(private readonly options: FifosOptions) {}

  /** What stays as it is goes on. */
  configure(plans: readonly FifoPlan[]): void {
    const kept = this.#open.filter(({ plan }) => plans.some((other) => isSame(plan, other)));
    const gone = this.#open.filter((one) => !kept.includes(one));
    this.#open = kept;
    for (const one of gone) this.#close(one);
    const added = plans.filter((plan) => !kept.some((one) => isSame(one.plan, plan)));
    this.#open = [...kept, ...added.map((plan) => this.#start(plan))];
  }

  tell(line: string): void {
    for (const { fifo } of this.#open) fifo.write(line);
  }

  async close(): Promise<void> {
    const gone = this.#open;
    this.#open = [];
    for (const one of gone) this.#close(one);
    await Promise.all(this.#closings.map(({ ended }) => ended));
  }

  #close(one: Open): void {
    const closed = one.fifo.close().catch(() => {});
    const ended = endReader(one, closed);
    const closing: Closing = { path: one.plan.path, done: Promise.all([closed, ended]), ended };
    this.#closings = [...this.#closings, closing];
    void closing.done.then(() => {
      this.#closings = this.#closings.filter((other) => other !== closing);
    });
  }

  #start(plan: FifoPlan): Open {
    const { path, owner, script } = plan;
    const { onProblem, launchers } = this.options;
    const identity = owner === null ? launchers.as(null).ids : findIdentity(owner);
    if (typeof identity === "string")
      onProblem(`the FIFO ${path} ${identity}: it belongs to this daemon's user`);
    const fifo = new Fifo({
      path,
      owner: typeof identity === "string" ? null : identity,
      after: Promise.all(this.#closings.filter((one) => one.path === path).map(({ done }) => done)),
      onProblem,
      onLost: () => this.#onLost(path),
    });
    const open: Open = { plan, fifo, reader: null };
    if (script !== null) void fifo.made.then(() => this.#read(open, script));
    return open;
  }

  /** As in Keepalived it is not started again when it ends. */
  async #read(open: Open, { command, user }: NonNullable<FifoPlan["script"]>): Promise<void> {
    if (!this.#open.includes(open)) return;
    const words = [...command, open.plan.path];
    const launcher = this.options.launchers.as(user);
    open.reader = launcher.run({ command: words, timeoutMillis: null, ends: "group", tailBytes: null });
    const result = await open.reader.result;
    if (!this.#open.includes(open)) return;
    const why =
      result.type === "notStarted"
        ? await launcher.describeNotStarted(words, result.code)
        : result.type === "refused"
          ? result.why
          : `${command[0]} has ended`;
    this.options.onProblem(`nothing reads the FIFO ${open.plan.path} any more: ${why}`);
  }

  #onLost(path: string): void {
    this.lost += 1;
    const text = `lines for the FIFO ${path} are lost: nobody reads it, or too slowly`;
    this.options.onProblem(text, `fifo ${path}`);
  }
}

/** Whoever reads it comes to its end, has a moment to end by itself, and is told to. */
async function endReader(one: Open, closed: Promise<void>): Promise<void> {
  await within(closed, END_MILLIS);
  // It may have been started meanwhile.
  const { reader } = one;
  if (reader === null || (await within(reader.gone, GRACE_MILLIS))) return;
  reader.end(GRACE_MILLIS);
  await within(reader.gone, GRACE_MILLIS + END_MILLIS);
}
