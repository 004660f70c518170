/** The parser of keepalived.conf on whatever a file may hold. */
import { ok } from "node:assert";
import fc from "fast-check";
import { formatProblem } from "../../src/config/index.js";
import { LIMITS } from "../../src/config/keepalived/limits.js";
import { parseKeepalivedConf } from "../../src/config/keepalived/parser.js";
import type { ReadFile, Statement } from "../../src/config/keepalived/statement.js";
import { named } from "./property.js";

const FRAGMENTS = [
  ...["{", "}", "\n", "\n", " ", "\t", '"', "#", "!", "\\\n", "\r\n", "\ufeff", "x"],
  ...["$A=", "$A", "${A}", "$B=", "${B}", "@r1 ", "@^r1 ", "include a\n", "includea b*\n"],
  ...[
    "~SEQ(v, 1, 3) ",
    "~SEQ(v,0,1000000000) ",
    "~LST({v,w},{1,2}) ",
    "$v",
    "${w}",
    "vrrp_instance V",
    "priority 1",
  ],
];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 60 }).map((parts) => parts.join("")),
);

function depthOf(statements: readonly Statement[]): number {
  return Math.max(0, ...statements.map(({ children }) => (children === null ? 0 : 1 + depthOf(children))));
}

function originsOf(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((one) => [one, ...originsOf(one.children ?? [])]);
}

const anyFile = named(
  "any keepalived.conf: never throws, bounded, each statement and problem has a place, problems are single lines",
  300,
  fc.property(text, text, (main, other) => {
    const read = (pattern: string): ReadFile[] =>
      pattern === "a"
        ? [{ path: "/a", text: other }]
        : [{ path: "/b", fault: "missing", reason: "is missing" }];
    const { statements, problems } = parseKeepalivedConf("/main", main, { read, id: "r1" });
    ok(problems.length <= LIMITS.problems);
    ok(depthOf(statements) <= LIMITS.blockDepth);
    ok(problems.map(formatProblem).every((line) => !/[\r\n]/.test(line)));
    const places = [...originsOf(statements), ...problems].map(({ origin }) => origin);
    for (const { file, line, column } of places) {
      const lines = (file === "/a" ? other : main).split("\n");
      ok(line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1]!.length + 1);
    }
  }),
);

export const KEEPALIVED_PROPERTIES = [anyFile];
