/** Versions of Node and of npm, out of npm's packages: nothing of them is installed on the machine. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { waysOut } from "../image/storage.js";
import { ROOT } from "../lab/daemons/vrrpd.js";
import { executeOk } from "../netns/execute.js";

const CACHE = join(ROOT, "node_modules/.cache/runtimes");
const DOWNLOAD_TIMEOUT_MS = 300_000;

/** The folder of a Node of this major version: `bin/node`, and its headers in `include`. */
export function nodeOf(major: number): Promise<string> {
  return unpacked(`node-linux-${process.arch}@${major}`);
}

/** The program of an npm of this major version, for any Node. */
export async function npmOf(major: number): Promise<string> {
  return join(await unpacked(`npm@${major}`), "bin/npm-cli.js");
}

async function unpacked(name: string): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const made = await mkdtemp(`${folder}.`);
  try {
    const script = 'cd "$1" && npm pack --loglevel=error "$2" > /dev/null && tar xzf ./*.tgz';
    const command = [...waysOut(), "sh", "-ec", script, "fetch", made, name];
    await executeOk(command, { timeoutMs: DOWNLOAD_TIMEOUT_MS, shown: `npm pack ${name}` });
    // Whoever did the same meanwhile was as good.
    await rename(join(made, "package"), folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}

/** A folder with these packages of npm, and what they need, in its node_modules: none of the project's. */
export async function installed(...names: readonly string[]): Promise<string> {
  const folder = join(CACHE, names.join("+").replaceAll("/", "_"));
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const made = await mkdtemp(`${folder}.`);
  try {
    const words = [
      "npm",
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefix",
      made,
      ...names,
    ];
    await executeOk([...waysOut(), `--chdir=${made}`, ...words], { timeoutMs: DOWNLOAD_TIMEOUT_MS });
    await rename(made, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}
