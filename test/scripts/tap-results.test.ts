import t from "tap";

interface FileResult {
  readonly path: string;
  readonly passed: number;
  readonly failures: readonly { readonly name: string; readonly details: string }[];
  readonly skips: readonly { readonly name: string; readonly reason: string }[];
}
type ReadTap = (onFile: (file: FileResult) => void) => {
  parser: { end(text: string): void };
  strays: readonly { readonly name: string }[];
};
// A computed name: the set-up scripts are plain JavaScript without declarations.
const { readTap } = (await import(new URL("../../scripts/tap-results.mjs", import.meta.url).href)) as {
  readTap: ReadTap;
};

function read(...lines: readonly string[]) {
  const files: FileResult[] = [];
  const { parser, strays } = readTap((file) => files.push(file));
  parser.end(["TAP version 14", ...lines, ""].join("\n"));
  return { files, strays };
}

const only = (...lines: readonly string[]) => read(...lines).files[0]!;
const names = (file: FileResult) => file.failures.map((failure) => failure.name);

t.test("tests of the deepest level are counted", async (t) => {
  const file = only(
    "# Subtest: a.test.ts",
    "    # Subtest: outer",
    "        # Subtest: one",
    "            ok 1 - x",
    "            ok 2 - y",
    "            1..2",
    "        ok 1 - one",
    "        # Subtest: two",
    "            not ok 1 - z",
    "              ---",
    "              diff: |",
    "                -2",
    "                +1",
    "              ...",
    "            1..1",
    "        not ok 2 - two",
    "        1..2",
    "    not ok 1 - outer",
    "    # Subtest: without assertions",
    "        1..0",
    "    ok 2 - without assertions",
    "    ok 3 - skipped # SKIP no reason to run",
    "    1..3",
    "not ok 1 - a.test.ts # time=12.5ms",
    "1..1",
  );
  t.match(file, { path: "a.test.ts", passed: 2, timeMs: 12.5 });
  t.strictSame(names(file), ["outer > two"], "and a failure once, not once a level");
  t.match(file.failures[0]!.details, /z\ndiff:\n {2}-2\n {2}\+1/);
  t.strictSame(file.skips, [{ name: "skipped", reason: "no reason to run" }]);
});

t.test("a file of bare assertions is one test", async (t) => {
  t.match(only("# Subtest: a.test.ts", "    ok 1", "    ok 2", "    1..2", "ok 1 - a.test.ts", "1..1"), {
    passed: 1,
  });
});

t.test("a failure between tests counts", async (t) => {
  const inner = ["    # Subtest: fine", "        ok 1", "        1..1", "    ok 1 - fine"];
  const file = only(
    "# Subtest: a.test.ts",
    ...inner,
    "    not ok 2 - late crash",
    "    1..2",
    "not ok 1 - a.test.ts",
    "1..1",
  );
  t.equal(file.passed, 1);
  t.strictSame(names(file), ["outside of any test"]);
});

t.test("a file that only its own verdict fails has failed", async (t) => {
  const inner = ["    # Subtest: fine", "        ok 1", "        1..1", "    ok 1 - fine", "    1..1"];
  const file = only(
    "# Subtest: a.test.ts",
    ...inner,
    "not ok 1 - a.test.ts",
    "  ---",
    "  exitCode: 9",
    "  ...",
    "1..1",
  );
  t.strictSame(names(file), ["the file as a whole"]);
  t.match(file.failures[0]!.details, /exitCode: 9/);
});

t.test("a file in which nothing ran has failed", async (t) => {
  const empty = only(
    "# Subtest: a.test.ts",
    "    1..0 # no tests found",
    "ok 1 - a.test.ts # SKIP no tests found",
    "1..1",
  );
  t.strictSame(names(empty), ["no test ran"]);
  t.strictSame(names(only("ok 1 - a.test.ts # SKIP no tests found", "1..1")), ["no test ran"], "silent");
  t.strictSame(
    names(only("# Subtest: a.test.ts", "    1..0 # no tests found", "not ok 1 - a.test.ts", "1..1")),
    ["no test ran"],
  );
});

t.test("a process that ends in the middle of a test fails it", async (t) => {
  const file = only(
    "# Subtest: a.test.ts",
    "    # Subtest: exits",
    "        ok 1",
    "    1..0",
    "not ok 1 - a.test.ts",
    "1..1",
  );
  t.equal(file.passed, 0);
  t.equal(file.failures.length, 1);
});

t.test("what the runner complains about itself is kept", async (t) => {
  t.match(read("not ok 1 - timeout!", "1..1").strays, [{ name: "timeout!" }]);
});
