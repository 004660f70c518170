/** How much a configuration may be: far above any real one, far below what would hurt the host. */
import { MOST_PROBLEMS } from "../problem.js";

export const LIMITS = {
  /** Of one file: what is larger is not even read. */
  fileBytes: 4 * 1024 * 1024,
  /** Of all files together, and of what loops and definitions make. */
  characters: 4 * 1024 * 1024,
  /** Of all files together, after loops and definitions. */
  lines: 200_000,
  files: 1000,
  includeDepth: 16,
  /** Alternatives in the braces of one include, and names in the folders that it looks into. */
  alternatives: 1000,
  folderEntries: 100_000,
  blockDepth: 32,
  /** Of one line, once its definitions are replaced. */
  expandedLine: 2048,
  /** In one line. */
  replacements: 100,
  /** Of a definition or a loop within another. */
  expansionDepth: 16,
  definitions: 10_000,
  problems: MOST_PROBLEMS,
  warnings: 500,
} as const;

/** Keepalived reads so many bytes at once: what follows is a line of its own. */
export const LINE_BYTES = 1023;
