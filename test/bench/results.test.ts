/** Rows, their verdicts, merging of parts, and the text made of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseArguments } from "../../bench/arguments.js";
import { BEGIN, END, partText, section, textTable, withSection } from "../../bench/figures/document.js";
import { cells, number } from "../../bench/figures/format.js";
import { curvePicture, ratioPicture } from "../../bench/figures/pictures.js";
import { mergeParts, type PartResult, type Results, row } from "../../bench/figures/results.js";
import { logScale } from "../../bench/figures/svg.js";
import { cpuRow } from "../../bench/parts/cpu.js";
import { ROOT } from "../rules/tree.js";

const machine = {
  processor: "A Processor",
  cores: 2,
  memoryGigabytes: 8,
  kernel: "6.1",
  node: "20.0.0",
  peers: ["Keepalived 2.2.7"],
  loadBefore: 0.5,
};
const part = (name: string, ours: number, quick = false): PartResult => ({
  part: name,
  title: `Title of ${name}`,
  at: "2026-01-02T03:04:05.000Z",
  quick,
  tookSeconds: 1,
  machine,
  rows: [row({ what: "a thing", unit: "ms", ours: [ours], theirs: [2], aim: { of: "ratio", most: 1 } })],
  figures: [],
});

t.test("a row is met by its ratio or by its value", async (t) => {
  const both = { what: "x", unit: "ms", ours: [10], theirs: [8] } as const;
  t.equal(row({ ...both, aim: { of: "ratio", most: 1 } }).met, false);
  t.equal(row({ ...both, aim: { of: "ratio", most: 1.25 } }).met, true);
  t.equal(row({ ...both, aim: { of: "value", most: 10 } }).met, true);
  t.equal(row({ ...both, aim: { of: "value", most: 9 } }).met, false);
  t.equal(row(both).met, null, "nothing is asked");
  t.equal(row({ ...both, theirs: [-1], aim: { of: "ratio", most: 1 } }).met, null, "no ratio, no verdict");
  t.match(row({ what: "x", unit: "MB", ours: [1] }), { peer: null, theirs: null, ratio: null });
  t.equal(row({ ...both, peer: "FRR" }).peer, "FRR");
  t.match(row({ ...both, hasRatio: false }), { ratio: null, theirs: { median: 8 } });
});

t.test("a part that ran takes the place of its older figures alone", async (t) => {
  const before = { parts: [part("a", 1), part("c", 1)] };
  const after = mergeParts(before, [part("c", 9), part("b", 5)], ["a", "b", "c"]);
  t.strictSame(
    after.parts.map((one) => [one.part, one.rows[0]!.ours.median]),
    [
      ["a", 1],
      ["b", 5],
      ["c", 9],
    ],
  );
  t.strictSame(mergeParts(before, [], ["c"]).parts.length, 1, "a part that is no more goes");
});

t.test("figures as text", async (t) => {
  t.strictSame([0, 3609.375, 0.2512, 12.34, 1.005, -7.08].map(number), [
    "0",
    "3609",
    "0.251",
    "12.3",
    "1.00",
    "-7.08",
  ]);
  t.strictSame(cells(part("a", 1).rows[0]!), [
    "a thing, ms",
    "1.00",
    "2.00",
    "0.500 (0.500–0.500)",
    "≤ 1",
    "yes",
  ]);
  const frr = row({
    what: "x",
    unit: "%",
    ours: [1, 2, 3],
    theirs: [1],
    peer: "FRR",
    aim: { of: "value", most: 2 },
  });
  t.strictSame(cells(frr).slice(0, 2), ["x, FRR, %", "2.00 (1.00–3.00)"]);
  t.equal(cells(frr)[4], "≤ 2 %");
  const tails = { ours: [1, 2, 3, 4], theirs: [5, 6, 7, 8] } as const;
  t.equal(
    cells(row({ what: "x", unit: "ms", ours: [3], theirs: [7], tails }))[2],
    "5.00 / 6.00 / 7.00 / 8.00",
  );
  t.equal(
    textTable([
      ["µs", "b"],
      ["1", "2"],
    ]),
    "µs  b\n1   2",
  );
  const noted = row({ what: "x", unit: "ms", ours: [3], note: "Keepalived failed over" });
  t.equal(cells(noted)[0], "x, ms; Keepalived failed over");
  t.equal(noted.theirs, null);
  t.match(partText(part("a", 1)), /^Title of a\n\nWhat /);
});

t.test("the document has the figures between its marks", async (t) => {
  const text = `# Title\n\n${BEGIN}\nold\n${END}\n\nwords\n`;
  const written = withSection(text, { parts: [part("a", 1, true)] });
  t.match(
    written,
    /^# Title\n\n<!-- figures[\s\S]*\| a thing, ms \| 1.00 \| 2.00 \|[\s\S]*<!-- end of figures -->\n\nwords\n$/,
  );
  t.notMatch(written, /old/);
  t.match(
    written,
    /2026-01-02, fewer rounds \(`--quick`\), load before 0.50; 2 × A Processor, 8 GB, Linux 6.1/,
  );
  t.equal(withSection(written, { parts: [part("a", 1, true)] }), written, "written again it is the same");
  t.throws(() => withSection("# no marks", { parts: [] }), /marks/);
  const figure = {
    title: "T",
    xLabel: "x",
    yLabel: "y",
    curves: [{ name: "N", points: [], exponent: 1.234 }],
  };
  t.match(
    section({ parts: [{ ...part("a", 1), figures: [figure] }] }),
    /- T, N: exponent 1.23\n\n!\[T\]\(bench\/a-1.svg\)/,
  );
});

t.test("docs/benchmarks.md and the pictures say what docs/bench/results.json says", async (t) => {
  const read = (path: string) => readFileSync(join(ROOT, "docs", path), "utf8");
  const results = JSON.parse(read("bench/results.json")) as Results;
  t.ok(results.parts.length > 0);
  const document = read("benchmarks.md");
  t.equal(document, withSection(document, results));
  t.equal(read("bench/ratios.svg"), ratioPicture(results));
  for (const { part: name, figures } of results.parts) {
    figures.forEach((figure, index) => {
      t.equal(read(`bench/${name}-${index + 1}.svg`), curvePicture(figure));
    });
  }
});

t.test("pictures", async (t) => {
  const x = logScale([1, 100], [0, 200]);
  t.strictSame(
    [x(1), x(10), x(100), x(1000)].map(Math.round),
    [0, 100, 200, 200],
    "beyond the edge is the edge",
  );
  const ratios = ratioPicture({ parts: [part("a", 1), part("b", 5)] });
  t.equal(ratios.match(/<circle/g)!.length, 2);
  t.match(ratios, /a thing/);
  const points = [1, 10, 100].map((value) => ({ x: value, y: 2 * value }));
  const curves = curvePicture({
    title: "cost & <time>",
    xLabel: "routers",
    yLabel: "ms",
    curves: [{ name: "vrrpd", points, exponent: 1 }],
  });
  t.match(curves, /cost &amp; &lt;time>/);
  t.match(curves, /vrrpd: exponent 1.00/);
  t.equal(curves.match(/<circle/g)!.length, 3);
});

t.test("rounds in which a side failed over do not count, and the row says so", async (t) => {
  const theirsOnly = cpuRow("x", 0.5, { ours: [1, 2], theirs: [4] }, { ours: 0, theirs: 1 });
  t.match(theirsOnly, {
    note: "Keepalived failed over by itself in 1 of 2 rounds, which do not count",
    met: true,
  });
  const never = cpuRow("x", 0.5, { ours: [1, 2], theirs: [] }, { ours: 0, theirs: 2 });
  t.match(never, { theirs: null, ratio: null, met: null, note: /in 2 of 2 rounds/ });
  t.equal(cpuRow("x", 0.5, { ours: [1], theirs: [4] }, { ours: 0, theirs: 0 }).note, undefined);
  t.throws(
    () => cpuRow("x", 0.5, { ours: [], theirs: [4] }, { ours: 2, theirs: 0 }),
    /vrrpd failed over by itself/,
  );
});

t.test("arguments", async (t) => {
  const known = ["a", "b", "c"];
  t.strictSame(parseArguments([], known), { parts: known, quick: false, write: false });
  const quick = { parts: ["a", "c"], quick: true, write: false };
  t.strictSame(
    parseArguments(["c", "--quick", "a"], known),
    quick,
    "figures are written only where that is asked for",
  );
  t.strictSame(parseArguments(["a", "--write"], known), { parts: ["a"], quick: false, write: true });
  t.throws(() => parseArguments(["d"], known), /"d" is not known; parts are a, b, c/);
  t.throws(() => parseArguments(["--fast"], known), /--fast/);
});
