import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { readProject } from "./documents.js";
import { namingsOf, titlesOf, unknownTests, unnamedTests } from "./faults.js";
import { ROOT } from "./tree.js";

const namings = namingsOf(readFileSync(join(ROOT, "docs/faults.md"), "utf8"));
const files = readProject("test/hostile").filter(({ path }) => path.endsWith(".test.ts"));

const planted = [
  {
    path: "test/hostile/one.test.ts",
    text: 't.test("first of all", async () => {}); t.test(\n  `$' + "{n} more`,\n  {},\n);",
  },
];

t.test("every test that the table of faults names exists", async (t) => {
  t.ok(namings.length > 30, "the table was read");
  t.strictSame(unknownTests(namings, files), []);
  const read = namingsOf("| a | “b” | one: “first”, “second”; two: “first” |");
  t.strictSame(
    read.map(({ file, words }) => `${file} ${words}`),
    ["one.test.ts first", "one.test.ts second", "two.test.ts first"],
  );
  t.strictSame(unknownTests(read, planted), [
    "one.test.ts has no test “second”",
    "two.test.ts has no test “first”",
  ]);
});

t.test("every test of a hostile host is in the table of faults", async (t) => {
  for (const one of files) t.ok(titlesOf(one).length > 0, `${one.path} has tests`);
  t.strictSame(unnamedTests(namings, files), []);
  t.strictSame(unnamedTests(namingsOf("| a | b | one: “first” |"), planted), [
    "test/hostile/one.test.ts: the document does not name “${" + "n} more”",
  ]);
});
