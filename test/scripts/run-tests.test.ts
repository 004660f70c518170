import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import t from "tap";

interface FileEnd {
  readonly file: string;
  readonly code: number | null;
  readonly said: string;
  readonly timeMs: number;
  readonly complained: string;
}
// A computed name: the scripts are plain JavaScript without declarations.
const { byFile, runTests } = (await import(new URL("../../scripts/run-tests.mjs", import.meta.url).href)) as {
  byFile(result: { code: number | null; said: string; timeMs: number; complained: string }): FileEnd[];
  runTests(files: readonly string[], options: object, output: PassThrough): Promise<void>;
};

const SAID = [
  "# file: a.test.ts",
  "TAP version 14",
  "# Subtest: one",
  "    not ok 1 - as it is meant # SKIP",
  "    1..1",
  "ok 1 - one # time=1.5ms",
  "",
  "# file: b.test.ts",
  "# Subtest: two",
  "    ok 1 - x",
  "    1..1",
  "ok 2 - two # time=2ms",
  "# Subtest: three",
  "    ok 1 - y",
  "    1..1",
  "ok 3 - three # time=3ms",
];

t.test("what a process says of several files is told by file", async (t) => {
  const [a, b, ...more] = byFile({
    ...{ code: 0, timeMs: 100, complained: "" },
    said: [...SAID, "1..3", "# { total: 3 }", "# time=100ms", ""].join("\n"),
  });
  t.strictSame(more, []);
  t.match(a, { file: "a.test.ts", code: 0, timeMs: 1.5 });
  t.match(b, { file: "b.test.ts", code: 0, timeMs: 5 });
  t.match(a!.said, /^ok 1 - one # time=1\.5ms\n1\.\.1\n$/m);
  t.match(b!.said, /^ok 1 - two # time=2ms\n[\s\S]*^ok 2 - three # time=3ms\n1\.\.2\n$/m);
});

t.test("a test that fails is its file's alone", async (t) => {
  const said = SAID.join("\n").replace("ok 1 - one", "not ok 1 - one");
  const found = byFile({ code: 1, said, timeMs: 100, complained: "" });
  t.strictSame(
    found.map(({ file, code }) => [file, code]),
    [
      ["a.test.ts", 1],
      ["b.test.ts", 0],
    ],
  );
});

t.test("a process that breaks off has broken off in the last file that it began", async (t) => {
  const found = byFile({ code: 7, said: SAID.join("\n"), timeMs: 100, complained: "out of memory" });
  t.match(found, [
    { file: "a.test.ts", code: 0 },
    { file: "b.test.ts", code: 7, complained: "out of memory" },
  ]);
});

t.test("while there is room one more file begins beside the others; without room it waits", async (t) => {
  const folder = t.testdir({});
  const program = (own: string, others: string) => `
    import { existsSync, writeFileSync } from "node:fs";
    writeFileSync(${JSON.stringify(join(folder, own))}, "");
    const look = setInterval(() => {
      if (!existsSync(${JSON.stringify(join(folder, others))})) return;
      console.log("TAP version 14\\nok 1 - they met\\n1..1");
      clearInterval(look);
    }, 20);`;
  const files = ["a", "b"].map((name) => join(folder, `${name}.mjs`));
  writeFileSync(files[0]!, program("a", "b"));
  writeFileSync(files[1]!, program("b", "a"));
  let asked = 0;
  const room = { everyMillis: 10, isThere: () => ++asked > 20 };
  const output = new PassThrough();
  const said = text(output);
  await runTests(files, { prefix: [], jobs: 1, most: 2, timeoutSeconds: 100, room }, output);
  t.match(await said, /^ok 1 - .*[\s\S]*^ok 2 - .*[\s\S]*^1\.\.2$/m);
  t.ok(asked > 20, "not before there was room");
});
