/**
 * The process that reads the configuration again for a daemon that runs, plans for this host, and prints the plan. Each
 * line is JSON: of a list, values of src/base/graph.ts; of an object, what has come of it.
 */

import { writeFileSync, writeSync } from "node:fs";
import { setPriority } from "node:os";
import { VrrpdError } from "../base/errors.js";
import { encodeGraph } from "../base/graph.js";
import type { PlanOptions } from "../config/index.js";
import type { PlannedAnew } from "../daemon/reloading.js";
import { planHere } from "./configuration.js";
import type { Place } from "./place.js";
import { requireScriptUsers } from "./privileges.js";
import { problemLines } from "./problem-lines.js";
import { readVersion } from "./version.js";

/** What it is told, as its only argument. */
export interface ReadingTask {
  readonly place: Place;
  readonly options: PlanOptions;
  /** Of the daemon. */
  readonly version: string;
}

/** The last line. */
export type ReadingEnd =
  | { readonly type: "planned" }
  /** Lines for people. */
  | { readonly type: "refused"; readonly problems: readonly string[] }
  /** It is not the file that is wrong. Lines for people. */
  | { readonly type: "failed"; readonly problems: readonly string[] }
  /** The program has been replaced since the daemon started. */
  | { readonly type: "otherVersion"; readonly version: string };

const LEAST_PRIORITY = 19;
const STANDARD_OUTPUT = 1;

/** The daemon comes first: for the processor, and where memory runs out. */
function stepBack(): void {
  try {
    setPriority(LEAST_PRIORITY);
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // It is no worse than any other process then.
  }
}

async function read({ place, options, version }: ReadingTask): Promise<ReadingEnd> {
  const own = readVersion();
  if (own !== version) return { type: "otherVersion", version: own };
  try {
    const { intent, planned } = await planHere(place, process.env, options);
    requireScriptUsers(intent);
    for (const line of encodeGraph({ intent, plan: planned } satisfies PlannedAnew)) print(line);
    return { type: "planned" };
  } catch (error) {
    const isFile = error instanceof VrrpdError && error.code !== "ENETLINK";
    return { type: isFile ? "refused" : "failed", problems: problemLines(error) };
  }
}

function print(line: string): void {
  let rest: Uint8Array = Buffer.from(`${line}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(STANDARD_OUTPUT, rest));
}

stepBack();
const end = await read(JSON.parse(process.argv[2]!) as ReadingTask);
print(JSON.stringify(end));
