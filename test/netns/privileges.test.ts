import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import ts from "typescript";
import { privilegePrefix, requirePrograms } from "./index.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

/** Builds a LAN without having called ensurePrivileges if told so. */
const PROGRAM = `
import { createLan, ensurePrivileges, advert } from "./test/netns/index.js";
if (process.argv.includes("--ensure")) ensurePrivileges();
try {
  const lan = await createLan({
    hosts: { a: { addresses: ["192.0.2.1/24", "2001:db8::1/64"] }, b: { addresses: ["192.0.2.2/24", "2001:db8::2/64"] } },
  });
  const capture = await lan.capture();
  await lan.host("a").writeFile("/etc/keepalive/check.sh", "exit 0");
  await lan.host("b").drop(10);
  await lan.host("b").rejoin();
  const reached = await lan.host("a").reaches("192.0.2.2") && await lan.host("b").reaches("2001:db8::1");
  const script = await lan.host("a").ok(["cat", "/etc/keepalive/check.sh"]);
  const rules = await lan.host("a").ok(["iptables", "-S", "INPUT"]);
  await capture.waitFor((frame) => frame.kind === "arp");
  await lan.destroy();
  console.log(JSON.stringify({ reached, script, rules, argument: process.argv[2] }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
process.exit(process.argv.includes("--fail") ? 5 : 0);
`;

/** The harness as JavaScript, where everybody may read it. */
function copyForEverybody(): string {
  const copy = mkdtempSync(join(tmpdir(), "netns-"));
  const module = ts.ModuleKind.ESNext;
  for (const folder of ["src/base", "src/core", "src/wire", "test/netns"]) {
    mkdirSync(join(copy, folder), { recursive: true });
    for (const name of readdirSync(join(ROOT, folder)).filter((file) => /(?<!\.test)\.ts$/.test(file))) {
      const source = readFileSync(join(ROOT, folder, name), "utf8");
      const options = {
        compilerOptions: { module, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
      };
      const out = join(copy, folder, `${basename(name, ".ts")}.js`);
      writeFileSync(out, ts.transpileModule(source, options).outputText);
    }
  }
  const library = "node_modules/ip-address";
  cpSync(join(ROOT, library), join(copy, library), { recursive: true, dereference: true });
  writeFileSync(join(copy, "package.json"), '{ "type": "module" }');
  writeFileSync(join(copy, "program.js"), PROGRAM);
  chmodSync(copy, 0o755);
  return copy;
}

/** Nothing of tap's own, which it would load into every child and write to where nobody may not. */
function run(copy: string, ...command: string[]) {
  const clean = ["--ignore-environment", `PATH=${process.env.PATH}`, `HOME=${copy}`, ...command];
  return spawnSync("env", clean, { cwd: copy, encoding: "utf8", timeout: 60_000 });
}

const nobodyRunsNode =
  spawnSync(NOBODY[0]!, [...NOBODY.slice(1), process.execPath, "--version"]).status === 0;
const nobodyMakesUsers =
  nobodyRunsNode && spawnSync(NOBODY[0]!, [...NOBODY.slice(1), "unshare", "-Urnm", "true"]).status === 0;
const notNobody = nobodyRunsNode ? false : "this process may not become nobody, or nobody may not run node";
const noUsers = nobodyMakesUsers ? false : "nobody may not make a user namespace on this machine";

t.test("this process has what the harness needs", async (t) => {
  t.doesNotThrow(() => requirePrograms());
  t.strictSame(privilegePrefix(), [], "it may make namespaces as it is");
});

t.test("missing programs are named together with their Debian packages", async (t) => {
  const message = /^programs are missing: ip, nft, .*; on Debian: apt-get install iproute2 nftables /;
  t.throws(() => requirePrograms("/nonexistent:/nowhere"), { code: "EMISSING", message });
});

t.test("without root the same works in a user namespace", { skip: noUsers }, async (t) => {
  const copy = copyForEverybody();
  t.teardown(() => rmSync(copy, { recursive: true }));
  const ended = run(copy, ...NOBODY, process.execPath, join(copy, "program.js"), "--ensure", "--fail");
  t.equal(ended.stderr, "");
  t.strictSame(JSON.parse(ended.stdout), {
    reached: true,
    script: "exit 0",
    rules: "-P INPUT ACCEPT\n",
    argument: "--ensure",
  });
  t.equal(ended.status, 5, "the exit code is that of the program");
});

t.test("without root and without ensurePrivileges the error says so", { skip: notNobody }, async (t) => {
  const copy = copyForEverybody();
  t.teardown(() => rmSync(copy, { recursive: true }));
  t.match(JSON.parse(run(copy, ...NOBODY, process.execPath, join(copy, "program.js")).stdout), {
    code: "EPERMISSION",
  });
});

t.test("where namespaces are forbidden one line says what is missing", { skip: noUsers }, async (t) => {
  const copy = copyForEverybody();
  t.teardown(() => rmSync(copy, { recursive: true }));
  // A user namespace of its own, whose limits concern nobody else.
  const script = 'echo 0 > /proc/sys/user/max_net_namespaces; exec "$@"';
  const program = [process.execPath, join(copy, "program.js"), "--ensure"];
  const user = ["unshare", "--user", "--map-root-user", "sh", "-ec", script, "sh"];
  const ended = run(copy, ...user, ...program);
  t.match(ended.stderr, /^network namespaces need root, or a machine that permits user namespaces .*\n$/);
  t.equal(ended.stdout, "");
  t.equal(ended.status, 1);
});
