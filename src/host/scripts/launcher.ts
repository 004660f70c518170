/** How check and notify scripts are found and started: the same for all of them. */
import { findInPath, whyNotProgram } from "./file.js";
import { whyNotInterpreted } from "./interpreter.js";
import { type Preparation, type Run, type RunOptions, run } from "./run.js";

export interface LauncherOptions {
  /** "NAME=value" each. */
  readonly environment: readonly string[];
}

export interface Examination {
  /** A sentence: why it cannot be run; null: it can. */
  readonly problem: string | null;
}

export type LaunchOptions = Omit<RunOptions, "environment" | "prepare">;

export class Launcher {
  readonly #options: LauncherOptions;
  readonly #searchPath: string;

  constructor(options: LauncherOptions) {
    this.#options = options;
    const path = options.environment.find((entry) => entry.startsWith("PATH="));
    this.#searchPath = path?.slice("PATH=".length) ?? "";
  }

  /** Looks at it, off the loop, without running it. */
  async examine([name]: readonly string[]): Promise<Examination> {
    const path = await this.#find(name!);
    if (path === null) return { problem: `${name} is not in PATH` };
    const why = (await whyNotProgram(path)) ?? (await whyNotInterpreted(path, this.#searchPath));
    return { problem: why && `${path} ${why}` };
  }

  run(options: LaunchOptions): Run {
    const { command } = options;
    const { environment } = this.#options;
    const prepare = command[0]!.startsWith("/") ? null : () => this.#prepare(command);
    return run({ ...options, environment, prepare });
  }

  /** The sentence for a program that could not be started with this errno name. */
  async describeNotStarted(command: readonly string[], code: string): Promise<string> {
    const { problem } = await this.examine(command);
    if (problem !== null) return problem;
    if (code === "ENOENT")
      return `${command[0]} could not be started: its interpreter or its loader is missing`;
    return `${command[0]} could not be started (${code})`;
  }

  /** Before each run: a name is looked for anew. */
  async #prepare([name, ...args]: readonly string[]): Promise<Preparation> {
    const path = await this.#find(name!);
    return path === null ? { refused: `${name} is not in PATH` } : { command: [path, ...args] };
  }

  async #find(name: string): Promise<string | null> {
    return name.startsWith("/") ? name : findInPath(name, this.#searchPath);
  }
}
