/**
 * The ids in the titles of tests: `[5.2.8-1 +]` shows that what the requirement demands happens, `[5.2.8-1 -]` that the
 * contrary is refused or does not happen, `[5.2.8-1 +-]` both.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { type File, lineOf, nodesOf, parse } from "../rules/tree.js";

export interface Proof {
  readonly id: string;
  readonly sign: "+" | "-" | "+-";
  readonly path: string;
  /** Without its ids; what a template puts in is "…". */
  readonly title: string;
}

/** Whatever looks like an id in brackets, right or wrong. */
const LIKE_AN_ID = /\[(?:v2-)?\d+(?:\.\d+)+[^\]]*\](?!:)/g;
const ID = /^\[((?:v2-)?\d+(?:\.\d+)+(?:-[\da-z]+)?) (\+|-|\+-)\]$/;

/** The files of tests that name ids, sorted by path. @param root of the project */
export function readTests(root: string): File[] {
  return (
    readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => `test/${path}`)
      .sort()
      .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))
      // Most have none, and to parse them all takes seconds.
      .filter(({ text }) => text.search(LIKE_AN_ID) !== -1)
  );
}

/** What the tests prove, and one sentence for each id that proves nothing. */
export function readProofs(tests: readonly File[]): { proofs: Proof[]; violations: string[] } {
  const proofs: Proof[] = [];
  const violations: string[] = [];
  for (const file of tests) {
    const source = parse(file);
    for (const node of nodesOf(source)) {
      const text = textOf(node);
      const ids = text?.match(LIKE_AN_ID) ?? [];
      if (text === null || ids.length === 0) continue;
      const where = `${file.path}:${lineOf(source, node)}`;
      if (!isTitle(node))
        violations.push(`${where} has ${ids[0]} outside the title of a test that always runs`);
      else for (const id of ids) read(id, where);
      const title = text.replaceAll(LIKE_AN_ID, "").replace(/ {2,}/g, " ").trim();
      proofs.push(...(isTitle(node) ? ids.flatMap((id) => proofOf(id, file.path, title)) : []));
    }
  }
  return { proofs, violations };

  function read(id: string, where: string): void {
    if (!ID.test(id)) violations.push(`${where} has ${id}, which is none of [id +], [id -] and [id +-]`);
  }
}

function proofOf(bracketed: string, path: string, title: string): Proof[] {
  const match = ID.exec(bracketed);
  return match ? [{ id: match[1]!, sign: match[2] as Proof["sign"], path, title }] : [];
}

/** Of a string or a whole template; null: it is none. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join("");
}

/** The first argument of `t.test(…)`, unless the test may be skipped. */
function isTitle(node: ts.Node): boolean {
  const call = node.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== node) return false;
  if (!ts.isPropertyAccessExpression(call.expression) || call.expression.name.text !== "test") return false;
  const options = call.arguments[1];
  return !(options && ts.isObjectLiteralExpression(options) && /\b(skip|todo)\b/.test(options.getText()));
}
