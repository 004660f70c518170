/** Configurations of a few files, without a file system. */
import { dirname, join } from "node:path";
import { parseKeepalivedConf } from "../../../src/config/keepalived/parser.js";
import type { ParsedFile, ReadFile, Statement } from "../../../src/config/keepalived/statement.js";

/** Files by path below `/etc/keepalived`; a `*` in a pattern stands for anything. */
export function parseFiles(files: Readonly<Record<string, string>>, id = "r1"): ParsedFile {
  const read = (pattern: string, from: string): ReadFile[] => {
    const path = join(dirname(from), pattern.startsWith("/") ? `../..${pattern}` : pattern);
    const match = new RegExp(`^${path.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`);
    const found = Object.keys(files)
      .map((name) => `/etc/keepalived/${name}`)
      .filter((name) => match.test(name))
      .sort();
    if (found.length > 0)
      return found.map((name) => ({ path: name, text: files[name.slice("/etc/keepalived/".length)]! }));
    const fault = pattern.includes("*") ? "noMatch" : "missing";
    return [{ path, fault, reason: "does not exist" }];
  };
  return parseKeepalivedConf("/etc/keepalived/keepalived.conf", files["keepalived.conf"]!, { read, id });
}

export function parseText(text: string, id?: string): ParsedFile {
  return parseFiles({ "keepalived.conf": text }, id);
}

/** A tree as nested lists: keyword and words, then the block, if there is one. */
export type Shape = string | readonly [string, readonly Shape[]];

export function shapeOf(statements: readonly Statement[]): Shape[] {
  return statements.map(({ keyword, words, children }) => {
    const line = [keyword, ...words].join("|");
    return children === null ? line : [line, shapeOf(children)];
  });
}
