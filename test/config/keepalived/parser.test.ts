/**
 * Each rule of the language. Most examples were asked of Keepalived 2.2.7; bounds, and conditions within definitions, are
 * choices of our own.
 */
import t from "tap";
import { LIMITS } from "../../../src/config/keepalived/limits.js";
import { formatProblem } from "../../../src/config/problem.js";
import { KEEPALIVED_PROPERTIES } from "../../properties/keepalived-conf.js";
import { holds } from "../../properties/property.js";
import { parseFiles, parseText, type Shape, shapeOf } from "./support.js";

const RULES: readonly (readonly [string, string, readonly Shape[]])[] = [
  ["a comment begins within a word", "auth_pass pa@s!w0", ["auth_pass|pa@s"]],
  ["a backslash does not save it", "auth_pass a\\#b", ["auth_pass|a\\"]],
  ["quotes do", 'auth_pass "a b#c!"', ["auth_pass|a b#c!"]],
  ["quotes within a comment do not count", 'a 1 # it"s\nb', ["a|1", "b"]],
  ["// is no comment", "priority 100 // high", ["priority|100|//|high"]],
  ["a quote ends a word", 'dev "eth0":vip', ["dev|eth0|:vip"]],
  ["single quotes are letters", "auth_pass 'x y'", ["auth_pass|'x|y'"]],
  ["a semicolon is a letter", "priority 100;", ["priority|100;"]],
  ["CRLF, tabs, no final newline", "a\t1\r\nb\t\t2\r\nc", ["a|1", "b|2", "c"]],
  ["a backslash at the end is a word", "a 1 \\\nb", ["a|1|\\", "b"]],
  ["braces split lines", "a { b }\nc", [["a", ["b"]], "c"]],
  ["a brace on the next line", "a V\n\n{\nb\n}", [["a|V", ["b"]]]],
  ["a brace that touches the word", "a VI_1{\nb }", [["a|VI_1", ["b"]]]],
  ["keywords end with their line", "a { b 1 c 2\nd 3 }", [["a", ["b|1|c|2", "d|3"]]]],
  ["a brace in quotes", 'a "x{y}"', ["a|x{y}"]],
  ["two closed at once", "a {\nb {\nc\n}}\nd", [["a", [["b", ["c"]]]], "d"]],
  ["an empty block is not none", "a {\n}\nb", [["a", []], "b"]],
  ["a definition", "$A=90\npriority $A", ["priority|90"]],
  ["its value is read where it is used", "$A=1\n$B=$A\n$A=2\nb $B", ["b|2"]],
  ["no blank before =", "$A =90", ["$A|=90"]],
  ["plain names end at a blank, comma, parenthesis", "$V=x\na $V/24 $V, $V) ${V}/24", ["a|$V/24|x,|x)|x/24"]],
  ["unknown names stay", "a $U x$U", ["a|$U|x$U"]],
  ["a comment sign in a definition begins a comment", "a b${_HASH}c ${_BANG}", ["a|b"]],
  ["a line that is a comment by definition", "a\n${_HASH} b\nc", ["a", "c"]],
  ["several lines", "$T=\\\n a 1 \\\n b { \\\n c \\\n }\nx {\n$T\n}", [["x", ["a|1", ["b", ["c"]]]]]],
  ["a sequence", "~SEQ(v, 1, 2) a $v", ["a|1", "a|2"]],
  ["it counts down by itself", "~SEQ(v, 3, 1) a.${v}", ["a.3", "a.2", "a.1"]],
  [
    "with a step",
    "~SEQ(v, 1, 2, 5) a.$v\n~SEQ(v, 9, -3, 3) b.$v",
    ["a.1", "a.3", "a.5", "b.9", "b.6", "b.3"],
  ],
  ["one in another", "~SEQ(x, 4, 5) ~SEQ(y, 6, 7) ${x}$y", ["46", "47", "56", "57"]],
  ["a list", "~LST(a, 11, 12) b.$a", ["b.11", "b.12"]],
  ["a list of pairs", "~LST({a,b}, {6,7}, {8,9}) ${a}${b}", ["67", "89"]],
  ["a loop in a definition", "$L=\\\n ~SEQ(k, 41, 42) 2.$k\nx {\n$L\n}", [["x", ["2.41", "2.42"]]]],
  ["a condition", "@r1 a\n@r2 b\n@^r1 c\n@^r2 d", ["a", "d"]],
  ["a condition before a definition", "@r1 $A=1\n@r2 $A=2\na $A", ["a|1"]],
];

for (const [title, text, shape] of RULES) {
  t.test(title, async (t) => {
    const { statements, problems } = parseText(text);
    t.same(shapeOf(statements), shape);
    t.same(problems, []);
  });
}

t.test("a statement knows its place, and the text of a command", async (t) => {
  const [block] = parseText("\n  a V { \n\tscript \"/x 'a b'\" u # c\n}").statements;
  const file = "/etc/keepalived/keepalived.conf";
  t.same(block!.origin, { file, line: 2, column: 3, keyword: "a" });
  t.same(block!.children![0]!.origin, { file, line: 3, column: 2, keyword: "script" });
  t.equal(block!.children![0]!.rest, "\"/x 'a b'\" u");
});

