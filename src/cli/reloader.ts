/** Reads the configuration again and hands it to the running daemon, or keeps everything and says every problem. */
import { VrrpdError, wordsOf } from "../base/errors.js";
import type { Intent, PlanChange } from "../config/index.js";
import type { Daemon } from "../daemon/daemon.js";
import type { ReloadOutcome, Rereader } from "../daemon/reloading.js";
import type { Logger } from "../host/log/index.js";
import type { ServiceManager } from "../host/service-manager.js";
import { describeChange } from "./plan-change.js";
import { requireScriptUsers } from "./privileges.js";

export interface ReloaderParts {
  readonly daemon: Pick<Daemon, "reload" | "previewReload">;
  readonly logger: Logger;
  readonly manager: Pick<ServiceManager, "reloading" | "ready">;
  /** Before, there is nothing to compare with. */
  readonly started: Promise<void>;
  /** null: the configuration cannot change while this process runs. Throws VrrpdError. */
  readonly reread: (() => Promise<Intent>) | null;
}

const CANNOT_CHANGE =
  "the configuration is this process's environment, which cannot change while it runs: restart vrrpd";

const STOPPING = "vrrpd is stopping";

export class Reloader implements Rereader {
  #running: Promise<ReloadOutcome> | null = null;
  #again: Promise<ReloadOutcome> | null = null;
  #closed = false;

  constructor(private readonly parts: ReloaderParts) {}

  /** One at a time: what is asked for meanwhile is one more, afterwards, for all who have asked. Never throws. */
  reload(why: string): Promise<ReloadOutcome> {
    if (this.#running === null) return this.#start(why);
    this.#again ??= this.#running.then(() => {
      this.#again = null;
      return this.#start(why);
    });
    return this.#again;
  }

  preview(): Promise<ReloadOutcome> {
    return this.#attempt((intent) => this.parts.daemon.previewReload(intent));
  }

  /** The daemon is stopping, and takes nothing over any more. */
  close(): void {
    this.#closed = true;
  }

  #start(why: string): Promise<ReloadOutcome> {
    const running = this.#reload(why).finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  /** The service manager waits for both of its words. */
  async #reload(why: string): Promise<ReloadOutcome> {
    const { manager, logger, started } = this.parts;
    await started;
    manager.reloading();
    const outcome = await this.#attempt((intent) => this.parts.daemon.reload(intent));
    if ("problems" in outcome) {
      logger.log("error", `${why}: nothing was reloaded, and the configuration stays as it is`);
      for (const problem of outcome.problems) logger.log("error", problem);
    } else logger.log("info", `${why}: reloaded: ${outcome.text}`);
    manager.ready();
    return outcome;
  }

  async #attempt(take: (intent: Intent) => PlanChange): Promise<ReloadOutcome> {
    const intent = await this.#read();
    if ("problems" in intent) return intent;
    if (this.#closed) return { problems: [STOPPING] };
    try {
      const change = take(intent);
      return { change, text: describeChange(change) };
    } catch (error) {
      if (!(error instanceof VrrpdError) || error.code === "EASSERTION") throw error;
      return { problems: linesOf(error) };
    }
  }

  /** A file that not even an error of vrrpd's own explains is refused like any other: what runs goes on. */
  async #read(): Promise<Intent | { readonly problems: readonly string[] }> {
    const { reread } = this.parts;
    if (reread === null) return { problems: [CANNOT_CHANGE] };
    try {
      const intent = await reread();
      requireScriptUsers(intent);
      return intent;
    } catch (error) {
      return { problems: linesOf(error as Error) };
    }
  }
}

function linesOf(error: Error): string[] {
  return wordsOf(error)
    .split("\n")
    .map((line) => line.trim());
}
