/**
 * The version stands in package.json. Where it has to be spelt elsewhere, `npm version` writes it there by this script, and
 * a test finds what was forgotten.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** A file or a folder, and what stands before the version in it. */
const PLACES = [
  ["Containerfile", /(?<=^ARG VERSION=)\S+/gm],
  ["docs/deploy", /(?<=registry\.example\.com\/vrrpd:)[\w.-]+/g],
];

/** @returns by path: the text as it should be, where it is not */
export function outdated() {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const found = new Map();
  for (const [place, pattern] of PLACES) {
    for (const path of filesBelow(place)) {
      const before = readFileSync(join(ROOT, path), "utf8");
      const after = before.replace(pattern, version);
      if (after !== before) found.set(path, after);
    }
  }
  return found;
}

function filesBelow(path) {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path)).flatMap((name) => filesBelow(join(path, name)));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of outdated()) writeFileSync(join(ROOT, path), text);
