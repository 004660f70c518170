/** The files of a configuration: the one that is named, and those that it includes. */
import { dirname, resolve } from "node:path";
import { VrrpdError } from "../../base/errors.js";
import { printable } from "../../base/text.js";
import { LIMITS } from "../../config/keepalived/limits.js";
import type { ReadFile, ReadFiles } from "../../config/keepalived/statement.js";
import { alternativesOf, type Budget, filesOf, isPattern, TooMany } from "./pattern.js";
import { readTextFile } from "./text-file.js";

export interface ConfigurationFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** Throws VrrpdError `EFILE` (exit code 6), one sentence. Nothing but the file is touched, and it is never waited for. */
export function readConfigurationFile(given: string): ConfigurationFile {
  const path = resolve(given);
  const read = readTextFile(path, LIMITS.fileBytes);
  if ("reason" in read) throw refused(path, read.reason);
  return { path, text: read.text };
}

/** For the parser. Throws VrrpdError `EFILE` for a file that Keepalived would read and vrrpd cannot. */
export const readIncluded: ReadFiles = (pattern, from) => {
  try {
    return included(pattern.startsWith("/") ? pattern : `${dirname(from)}/${pattern}`);
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    throw new VrrpdError(
      "EFILE",
      `the configuration cannot be read: include ${printable(pattern)} means too many files`,
    );
  }
};

function included(pattern: string): Iterable<ReadFile> {
  const budget: Budget = { count: LIMITS.folderEntries };
  const alternatives = alternativesOf(pattern, LIMITS.alternatives);
  const found = alternatives.map((one) => ({ one, paths: filesOf(one, budget) }));
  const any = found.some(({ paths }) => paths.length > 0);
  return lazily(
    found.flatMap(({ one, paths }): (string | ReadFile)[] =>
      paths.length > 0 ? paths : [absence(one, any)],
    ),
  );
}

function* lazily(found: readonly (string | ReadFile)[]): Iterable<ReadFile> {
  for (const one of found) yield typeof one === "string" ? readOne(one) : one;
}

function readOne(path: string): ReadFile {
  const read = readTextFile(path, LIMITS.fileBytes);
  if ("text" in read) return { path, text: read.text };
  if (read.fault === "unusable") throw refused(path, read.reason);
  return { path, fault: read.fault, reason: read.reason };
}

/** @param beside whether other alternatives of the same braces are there */
function absence(path: string, beside: boolean): ReadFile {
  const reason = "does not exist";
  if (beside) return { path, fault: "partlyMissing", reason };
  const folder = dirname(path);
  if (!isPattern(path)) return { path, fault: "missing", reason };
  return isPattern(folder) || filesOf(folder, { count: 1 }).length > 0
    ? { path, fault: "noMatch", reason: "matches no file" }
    : { path, fault: "missing", reason: "is in a folder that does not exist" };
}

function refused(path: string, reason: string): VrrpdError {
  return new VrrpdError("EFILE", `the configuration cannot be read: ${printable(path)} ${reason}`);
}
