import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ERRORS } from "../../src/base/errors.js";
import { ORIGINS, VARIABLE_NAMES } from "../../src/config/index.js";
import { PROBLEMS } from "../../src/config/problem-codes.js";
import { TIMERS } from "../../src/core/deadlines.js";
import { CAUSES } from "../../src/core/router/cause.js";
import { spelt } from "../../src/daemon/status/spelling.js";
import {
  brokenLinks,
  documentsOf,
  foreignHosts,
  missingPaths,
  privatePaths,
  readProject,
  unknownScripts,
  unknownVariables,
} from "./documents.js";
import { ROOT } from "./tree.js";

const project = readProject();
const documents = documentsOf(project);
const scripts = Object.keys(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts);
const file = (path: string, ...lines: readonly string[]) => ({ path, text: lines.join("\n") });

t.test("the documents are there", async (t) => {
  const paths = documents.map(({ path }) => path);
  for (const name of ["architecture", "changelog", "configuration", "hacking", "harness", "migrating"]) {
    t.ok(paths.includes(`docs/${name}.md`), name);
  }
  t.ok(paths.includes("README.md"), "README");
  t.notOk(
    project.some(({ path }) => /node_modules|^dist\//.test(path)),
    "what was made is left out",
  );
});

t.test("every relative link leads somewhere", async (t) => {
  t.strictSame(brokenLinks(documents), []);
  const planted = [
    file(
      "README.md",
      "[a](docs/a.md) [b](docs/b.md) [c](docs/a.md#two-words) [d](docs/a.md#three) [e](LICENSE)",
    ),
    file(
      "docs/a.md",
      "# Two words!",
      "`[x](y)` [f](#two-words) [g](#no) [h](../README.md) [i](https://a.example)",
    ),
    file("docs/c.md", "```", "# Three", "[j](k)", "```", "[l](LICENSE)"),
  ];
  t.strictSame(
    brokenLinks(planted, (path) => path === "LICENSE"),
    [
      "README.md links to docs/b.md, which does not exist",
      "README.md links to docs/a.md#three, which does not exist",
      "docs/a.md links to #no, which does not exist",
      "docs/c.md links to LICENSE, which does not exist",
    ],
  );
});

t.test("every path that a document names exists", async (t) => {
  t.strictSame(missingPaths(documents), []);
  const planted = [file("README.md", "`src/base`, `src/base/none.ts`, src/base/x.ts, `test/*`, `dist/x.js`")];
  t.strictSame(missingPaths(planted), ["README.md: src/base/none.ts does not exist"]);
});

t.test("every npm script that a document names exists", async (t) => {
  t.strictSame(unknownScripts(documents, scripts), []);
  const planted = [file("docs/a.md", "`npm run a` or npm run a:b, npm run c", "npm test -- unit")];
  t.strictSame(unknownScripts(planted, ["a", "c"]), ["docs/a.md: a:b is no script of npm's"]);
});

t.test("every environment variable that a document names is known", async (t) => {
  t.strictSame(unknownVariables(documents, VARIABLE_NAMES), []);
  const wrong = ["VRRPD", "SOKET"].join("_");
  const planted = [file("docs/a.md", `VRRPD_SOCKET, VRRPD_*, \`${wrong}=x\`, OPENSHIFT_HA_VIRTUAL_IPS`)];
  t.strictSame(unknownVariables(planted, VARIABLE_NAMES), [
    `docs/a.md: ${wrong} is no variable of the configuration`,
  ]);
});

/** The rows of the table below a heading of operating.md. */
function tableUnder(heading: string): string[] {
  const { text } = documents.find(({ path }) => path === "docs/operating.md")!;
  const [, section = ""] = text.split(new RegExp(`^##+ ${heading}$`, "m"));
  const own = section.split(/^##/m)[0]!;
  return own.split("\n").filter((line) => line.startsWith("| `"));
}

t.test("every error has its line in operating.md", async (t) => {
  const expected = Object.entries(ERRORS).map(
    ([code, { exitCode, meaning, action }]) => `| \`${code}\` | ${exitCode} | ${meaning} | ${action} |`,
  );
  t.strictSame(tableUnder("Errors"), expected);
});

/** As a document spells what stands in braces in a text of the core. */
const written = (text: string) =>
  spelt(text.replace(/\{setting [^}]+\}/g, "`$&`"), ORIGINS, { interface: "IFACE" });

t.test("every cause has its line in operating.md", async (t) => {
  const expected = Object.entries<{ meaning: string; action: string | null }>(CAUSES).map(
    ([code, { meaning, action }]) =>
      `| \`${code}\` | ${written(meaning)} | ${written(action ?? "Nothing")} |`,
  );
  t.strictSame(tableUnder("Causes"), expected);
});

t.test("every problem has its line in operating.md", async (t) => {
  const expected = Object.entries(PROBLEMS).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  t.strictSame(tableUnder("Problems"), expected);
});

t.test("every timer has its line in operating.md", async (t) => {
  const expected = Object.entries(TIMERS).map(([timer, then]) => `| \`${timer}\` | ${written(then)} |`);
  t.strictSame(tableUnder("Timers"), expected);
});

t.test("no file names a path of the machine that it was written on", async (t) => {
  t.strictSame(privatePaths(project), []);
  const home = ["", "home", "somebody", "vrrpd"].join("/");
  const ofRoot = ["", "root", "x"].join("/");
  const planted = [
    file("a.md", `cd ${home}`, "/proc/home/x ../home/y"),
    file("b.ts", `/usr/src/vrrpd/dist, ${ofRoot}`, "native/volume/a"),
    file("c.md", "see /volume/notes"),
  ];
  t.strictSame(privatePaths(planted, "/usr/src/vrrpd/", "/root"), [
    "b.ts: /usr/src/vrrpd is a path of this machine",
    `a.md: ${home.replace("/vrrpd", "")} is a path of somebody's machine`,
  ]);
  t.match(privatePaths(planted, "/volume/vrrpd/", "/root"), ["c.md: /volume/ is a path of this machine"]);
  t.equal(privatePaths([planted[1]!], "/", "/").length, 0);
});

t.test("no file names a host that is not public and known", async (t) => {
  t.strictSame(foreignHosts(project), []);
  const scheme = ["https:", "", ""].join("/");
  const hosts = [
    "registry.npmjs.org",
    "npm.internal.corp",
    "a.example",
    "192.0.2.1:80",
    "10.1.2.3:4873",
    "[2001:db8::1]",
  ];
  const planted = [
    file("x.json", ...hosts.map((host) => `"${scheme}${host}/x"`), `${scheme}user:pass@mirror.corp/`),
    file("package-lock.json", `${scheme}funding.corp/`),
  ];
  t.strictSame(foreignHosts(planted), [
    "x.json: npm.internal.corp is a host that is not known here",
    "x.json: 10.1.2.3 is a host that is not known here",
    "x.json: mirror.corp is a host that is not known here",
  ]);
});
