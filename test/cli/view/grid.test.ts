import t from "tap";
import { cell, grid, paragraph, wrap } from "../../../src/cli/view/grid.js";
import { paintFor } from "../../../src/cli/view/paint.js";
import { span } from "../../../src/cli/view/time.js";

t.test("text wraps at blanks, and within words that are too long", async (t) => {
  t.strictSame(wrap("one two three", 7), ["one two", "three"]);
  t.strictSame(wrap("2001:db8::1", 5), ["2001:", "db8::", "1"]);
  t.strictSame(wrap("", 5), [""]);
  t.equal(paragraph("error  ", "one two three", 14), "error  one two\n       three");
});

t.test("a table fits the width, the widest column gives way", async (t) => {
  const rows = [
    [cell("NAME"), cell("TEXT"), cell("END")],
    [cell("a"), cell("a long sentence that has to be wrapped somewhere"), cell(["x", "y"])],
  ];
  for (const width of [20, 30, 60, 100]) {
    const lines = grid(rows, width).split("\n");
    t.ok(Math.max(...lines.map((line) => line.length)) <= Math.max(width, 23), `${width}`);
    t.equal(lines.join(" ").replace(/\s+/g, " ").includes("wrapped"), true);
  }
  t.match(grid(rows, 100), /^NAME {2}TEXT +END\na {5}a long .* x\n +y$/);
});

t.test("colours have no width, and stay away where nobody wants them", async (t) => {
  const paint = paintFor(true, {});
  const rows = [[cell("MASTER", (text) => paint("green", text)), cell("x")]];
  t.equal(grid(rows, 80), "\u001b[32mMASTER\u001b[0m  x");
  t.equal(paintFor(true, { NO_COLOR: "1" })("red", "x"), "x");
  t.equal(paintFor(true, { NO_COLOR: "" })("red", "x"), "\u001b[31mx\u001b[0m");
  t.equal(paintFor(false, {})("red", "x"), "x");
});

t.test("spans as a person says them", async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [-1, "0.0 s"],
    [0.44, "0.4 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1m 00s"],
    [134, "2m 14s"],
    [11_100, "3h 05m"],
    [439_200, "5d 02h"],
  ];
  for (const [seconds, text] of cases) t.equal(span(seconds), text);
});
