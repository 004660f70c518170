/** The npm package on every supported Node, and with every npm that these come with: with install scripts and without. */
import { join } from "node:path";
import t from "tap";
import { failover } from "./failover.js";
import { Installation, type Kind, pack } from "./package.js";

/** npm 12 runs no install scripts by itself. */
const KINDS: readonly Kind[] = [
  { node: 20, npm: 10 },
  { node: 22, npm: 10 },
  { node: 22, npm: 11, scripts: false },
  { node: 24, npm: 11 },
  { node: 24, npm: 12 },
  { node: 26, npm: 12, scripts: true },
  { node: 26, npm: 11 },
  { node: 26, npm: 12 },
];

t.test("the package on every Node and npm", async (t) => {
  const packed = await pack(t);
  const first = await Installation.make(t, packed);
  for (const kind of KINDS) {
    const { node, npm, scripts = npm! < 12 } = kind;
    await t.test(`Node ${node}, npm ${npm}, ${scripts ? "with" : "without"} install scripts`, async (t) => {
      const installed = await Installation.make(t, packed, kind);
      t.equal(installed.has("vendor/raw-socket/build/Release/raw.node"), scripts, installed.said);
      t.notOk(installed.has("native/build"), "the addon is the one that was packed");
      t.match(await installed.run(["node", "--version"]), { stdout: new RegExp(`^v${node}\\.`) });
      t.match(await installed.run(["vrrpd", "--version"]), { code: 0 });
      const through = await failover(t, first, installed);
      t.equal(through[1], scripts ? "raw-socket" : "addon");
      t.strictSame(await installed.uninstall(), []);
    });
  }
});

t.test("where the addon that was packed does not fit, it is compiled", async (t) => {
  const packed = await pack(t);
  const installed = await Installation.make(t, packed, { node: 22, scripts: false });
  const rebuild = (flags: readonly string[]) =>
    installed.run(["node", join(installed.folder, "native/install.cjs")], {
      npm_config_node_gyp: installed.nodeGyp,
      ...Object.fromEntries(flags.map((flag) => [flag, "true"])),
    });
  t.match(await rebuild([]), { code: 0 });
  t.notOk(installed.has("native/build"), "it fits");
  t.match(await rebuild(["npm_config_build_from_source"]), { code: 0 });
  t.ok(installed.has("native/build/Release/vrrpd.node"), "it was compiled, from what the package brings");
  t.match(await installed.run(["vrrpd", "--version"]), { code: 0 });
});
