/** `vrrpd health` is a probe, run every few seconds: it loads what it needs, and no configuration, plan or addon. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import t from "tap";
import ts from "typescript";

const SRC = join(import.meta.dirname, "../../src");

/** What a file loads before it runs, types aside. */
function loadedBy(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const { importedFiles } = ts.preProcessFile(
    ts
      .transpileModule(readFileSync(path, "utf8"), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      })
      .outputText.replaceAll(/\bimport\(/g, "later("),
  );
  for (const { fileName } of importedFiles)
    if (fileName.startsWith(".")) loadedBy(join(dirname(path), fileName.replace(/\.js$/, ".ts")), seen);
  return seen;
}

t.test("what vrrpd health loads", async (t) => {
  const roots = ["cli/main.ts", "cli/execute.ts", "cli/commands/health.ts"];
  const loaded = new Set(roots.flatMap((root) => [...loadedBy(join(SRC, root))]));
  const folders = new Set([...loaded].map((path) => dirname(relative(SRC, path))));
  t.strictSame([...folders].sort(), ["base", "cli", "cli/commands", "cli/view", "daemon/control"]);
  t.ok(loaded.size < 24, `${loaded.size} files`);
});
