/** What a parsed keepalived.conf is: a tree of statements, and what was wrong on the way to it. */
import type { FileOrigin } from "../../core/origin.js";
import type { Problem } from "../problem.js";

/** One line of meaning: a keyword, the words after it, and the block that it opens. */
export interface Statement {
  readonly keyword: string;
  /** Without comments and quotes. */
  readonly words: readonly string[];
  /** What stands after the keyword, quotes and escapes included: commands have rules of their own. */
  readonly rest: string;
  readonly origin: FileOrigin;
  /** null: it has no block. */
  readonly children: readonly Statement[] | null;
}

/** A warning: Keepalived runs with it, and so do we. An error: the file is not used. */
export interface FileProblem extends Problem {
  readonly origin: FileOrigin;
  readonly severity: "warning" | "error";
  /** `read`: a file that must be there cannot be read. */
  readonly kind: "syntax" | "read" | "limit";
}

export interface ParsedFile {
  readonly statements: readonly Statement[];
  /** In the order in which they were met, at most as many as `LIMITS` says. */
  readonly problems: readonly FileProblem[];
}

/** Why an include brought no text, or not all of it. */
export type ReadFault = "missing" | "unreadable" | "notAFile" | "noMatch" | "partlyMissing";

export type ReadFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly fault: ReadFault; readonly reason: string };

/**
 * Reads what an include names: a path, or a pattern with `*?[]{a,b}`, relative to the folder of the file `from`.
 * Files come sorted by name, with absolute paths, so that a file that includes itself is recognised; each is read
 * when it is asked for, so that a limit that is reached ends the reading. May throw.
 */
export type ReadFiles = (pattern: string, from: string) => Iterable<ReadFile>;

export interface ParseOptions {
  readonly read: ReadFiles;
  /** What `@ID` is compared with: the host name, or what `-i` says. */
  readonly id: string;
  /** An include that brings nothing is an error (Keepalived's `-e`); left out: only where its keyword says so. */
  readonly includesRequired?: boolean;
}
