/** How check and notify scripts are found and started: the same for all of them. */
import { whyNotAsUser } from "./as-user.js";
import { findInPath, whyNotProgram } from "./file.js";
import type { Identity } from "./identity.js";
import { whyNotInterpreted } from "./interpreter.js";
import { Lookups } from "./lookups.js";
import { type Preparation, type Refusal, type Run, type RunOptions, run } from "./run.js";
import { whyUnsafe } from "./security.js";

export interface LauncherOptions {
  /** "NAME=value" each. */
  readonly environment: readonly string[];
  /** Who runs them; null: who runs the daemon, with all that it has. */
  readonly identity: Identity | null;
  /** Whom `identity` names has no capability, and no way to gain one. */
  readonly confined?: boolean;
  /** The setting that says who runs them, as its source spells it; null or left out: it stands with the command. */
  readonly userSetting?: string | null;
  /** Scripts that others can write are not run. */
  readonly security: boolean;
}

export interface Examination {
  /** A sentence: why it cannot be run; null: it can. */
  readonly problem: string | null;
  /** A sentence: who else can change what is run; null: nobody. */
  readonly unsafe: string | null;
}

export type LaunchOptions = Omit<RunOptions, "environment" | "identity" | "confined" | "prepare">;

export class Launcher {
  readonly #options: LauncherOptions;
  readonly #searchPath: string;
  readonly #lookups = new Lookups();

  constructor(options: LauncherOptions) {
    this.#options = options;
    const path = options.environment.find((entry) => entry.startsWith("PATH="));
    this.#searchPath = path?.slice("PATH=".length) ?? "";
  }

  /** Who runs them; null: who runs the daemon. */
  get user(): string | null {
    return this.#options.identity?.name ?? null;
  }

  /** Of whoever runs them. */
  get ids(): { readonly uid: number; readonly gid: number } {
    const { identity } = this.#options;
    return identity ?? { uid: process.getuid!(), gid: process.getgid!() };
  }

  get security(): boolean {
    return this.#options.security;
  }

  /** Looks at it without running it. */
  examine(command: readonly string[]): Promise<Examination> {
    return this.#lookups.ask("examine", filesOf(command), () => this.#examine(command));
  }

  async #examine(command: readonly string[]): Promise<Examination> {
    const [name] = command as [string];
    const path = await this.#find(name);
    if (path === null) return { problem: `${name} is not in PATH`, unsafe: null };
    const why =
      (await whyNotProgram(path)) ??
      (await whyNotInterpreted(path, this.#searchPath)) ??
      (await this.#whyNotAsUser(path));
    if (why !== null) return { problem: `${path} ${why}`, unsafe: null };
    const unsafe = await this.#whyUnsafe(path, command);
    return { problem: null, unsafe: unsafe && `${path} ${unsafe}` };
  }

  run(options: LaunchOptions): Run {
    const { environment, identity, confined = false, security } = this.#options;
    const { command } = options;
    const asIs = !security && command[0]!.startsWith("/");
    return run({
      ...options,
      environment,
      identity,
      confined,
      prepare: asIs ? null : () => this.#prepare(command),
    });
  }

  /** The sentence for a program that could not be started with this errno name. */
  async describeNotStarted(command: readonly string[], code: string): Promise<string> {
    const { problem } = await this.examine(command);
    if (problem !== null) return problem;
    if (code === "ENOENT")
      return `${command[0]} could not be started: its interpreter or its loader is missing`;
    return `${command[0]} could not be started (${code})`;
  }

  /** Before each run: a name is looked for anew, and what is to be safe is looked at. */
  async #prepare(command: readonly string[]): Promise<Preparation> {
    const found = await this.#lookups.ask("find", filesOf(command), () => this.#findSafe(command));
    return typeof found === "string" ? { command: [found, ...command.slice(1)] } : found;
  }

  /** The path of what it names. */
  async #findSafe(command: readonly string[]): Promise<string | Refusal> {
    const [name] = command as [string];
    const path = await this.#find(name);
    if (path === null) return { refused: `${name} is not in PATH`, unsafe: false };
    const unsafe = this.#options.security ? await this.#whyUnsafe(path, command) : null;
    return unsafe === null ? path : { refused: `${path} ${unsafe}`, unsafe: true };
  }

  async #find(name: string): Promise<string | null> {
    return name.startsWith("/") ? name : findInPath(name, this.#searchPath);
  }

  #whyUnsafe(path: string, command: readonly string[]): Promise<string | null> {
    const runner = this.#options.identity?.uid ?? process.getuid!();
    return whyUnsafe([path, ...command.slice(1)], { runner, searchPath: this.#searchPath });
  }

  async #whyNotAsUser(path: string): Promise<string | null> {
    const { identity, confined = false, userSetting = null } = this.#options;
    return identity === null ? null : whyNotAsUser(path, { identity, confined, setting: userSetting });
  }
}

/** What is looked at depends on these two alone: the program, and the script that a shell is given. */
function filesOf([program, argument = ""]: readonly string[]): string {
  return `${program} ${argument}`;
}