const MENDED: readonly (readonly [string, string, string, readonly Shape[]])[] = [
  ["an unclosed block counts", "a {\nb", "1:1: a has no closing }: 1 missing", [["a", ["b"]]]],
  ["a } too many", "a\n}\nb", "2:1: } closes no block", ["a", "b"]],
  ["a { without keyword", "{\nb\n}\nc", "1:1: { belongs to no keyword", [["{", ["b"]], "c"]],
  ["a quote without end", 'a "b c', '1:1: a "\\"b c" has no closing', ["a|b c"]],
  ["a byte order mark", "\ufeffa", '1:1:  "\\u{feff}" is a byte order mark', ["\ufeffa"]],
  ["a name in braces that nothing defines", "a ${U}", '1:1: a "${U}" is not defined', [["a|$", ["U"]]]],
  ["a missing include", "include x\na", '1:1: include "/etc/keepalived/x" does not exist', ["a"]],
  ["a loop of nonsense", "~SEQ(v, 1) a\nb", "is no sequence", ["b"]],
];

for (const [title, text, problem, shape] of MENDED) {
  t.test(title, async (t) => {
    const { statements, problems } = parseText(text);
    t.same(shapeOf(statements), shape);
    t.equal(problems.length, 1);
    t.equal(problems[0]!.severity, "warning");
    t.ok(formatProblem(problems[0]!).includes(problem.replaceAll('\\"', '"')), formatProblem(problems[0]!));
  });
}

t.test("a line of more than 1023 bytes is cut, and said so", async (t) => {
  const { statements, problems } = parseText(`# ${"ü".repeat(510)}x priority 1`);
  t.same(shapeOf(statements), ["priority|1"]);
  t.match(formatProblem(problems[0]!), /:1:514: priority .*beyond the 1023rd byte/);
});

t.test("includes", async (t) => {
  const conf = { "keepalived.conf": "a {\ninclude d/*.conf\n}\ninclude none/*" };
  const { statements, problems } = parseFiles({ ...conf, "d/2.conf": "y", "d/1.conf": "x\ninclude 2.conf" });
  t.same(shapeOf(statements), [["a", ["x", "y", "y"]]]);
  t.same(problems, []);
  t.equal(statements[0]!.children![1]!.origin.file, "/etc/keepalived/d/2.conf");
  for (const [keyword, missing, noMatch] of [
    ["include", "warning", undefined],
    ["includer", "warning", undefined],
    ["includem", "error", undefined],
    ["includew", "error", "error"],
    ["includea", "error", "error"],
  ] as const) {
    t.equal(parseText(`${keyword} x`).problems[0]?.severity, missing, keyword);
    t.equal(parseText(`${keyword} x*`).problems[0]?.severity, noMatch, keyword);
  }
});

const chain = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}`, `include ${n + 1}`]));
const many = Object.fromEntries(Array.from({ length: LIMITS.files }, (_, n) => [`f${n}`, ""]));
const doubling = Array.from({ length: 40 }, (_, n) => `$D${n + 1}=\${D${n}}\${D${n}}`).join("\n");
const BOUNDS: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ["a file that includes itself", { "keepalived.conf": "include keepalived.conf" }, /includes itself/],
  ["two that include each other", { "keepalived.conf": "include b", b: "include keepalived.conf" }, /itself/],
  ["includes too deep", { "keepalived.conf": "include 0", ...chain }, /too deep/],
  ["too many files", { "keepalived.conf": "include f*", ...many }, /one file too many/],
  ["a sequence of 10⁹", { "keepalived.conf": "~SEQ(v, 1, 1000000000) a" }, /makes 1000000000 lines/],
  ["sequences in sequences", { "keepalived.conf": "~SEQ(a,1,9999) ~SEQ(b,1,9999) c" }, /lines/],
  ["definitions that need each other", { "keepalived.conf": "$A=$B\n$B=$A\nc $A" }, /100 replacements/],
  ["definitions of several lines that need each other", { "keepalived.conf": "$A=\\\n$A\n$A" }, /too deep/],
  ["definitions that double", { "keepalived.conf": `$D0=x\n${doubling}\na \${D40}` }, /replacements|grows/],
  ["blocks too deep", { "keepalived.conf": "a {\n".repeat(99) }, /block too deep/],
  ["too many lines", { "keepalived.conf": "\n".repeat(LIMITS.lines + 1) }, /one line too many/],
  ["too much text", { "keepalived.conf": "x".repeat(LIMITS.characters + 1) }, /too long/],
  ["too many problems", { "keepalived.conf": "}\n".repeat(5000) }, /problem number 100/],
];

for (const [title, files, reason] of BOUNDS) {
  t.test(`bounded: ${title}`, async (t) => {
    const { problems } = parseFiles(files);
    t.ok(problems.length <= LIMITS.problems);
    t.equal(problems.at(-1)?.severity, "error");
    t.match(formatProblem(problems.at(-1)!), reason);
  });
}

for (const property of KEEPALIVED_PROPERTIES) t.test(property.name, async (t) => holds(t, property));
