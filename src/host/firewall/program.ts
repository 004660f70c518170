/** Runs iptables, ip6tables and nft: found in PATH, without a shell, off the loop. */
import { VrrpdError } from "../../base/errors.js";
import { ownEnvironment } from "../scripts/environment.js";
import { findInPath } from "../scripts/file.js";
import { Launcher } from "../scripts/launcher.js";

/** Looked at after PATH, which a service manager may have left without them. */
const SYSTEM_DIRECTORIES = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];
const TIMEOUT_MILLIS = 15_000;
/** A chain of ten thousand rules is about 1 MB. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

export interface ProgramResult {
  readonly exitCode: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Throws VrrpdError: `EPROGRAM` where it is not installed, `EFIREWALL` where it came to no end of its own. */
export async function runProgram(name: string, args: readonly string[]): Promise<ProgramResult> {
  const file = await findProgram(name);
  const launcher = new Launcher({ environment: ownEnvironment(), identity: null, security: false });
  const command = [file, ...args];
  const current = launcher.run({
    command,
    timeoutMillis: TIMEOUT_MILLIS,
    ends: "group",
    tailBytes: MAX_OUTPUT_BYTES,
  });
  const result = await current.result;
  switch (result.type) {
    case "exited":
      if (result.output.discardedBytes > 0) throw firewallError(`${file} printed more than 4 MB`);
      return { exitCode: result.exitCode, output: result.output.tail };
    case "signalled":
      throw firewallError(`${file} was ended by ${result.signal}`);
    case "timeout":
      throw firewallError(`${file} did not end within ${TIMEOUT_MILLIS / 1_000} s`);
    case "notStarted":
      throw firewallError(await launcher.describeNotStarted(command, result.code));
    case "refused":
      throw firewallError(result.why);
  }
}

/** As `runProgram`; throws `EFIREWALL` with the program's own words where its exit code is not 0. */
export async function runProgramOk(name: string, args: readonly string[]): Promise<void> {
  const { exitCode, output } = await runProgram(name, args);
  if (exitCode !== 0) throw firewallError(describeFailure(name, exitCode, output));
}

export function describeFailure(name: string, exitCode: number, output: string): string {
  return `${name} failed with exit code ${exitCode}: ${lastWords(output)}`;
}

export function firewallError(sentence: string): VrrpdError {
  return new VrrpdError("EFIREWALL", sentence);
}

/** What a program has said, in one line. */
export function lastWords(output: string): string {
  return output.slice(-512).replace(/\s+/g, " ").trim();
}

export async function isInstalled(name: string): Promise<boolean> {
  return (await searchProgram(name)) !== null;
}

async function findProgram(name: string): Promise<string> {
  const file = await searchProgram(name);
  if (file !== null) return file;
  throw new VrrpdError(
    "EPROGRAM",
    `the program ${name}, which the firewall rule needs, is not installed (looked for in PATH and ${SYSTEM_DIRECTORIES.join(", ")})`,
  );
}

function searchProgram(name: string): Promise<string | null> {
  return findInPath(name, [process.env.PATH ?? "", ...SYSTEM_DIRECTORIES].join(":"));
}
