import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { VARIABLE_NAMES } from "../../src/config/index.js";
import {
  foreignRegistries,
  lonelyTests,
  pinViolations,
  reminders,
  silentSkips,
  speltVariables,
} from "./habits.js";
import { ROOT, readTree } from "./tree.js";

const tree = readTree("src", "native", "test", "bench", "scripts");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const test = (...lines: readonly string[]) => [{ path: "test/base/a.test.ts", text: lines.join("\n") }];

t.test("nothing is put off in a comment", async (t) => {
  t.strictSame(reminders(tree), []);
  const word = ["FIX", "ME"].join("");
  t.strictSame(reminders(test("", `// ${word}: later`, "// XXXX")), [`test/base/a.test.ts:2 says ${word}`]);
});

t.test("no test leaves the others out", async (t) => {
  t.strictSame(lonelyTests(tree), []);
  const lonely = ["t", "only("].join(".");
  t.strictSame(lonelyTests(test(`${lonely}"x")`, "const only = 1;")), [
    `test/base/a.test.ts:1 leaves other tests out: ${lonely.slice(1)}`,
  ]);
});

t.test("a skipped test says why", async (t) => {
  t.strictSame(silentSkips(tree), []);
  const silent = ["skip", " true"].join(":");
  t.strictSame(silentSkips(test(`t.test("x", { ${silent} });`, 't.test("x", { skip: "no root" });')), [
    `test/base/a.test.ts:1 gives no reason: ${silent}`,
  ]);
});

t.test("a variable is spelt by its source alone; all others ask for its name", async (t) => {
  t.strictSame(speltVariables(tree, VARIABLE_NAMES), []);
  const text = [
    "/** VRRPD_PRIORITY is not spelt by a comment. */",
    'const one = "set VRRPD_PRIORITY";',
    "const two = `$" +
      "{one}, VRRPD_UNKNOWN_NAME, $" +
      "{one} or MULTICAST_SOURCE_IPADDRESS`; // VRRPD_SOCKET",
    "const three = process.env.VRRPD_SOCKET;",
    'const all = "OPENSHIFT_HA_* and VRRPD_*";',
  ].join("\n");
  t.strictSame(speltVariables([{ path: "src/cli/a.ts", text }], VARIABLE_NAMES), [
    "src/cli/a.ts:2 spells VRRPD_PRIORITY",
    "src/cli/a.ts:3 spells VRRPD_UNKNOWN_NAME",
    "src/cli/a.ts:3 spells MULTICAST_SOURCE_IPADDRESS",
    "src/cli/a.ts:4 spells VRRPD_SOCKET",
  ]);
  t.strictSame(speltVariables([{ path: "src/config/env/a.ts", text }], VARIABLE_NAMES), []);
});

t.test("packages that are relied on in their inner shape are pinned", async (t) => {
  const manifest = JSON.parse(read("package.json"));
  t.strictSame(pinViolations(manifest), []);
  t.strictSame(
    pinViolations({
      dependencies: { pino: "^10" },
      bundled: ["ip-address"],
      devDependencies: { "raw-socket": "^1.8.1", typescript: "^7" },
    }),
    [
      "raw-socket is ^1.8.1, not 1.8.1",
      "netlink is nothing, not 0.3.0",
      "typescript is ^7, not /^6\\.0\\.\\d+$/",
      "pino is installed beside vrrpd",
      "ip-address is bundled, and not installed",
      "raw-socket's nan has no override",
      "netlink's @types/node has no override",
    ],
  );
});

t.test("the lock file names the public registry alone", async (t) => {
  t.strictSame(foreignRegistries(read("package-lock.json")), []);
  t.strictSame(foreignRegistries('"resolved": "https://mirror.example/x.tgz"'), ["mirror.example"]);
});

t.test("the version is spelt elsewhere as package.json has it", async (t) => {
  const { outdated } = (await import(new URL("../../scripts/version.mjs", import.meta.url).href)) as {
    outdated: () => ReadonlyMap<string, string>;
  };
  t.strictSame([...outdated().keys()], []);
});
