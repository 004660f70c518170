/**
 * Reads the configuration again while the daemon runs, in a process of its own, so that its loop is never held up: by a
 * large file, by a file system or a name service that does not answer. A thread would share the memory of the daemon,
 * which keeps what it has once had and ends where it runs out, and a thread that waits for the kernel cannot be ended.
 * A process costs a tenth of a second and 50 MB, at the lowest priority, and leaves nothing behind.
 */
import { fileURLToPath } from "node:url";
import { VrrpdError } from "../base/errors.js";
import { GraphDecoder } from "../base/graph.js";
import { MICROS_PER_MILLISECOND } from "../base/time.js";
import type { PlanOptions } from "../config/index.js";
import { type PlannedAnew, READING_MICROS, type ReadUntilStopped } from "../daemon/reloading.js";
import { inTurns } from "../daemon/slices.js";
import { ownEnvironment } from "../host/scripts/environment.js";
import { type RunResult, run } from "../host/scripts/run.js";
import { NOWHERE } from "./guard.js";
import { absolute, fileOf, type Place } from "./place.js";
import type { ReadingEnd, ReadingTask } from "./reading.js";
import { ReadingError } from "./reading-error.js";

/** Beside this file, in the sources and in the bundle. */
const PROGRAM = fileURLToPath(new URL("./reading.js", import.meta.url));
/** Far more than the largest configuration needs. */
const HEAP_MEGABYTES = 256;
const MOST_BYTES = 64 * 1024 * 1024;
/** Of its last line, which is read in one go: all that a refusal may say, escaped. */
const MOST_END_CHARACTERS = 1024 * 1024;
/** They would let others into the process, or let it say something else. */
const NODES_OWN = /^NODE_/;

const FAILED = "the configuration could not be read again:";

/** null: the configuration is the environment of this process, which cannot change. */
export function readAgain(given: Place, version: string): ReadUntilStopped | null {
  if (fileOf(given) === null) return null;
  // That process starts in another folder.
  const place = { ...given, config: absolute(given) };
  return async (options, stopped) =>
    read(await runReading({ place, options: needed(options), version }, stopped), version);
}

/** Of what was planned before, the choice of interfaces: it is plain data. */
function needed({ namedInterfaceGivenUp, before }: PlanOptions): PlanOptions {
  const choices = before.map(({ asked, name, nameInIds, reason }) => ({ asked, name, nameInIds, reason }));
  return { namedInterfaceGivenUp, before: choices };
}

function runReading(task: ReadingTask, stopped: AbortSignal): Promise<RunResult> {
  const heap = `--max-old-space-size=${HEAP_MEGABYTES}`;
  return runProgram(
    [process.execPath, NOWHERE, heap, PROGRAM, JSON.stringify(task)],
    READING_MICROS,
    stopped,
  );
}

/** For tests: any program that prints such an answer, or does not. It is ended once `stopped` says so. */
export function runProgram(
  command: readonly string[],
  timeoutMicros = READING_MICROS,
  stopped?: AbortSignal,
): Promise<RunResult> {
  const started = run({
    command,
    prepare: null,
    environment: [...ownEnvironment().filter((entry) => !NODES_OWN.test(entry)), "NODE_NO_WARNINGS=1"],
    identity: null,
    timeoutMillis: timeoutMicros / MICROS_PER_MILLISECOND,
    ends: "group",
    tailBytes: MOST_BYTES,
  });
  const end = () => started.end(0);
  stopped?.addEventListener("abort", end);
  return started.result.finally(() => stopped?.removeEventListener("abort", end));
}

/** Throws VrrpdError `ECONFIG`: what the file is refused for; ReadingError: what became of the process. @param version the daemon's */
export async function read(result: RunResult, version: string): Promise<PlannedAnew> {
  if (result.type !== "exited") throw failed(whyNot(result));
  const { tail, discardedBytes } = result.output;
  if (discardedBytes > 0) throw failed(`what it means takes more than ${MOST_BYTES / 1024 / 1024} MiB`);
  const decoder = new GraphDecoder();
  const end = await inTurns(decoding(tail, decoder));
  if (end === null) throw failed(`${lastWords(tail)} (exit code ${result.exitCode})`);
  if (end.type === "refused") throw new VrrpdError("ECONFIG", end.problems.join("\n"));
  if (end.type === "failed") throw failed(end.problems.join("\n"));
  if (end.type === "planned") return decoder.whole as PlannedAnew;
  const versions = `version ${end.version} is installed, and ${version} runs`;
  throw failed(`vrrpd has been replaced since it was started (${versions}): restart it`, "Restart vrrpd.");
}

/** A line a step; what else stands there is what Node says. @returns null: it did not come to an end */
function* decoding(text: string, decoder: GraphDecoder): Generator<undefined, ReadingEnd | null> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    if (end < 0) return null;
    const line = text.slice(from, end);
    if (line.startsWith('{"type":')) {
      if (line.length > MOST_END_CHARACTERS) throw failed("what it says of that is too long");
      return JSON.parse(line) as ReadingEnd;
    }
    if (line.startsWith('[["')) decoder.take(line);
    from = end + 1;
    yield;
  }
  return null;
}

function whyNot(result: Exclude<RunResult, { type: "exited" }>): string {
  switch (result.type) {
    case "timeout":
      return `it took longer than ${READING_MICROS / MICROS_PER_MILLISECOND / 1000} s, and was given up`;
    case "notStarted":
      return `no process could be started for it (${process.execPath}: ${result.code})`;
    case "refused":
      return result.why;
    case "signalled":
      return /heap (limit|out of memory)|Allocation failed/.test(result.output.tail)
        ? `it takes more than ${HEAP_MEGABYTES} MiB of memory`
        : `the process that did it was ended by ${result.signal}${result.signal === "SIGKILL" ? ", as the kernel does where memory runs out" : ""}`;
  }
}

/** What a process says that ends by an error. */
function lastWords(text: string): string {
  const said = text.split("\n").filter((line) => /\S/.test(line) && !line.startsWith('[["'));
  return (
    said.find((line) => /^\w*Error\b/.test(line)) ?? said.at(-1) ?? "the process that did it said nothing"
  );
}

function failed(why: string, action?: string): ReadingError {
  return new ReadingError(`${FAILED} ${why}`, action);
}
