/** The npm package, made as `npm publish` makes it, and installed as somebody does who has nothing but Node and npm. */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Test } from "tap";
import { waysOut } from "../image/storage.js";
import { ROOT } from "../lab/daemons/vrrpd.js";
import { type CommandResult, execute, executeOk } from "../netns/execute.js";
import { nodeOf, npmOf } from "./runtimes.js";

const PACK_TIMEOUT_MS = 300_000;
const INSTALL_TIMEOUT_MS = 300_000;

export interface Kind {
  /** Major versions; left out: this machine's. */
  readonly node?: number;
  readonly npm?: number;
  /** Whether npm runs install scripts; left out: as it does by itself. */
  readonly scripts?: boolean;
}

/** A folder that is empty, and goes with the test. */
export async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vrrpd-installation-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @returns the path of the packed file */
export async function pack(t: Test): Promise<string> {
  const folder = await folderOf(t);
  const words = ["npm", "pack", "--loglevel=error", "--pack-destination", folder];
  await executeOk([...waysOut(), `--chdir=${ROOT}`, ...words], { timeoutMs: PACK_TIMEOUT_MS });
  return join(folder, readdirSync(folder)[0]!);
}

export class Installation {
  private constructor(
    readonly prefix: string,
    /** The way to this installation's programs and to its Node. */
    readonly path: string,
    private readonly npm: readonly string[],
    /** npm's. */
    readonly nodeGyp: string,
    /** What npm said. */
    readonly said: string,
  ) {}

  /** Into a folder of its own, without any network. */
  static async make(t: Test, packed: string, { node, npm, scripts }: Kind = {}): Promise<Installation> {
    const prefix = await folderOf(t);
    const program = node === undefined ? process.execPath : join(await nodeOf(node), "bin/node");
    const path = [join(prefix, "bin"), dirname(program), process.env.PATH].join(delimiter);
    const own = npm === undefined ? await npmOfMachine() : await npmOf(npm);
    await mkdir(join(prefix, "home"));
    const command = ["env", `PATH=${path}`, `HOME=${join(prefix, "home")}`, program, own];
    // Of a package that is a file, npm 12 asks for the path.
    const ours = { true: [`--allow-scripts=vrrpd,${packed}`], false: ["--ignore-scripts"], undefined: [] };
    const words = ["install", "--global", "--offline", "--prefix", prefix, ...ours[`${scripts!}`], packed];
    const said = await executeOk([...command, ...words], { timeoutMs: INSTALL_TIMEOUT_MS });
    const nodeGyp = join(dirname(own), "../node_modules/node-gyp/bin/node-gyp.js");
    return new Installation(prefix, path, [...command, "--prefix", prefix], nodeGyp, said);
  }

  get folder(): string {
    return join(this.prefix, "lib/node_modules/vrrpd");
  }

  /** A command of the package's. */
  run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return execute(command, { env: { ...env, PATH: this.path }, timeoutMs: INSTALL_TIMEOUT_MS });
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  /** @returns the files that are left */
  async uninstall(): Promise<string[]> {
    await executeOk([...this.npm, "uninstall", "--global", "--offline", "vrrpd"]);
    await rm(join(this.prefix, "home"), { recursive: true, force: true });
    const left = readdirSync(this.prefix, { recursive: true, withFileTypes: true });
    return left.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  }
}

async function npmOfMachine(): Promise<string> {
  return join((await executeOk(["npm", "root", "--global"])).trim(), "npm/bin/npm-cli.js");
}
