/** The npm package: packed, installed into an empty folder as a user does, run, and uninstalled. */
import { readFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { ROOT } from "../lab/daemons/vrrpd.js";
import { executeOk } from "../netns/execute.js";
import { failover } from "./failover.js";
import { folderOf, Installation, pack } from "./package.js";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
/** Far less than any dependency would bring along. */
const MOST_FILES = 300;

/** Somebody else's test of somebody else's daemon. */
const OTHERS = `
import { advert, createLan, type Host, HarnessError } from "vrrpd/netns";
const lan = await createLan({ hosts: { a: { addresses: ["192.0.2.1/24"] } } });
const host: Host = lan.host("a");
const wrong = new HarnessError("ETIMEOUT", "x");
if (!(await host.hasAddress("192.0.2.1")) || wrong.code !== "ETIMEOUT" || advert === undefined) process.exit(9);
await lan.destroy();
`;

t.test("the package", async (t) => {
  const packed = await pack(t);
  const files = (await executeOk(["tar", "tzf", packed])).trim().split("\n");
  t.ok(files.length < MOST_FILES, `${files.length} files`);
  const strange = /node_modules|\.map$|\.test\.|native\/build|\.ts$/;
  t.strictSame(
    files.filter((path) => strange.test(path) && !path.endsWith(".d.ts")),
    [],
    "no package, no test, nothing that was only needed on the way",
  );
  const own = await Installation.make(t, packed, { scripts: true });
  const other = await Installation.make(t, packed, { node: 22, scripts: false });

  await t.test("install scripts compile raw-socket, and not the addon", async (t) => {
    t.ok(own.has("vendor/raw-socket/build/Release/raw.node"), own.said);
    t.notOk(own.has("native/build"));
    t.notOk(other.has("vendor/raw-socket/build"));
  });

  await t.test("both commands run", async (t) => {
    for (const installed of [own, other]) {
      t.match(await installed.run(["vrrpd", "--version"]), { code: 0, stdout: `${version}\n` });
      t.match(await installed.run(["keepalived", "--version"]), { code: 0, stderr: /^Keepalived v2/ });
      const env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101", OPENSHIFT_HA_NETWORK_INTERFACE: "lo" };
      const check = await installed.run(["vrrpd", "check", "--config", "env", "--json"], env);
      t.match(JSON.parse(check.stdout), { instances: [{ virtualAddresses: ["192.0.2.101/32"] }] });
    }
  });

  await t.test("a failover from one Node to another, and from raw-socket to the addon", async (t) => {
    t.strictSame(await failover(t, own, other), ["raw-socket", "addon"]);
  });

  await t.test("the harness has its types, and runs without anything compiled", (t) =>
    harness(t, other.folder),
  );

  await t.test("uninstalling leaves nothing", async (t) => {
    t.strictSame(await own.uninstall(), []);
  });
});

async function harness(t: Test, installed: string): Promise<void> {
  const folder = await folderOf(t);
  await mkdir(join(folder, "node_modules"));
  await symlink(installed, join(folder, "node_modules/vrrpd"));
  for (const name of ["@types", "undici-types"])
    await symlink(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "others.ts"), OTHERS);
  const tsc = [process.execPath, join(ROOT, "node_modules/typescript/bin/tsc"), "--strict"];
  const options = ["--module", "nodenext", "--target", "es2022", "--types", "node", "--preserveSymlinks"];
  await executeOk(["env", `--chdir=${folder}`, ...tsc, ...options, "others.ts"], { timeoutMs: 120_000 });
  await executeOk([process.execPath, join(folder, "others.js")]);
}
