import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { conformanceDocument, DOCUMENT } from "../conformance/document.js";
import { type Proof, readProofs, readTests } from "../conformance/proofs.js";
import { type Requirement, readStandards, type Standard } from "../conformance/requirements.js";
import { lacking, repeatedIds, unknownIds } from "../conformance/rules.js";
import { ROOT } from "./tree.js";

const standards = readStandards(ROOT);
const { proofs, violations } = readProofs(readTests(ROOT));

const file = (path: string, ...lines: readonly string[]) => ({ path, text: lines.join("\n") });
const row = (id: string, kind: Requirement["kind"], reason?: string): Requirement => ({
  ...{ id, level: "MUST", kind, demand: "all" },
  ...(reason === undefined ? {} : { reason }),
});
const standard = (...rows: readonly Requirement[]): Standard[] => [{ standard: "RFC", title: "", rows }];
const proof = (id: string, sign: Proof["sign"], path = "test/core/a.test.ts"): Proof => ({
  ...{ id, sign, path, title: "all" },
});

t.test("what is done is proven both ways, what the kernel does in a namespace", async (t) => {
  t.strictSame(lacking(standards, proofs), []);
  const rows = standard(
    row("1-1", "do"),
    row("1-2", "do"),
    row("1-3", "do"),
    row("1-4", "kernel"),
    row("1-5", "kernel"),
    row("1-6", "deviates"),
    row("1-7", "not-applicable", "nothing of it here"),
  );
  const planted = [
    ...[proof("1-1", "+"), proof("1-1", "-"), proof("1-2", "+-"), proof("1-3", "-")],
    ...[proof("1-4", "+"), proof("1-5", "+", "test/daemon/a.test.ts")],
  ];
  t.strictSame(lacking(rows, planted), [
    "1-3 has no positive test: [1-3 +]",
    "1-4 is shown in no network namespace",
    "1-6 is not done as the standard has it, and does not say why",
  ]);
  t.strictSame(lacking(standard(row("1-1", "do")), []), [
    "1-1 has no positive test: [1-1 +]",
    "1-1 has no negative test: [1-1 -]",
  ]);
});

t.test("every id in a title is that of a requirement, and there once", async (t) => {
  t.strictSame(unknownIds(standards, proofs), []);
  t.strictSame(repeatedIds(standards), []);
  const rows = standard(row("1-1", "do"), row("1-1", "do"));
  t.strictSame(unknownIds(rows, [proof("1-1", "+"), proof("1-2", "+")]), [
    'test/core/a.test.ts: "all" proves 1-2, which is no requirement',
  ]);
  t.strictSame(repeatedIds(rows), ["1-1 is listed twice"]);
});

t.test("an id has a sign, and stands in the title of a test that always runs", async (t) => {
  t.strictSame(violations, []);
  const id = (text: string) => `[${text}]`;
  const planted = file(
    "test/a.test.ts",
    `t.test("${id("1.2-3 +")} ${id("v2-1.2 +-")} one", () => {});`,
    `await t.test(\`\${way} ${id("1.2-owner -")} two\`, { timeout: 1 }, () => {});`,
    `t.test("${id("1.2-3")} three", () => {}); t.test("${id("1.2-3 ±")}", () => {});`,
    `t.test("four", () => t.equal(1, 1, "${id("1.2-3 +")}"));`,
    `t.test("${id("1.2-3 +")} five", { skip: "no" }, () => {});`,
    `const address = "${id("192.0.2.1")}:80";`,
  );
  t.strictSame(readProofs([planted]), {
    proofs: [
      { id: "1.2-3", sign: "+", path: "test/a.test.ts", title: "one" },
      { id: "v2-1.2", sign: "+-", path: "test/a.test.ts", title: "one" },
      { id: "1.2-owner", sign: "-", path: "test/a.test.ts", title: "… two" },
    ],
    violations: [
      `test/a.test.ts:3 has ${id("1.2-3")}, which is none of [id +], [id -] and [id +-]`,
      `test/a.test.ts:3 has ${id("1.2-3 ±")}, which is none of [id +], [id -] and [id +-]`,
      `test/a.test.ts:4 has ${id("1.2-3 +")} outside the title of a test that always runs`,
      `test/a.test.ts:5 has ${id("1.2-3 +")} outside the title of a test that always runs`,
    ],
  });
});

t.test("the document says what the tests say", async (t) => {
  const found = readFileSync(join(ROOT, DOCUMENT), "utf8");
  t.equal(found, conformanceDocument(standards, proofs), "made anew by npm run conformance");
  const rows = standard(row("1-1", "do", "a | b"), row("1-2", "deviates", "so"));
  const made = conformanceDocument(rows, [proof("1-1", "+"), { ...proof("1-1", "-"), title: "no *x*" }]);
  t.match(made, "| 1-1 | MUST | all<br>a \\| b | `test/core/a.test.ts`: **+** all; **-** no \\*x\\* |");
  t.match(made, "| 1-2 | MUST | all | otherwise | so |");
});
