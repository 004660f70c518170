/** TypeScript files as JavaScript, kept below node_modules by what is in them, so that each is translated once. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const KEPT = join(ROOT, "node_modules/.cache/translations");
const OPTIONS = {
  loader: "ts",
  format: "esm",
  target: "node20",
  supported: { "import-attributes": true },
  sourcemap: "inline",
  sourcesContent: false,
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};
/** What a translation depends on beside the text. */
const SALT = JSON.stringify(OPTIONS) + process.versions.modules;

/** @param {string} file an absolute path @returns {Promise<string>} */
export async function translated(file) {
  const text = readFileSync(file, "utf8");
  const kept = join(KEPT, `${createHash("sha1").update(SALT).update(file).update(text).digest("hex")}.mjs`);
  try {
    return readFileSync(kept, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const { transform } = await import("esbuild");
  const { code } = await transform(text, { ...OPTIONS, sourcefile: basename(file) });
  keep(kept, code);
  return code;
}

/** Translates all files below these folders that are not kept yet. @param {readonly string[]} folders */
export async function translateAll(folders) {
  await Promise.all(folders.flatMap((folder) => filesBelow(join(ROOT, folder))).map(translated));
}

/** Somebody who does the same meanwhile must not read half a file. */
function keep(path, code) {
  mkdirSync(KEPT, { recursive: true });
  const part = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(part, code);
  renameSync(part, path);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.path, entry.name));
}
