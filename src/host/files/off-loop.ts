/** Files that may hang whoever asks for them: what the addon reads on threads of its own, as promises. */
import { constants } from "node:os";
import { errnoName, readFiles, readLink } from "../native.js";

/** A character for each byte, or an errno's name. */
export type Content = { readonly text: string } | { readonly code: string };

/** At most so many bytes from the beginning of each. */
export function beginningsOf(paths: readonly string[], mostBytes: number): Promise<Content[]> {
  return new Promise((resolve) =>
    readFiles(paths, mostBytes, (contents) =>
      resolve(contents.map((one) => (typeof one === "string" ? { text: one } : { code: errnoName(one) }))),
    ),
  );
}

/** What the link says; null: the path is there, and no link. */
export function linkAt(
  path: string,
): Promise<{ readonly target: string | null } | { readonly code: string }> {
  return new Promise((resolve) =>
    readLink(path, (found) => {
      if (typeof found === "string") resolve({ target: found });
      else if (found === -constants.errno.EINVAL) resolve({ target: null });
      else resolve({ code: errnoName(found) });
    }),
  );
}
