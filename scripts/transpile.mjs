/** Turns folders of TypeScript into JavaScript that node runs at once: no type check, no loader, no daemon. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} target an empty folder; it mirrors the project's tree
 * @param {readonly string[]} folders below the project's root; those that do not exist are left out
 * @param {(file: string, text: string) => string} [change] may alter a file's text before it is translated
 */
export function transpile(target, folders, change = (_file, text) => text) {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "package.json"), '{ "type": "module" }\n');
  symlinkSync(join(ROOT, "node_modules"), join(target, "node_modules"));
  for (const file of folders.flatMap((folder) => filesBelow(join(ROOT, folder)))) {
    const name = relative(ROOT, file);
    const to = join(target, name);
    mkdirSync(dirname(to), { recursive: true });
    if (!name.endsWith(".ts")) cpSync(file, to);
    else writeFileSync(to.replace(/\.ts$/, ".js"), translate(change(name, readFileSync(file, "utf8"))));
  }
}

/** @param {string} text @throws {SyntaxError} where it is no TypeScript */
export function translate(text) {
  const { ModuleKind, ScriptTarget } = ts;
  const compilerOptions = {
    module: ModuleKind.ESNext,
    target: ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
  };
  const { outputText, diagnostics } = ts.transpileModule(text, { compilerOptions, reportDiagnostics: true });
  const problem = diagnostics?.[0];
  if (problem !== undefined) throw new SyntaxError(ts.flattenDiagnosticMessageText(problem.messageText, " "));
  return outputText;
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
