/** The project's own files, as text and as syntax trees, for the rules. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface File {
  /** Relative to the root: `src/core/core.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** As written. */
  readonly specifier: string;
  /** The file that a relative specifier means; null for packages and Node's modules. */
  readonly to: string | null;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

const SOURCE = /\.(ts|mts|cts|mjs|cjs|cc|h)$/;
/** What a compiler or a package manager made. */
const MADE = ["node_modules", "build", "dist"];

/** Every source file below these folders, sorted. A folder that does not exist holds none. */
export function readTree(...folders: readonly string[]): File[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => walk(folder))
    .filter((path) => SOURCE.test(path))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

function walk(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .sort()
    .filter((name) => !MADE.includes(name))
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      return statSync(join(ROOT, path)).isDirectory() ? walk(path) : [path];
    });
}

export function parse(file: File): ts.SourceFile {
  return ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2022, true);
}

/** Every node of a tree, parents first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

/** Imports, re-exports, `import()`, `require()`, `createRequire(…)()` and `import("…")` types. */
export function importsOf(file: File): Import[] {
  const imports: Import[] = [];
  for (const node of nodesOf(parse(file))) {
    const found = readImport(node);
    if (found) imports.push({ from: file.path, ...found, to: resolve(file.path, found.specifier) });
  }
  return imports;
}

function readImport(node: ts.Node): { specifier: string; typeOnly: boolean } | null {
  if (ts.isImportDeclaration(node)) {
    return literal(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    return literal(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return literal(node.argument.literal, true);
  if (!ts.isCallExpression(node) || node.arguments.length === 0) return null;
  const called = node.expression;
  const isLoad = called.kind === ts.SyntaxKind.ImportKeyword || isNamed(called, "require");
  const isMadeRequire = ts.isCallExpression(called) && isNamed(called.expression, "createRequire");
  return isLoad || isMadeRequire ? literal(node.arguments[0]!, false) : null;
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}

function literal(node: ts.Node, typeOnly: boolean): { specifier: string; typeOnly: boolean } | null {
  return ts.isStringLiteralLike(node) ? { specifier: node.text, typeOnly } : null;
}

function resolve(from: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return join(dirname(from), specifier)
    .replace(/\.js$/, ".ts")
    .replace(/\.cjs$/, ".cts")
    .replace(/\.mjs$/, ".mts");
}
