/** Budgets: a file and a function that a person takes in at once. Each rule returns one sentence a violation. */
import ts from "typescript";
import { type File, lineOf, nodesOf, parse } from "./tree.js";

export const FILE_BUDGET_LINES = 400;
export const FUNCTION_BUDGET_LINES = 70;

export function linesOf(text: string): number {
  return text.endsWith("\n") ? text.split("\n").length - 1 : text.split("\n").length;
}

export function oversizedFiles(files: readonly File[]): string[] {
  return files
    .filter((file) => linesOf(file.text) > FILE_BUDGET_LINES)
    .map((file) => `${file.path} has ${linesOf(file.text)} lines, more than ${FILE_BUDGET_LINES}`);
}

/** Functions of every kind, their bodies' inner functions counted with them. */
export function oversizedFunctions(files: readonly File[]): string[] {
  return files
    .filter((file) => /\.(ts|mts|mjs)$/.test(file.path))
    .flatMap((file) => {
      const source = parse(file);
      const functions = [...nodesOf(source)].filter(
        (node) => ts.isFunctionLike(node) && "body" in node && node.body,
      );
      return functions
        .map((node) => ({ node, length: lastLineOf(source, node) - lineOf(source, node) + 1 }))
        .filter(({ length }) => length >= FUNCTION_BUDGET_LINES)
        .map(
          ({ node, length }) => `${file.path}:${lineOf(source, node)} has ${length} lines in one function`,
        );
    });
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function lastLineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
}
