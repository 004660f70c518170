/** Reads the configuration again and hands it to the running daemon, or keeps everything and says every problem. */
import { VrrpdError } from "../base/errors.js";
import type { PlanChange } from "../config/index.js";
import type { Daemon } from "../daemon/daemon.js";
import type { ReadAgain, ReadUntilStopped, ReloadOutcome, Rereader } from "../daemon/reloading.js";
import { NO_RELOADS, type Reloads } from "../daemon/status/reloads.js";
import type { Logger } from "../host/log/index.js";
import { nowMicros } from "../host/native.js";
import type { ServiceManager } from "../host/service-manager.js";
import { describeChange } from "./plan-change.js";
import { problemLines } from "./problem-lines.js";
import { actionFor } from "./reading-error.js";

export interface ReloaderParts {
  readonly daemon: Pick<Daemon, "reload" | "previewReload">;
  readonly logger: Logger;
  readonly manager: Pick<ServiceManager, "reloading" | "ready">;
  /** Before, there is nothing to compare with. */
  readonly started: Promise<void>;
  /** null: the configuration cannot change while this process runs. Throws VrrpdError. */
  readonly reread: ReadUntilStopped | null;
}

const CANNOT_CHANGE =
  "the configuration is this process's environment, which cannot change while it runs: restart vrrpd";

const STOPPING = "vrrpd is stopping";

export class Reloader implements Rereader {
  /** What was asked for last; all that is asked for is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Map<"reload" | "preview", Promise<ReloadOutcome>>();
  /** The daemon is stopping. */
  readonly #stopped = new AbortController();
  reloads: Reloads = NO_RELOADS;

  constructor(private readonly parts: ReloaderParts) {}

  /** What is asked for while one goes on is one more, afterwards, for all who have asked. */
  reload(why: string): Promise<ReloadOutcome> {
    return this.#inTurn("reload", () => this.#reload(why));
  }

  preview(): Promise<ReloadOutcome> {
    return this.#inTurn("preview", () => this.#attempt((read) => this.parts.daemon.previewReload(read)));
  }

  /** The daemon is stopping, and takes nothing over any more: a reading that goes on is ended. */
  close(): void {
    this.#stopped.abort();
  }

  get #isClosed(): boolean {
    return this.#stopped.signal.aborted;
  }

  #inTurn(what: "reload" | "preview", work: () => Promise<ReloadOutcome>): Promise<ReloadOutcome> {
    const waiting = this.#waiting.get(what);
    if (waiting !== undefined) return waiting;
    const asked = this.#last.then(() => {
      this.#waiting.delete(what);
      return work();
    });
    this.#waiting.set(what, asked);
    this.#last = asked;
    return asked;
  }

  /** The service manager waits for both of its words. */
  async #reload(why: string): Promise<ReloadOutcome> {
    const { manager, logger, started } = this.parts;
    await started;
    if (!this.#isClosed) manager.reloading();
    const outcome = await this.#attempt((read) => this.parts.daemon.reload(read));
    this.#note(outcome);
    if ("problems" in outcome) {
      logger.log("error", `${why}: nothing was reloaded, and the configuration stays as it is`);
      for (const problem of outcome.problems) logger.log("error", problem);
    } else logger.log("info", `${why}: reloaded: ${outcome.text}`);
    if (!this.#isClosed) manager.ready();
    return outcome;
  }

  #note(outcome: ReloadOutcome): void {
    const now = nowMicros();
    if ("change" in outcome) this.reloads = { loadedAt: now, refused: null };
    else if (this.parts.reread !== null && !this.#isClosed) {
      const { action = null, problems } = outcome;
      const { refused: before } = this.reloads;
      const since = before !== null && (before.action === null) === (action === null) ? before.since : now;
      this.reloads = { ...this.reloads, refused: { since, problem: firstOf(problems), action } };
    }
  }

  /** A file that not even an error of vrrpd's own explains is refused like any other: what runs goes on. */
  async #attempt(take: (read: ReadAgain) => Promise<PlanChange | null>): Promise<ReloadOutcome> {
    const { reread } = this.parts;
    if (reread === null) return { problems: [CANNOT_CHANGE] };
    if (this.#isClosed) return { problems: [STOPPING] };
    let isRead = false;
    try {
      const change = await take(async (options) => {
        const planned = await reread(options, this.#stopped.signal);
        if (this.#isClosed) throw new VrrpdError("ECONFIG", STOPPING);
        isRead = true;
        return planned;
      });
      return change === null ? { problems: [STOPPING] } : { change, text: describeChange(change) };
    } catch (error) {
      if (isRead && (!(error instanceof VrrpdError) || error.code === "EASSERTION")) throw error;
      if (this.#isClosed) return { problems: [STOPPING] };
      const action = actionFor(error, isRead);
      const problems = problemLines(error);
      return action === null ? { problems } : { problems: [...problems, action], action };
    }
  }
}

/** Below a heading, if there is one. */
function firstOf(problems: readonly string[]): string {
  const [first = "", second] = problems;
  return first.endsWith(":") && second !== undefined ? second : first;
}
