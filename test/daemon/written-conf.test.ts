/** The keepalived.conf of what runs: written at the start and after each new plan, never over what is not ours, and gone at the end. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { WRITTEN_BY_VRRPD } from "../../src/config/index.js";
import { removeWrittenConf, WrittenConf } from "../../src/daemon/written-conf.js";
import { planOf } from "../config/support.js";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import type { Host } from "../netns/index.js";
import { until } from "../netns/index.js";

const FOLDER = "/run/vrrpd";
const CONF = `${FOLDER}/keepalived.conf`;
const WRITTEN = { VRRPD_KEEPALIVED_CONF: CONF };
/** By a vrrpd that was killed. */
const LEFT = `${WRITTEN_BY_VRRPD}\n# Of yesterday.\n`;

/** Empty: there is none. */
function contentOf(host: Host): string {
  const path = host.pathOf(CONF);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function namesIn(host: Host): string[] {
  return readdirSync(host.pathOf(FOLDER)).filter((name) => !name.endsWith(".sock"));
}

t.test("at the start, after a new plan, and until the end", async (t) => {
  const nodes = await Nodes.create(t, WRITTEN);
  const host = nodes.host("a");
  await host.writeFile(CONF, LEFT);
  const daemon = nodes.start("a");
  await until(() => /^ +priority 215$/m.test(contentOf(host)), { what: "the file" });
  t.match(contentOf(host), /^# Written by vrrpd[\s\S]*virtual_router_id 1$/m);
  t.equal(await host.ok(["stat", "-c", "%a %F", CONF]), "600 regular file\n", "it may hold a password");
  t.same(namesIn(host), ["keepalived.conf"], "nothing stays beside it");
  // The node address, which priorities are made from, becomes another one.
  await host.ok(["ip", "address", "delete", "192.0.2.40/24", "dev", "ens3"]);
  await host.ok(["ip", "address", "add", "192.0.2.60/24", "dev", "ens3"]);
  await until(() => /mcast_src_ip 192\.0\.2\.60/.test(contentOf(host)), { what: "the new plan" });
  daemon.kill("SIGTERM");
  t.match(await daemon.exited, { code: 0 });
  t.same(namesIn(host), [], "what does not run is not claimed");

  await host.writeFile(CONF, LEFT);
  const env = { ...BASE_ENVIRONMENT, ...WRITTEN };
  const cleanup = await host.run([...VRRPD, "cleanup", "--config", "env"], { env });
  t.match(cleanup, { code: 0, stdout: `${CONF} was removed` });
  t.same(namesIn(host), []);

  await t.test("a file of its own that is mounted there cannot be replaced, which is a warning", (t) =>
    testMounted(t, nodes),
  );
});

async function testMounted(t: Test, nodes: Nodes): Promise<void> {
  const host = nodes.host("b");
  const mount = `echo '${WRITTEN_BY_VRRPD}' > ${FOLDER}/ours; touch ${CONF}; mount --bind ${FOLDER}/ours ${CONF}`;
  await host.ok(["sh", "-ec", mount]);
  const daemon = nodes.start("b");
  await daemon.waitForLine(/"level":"warn".*keepalived\.conf cannot be written \(EBUSY\)/);
  await nodes.untilHeldBy("b");
  daemon.kill("SIGTERM");
  t.match(await daemon.exited, { code: 0 });
  t.equal(contentOf(host), `${WRITTEN_BY_VRRPD}\n`);
  t.same(namesIn(host).sort(), ["keepalived.conf", "ours"]);
}

const PLAN = planOf({});

/** A folder, and what writes a file there. */
function writerIn(t: Test) {
  const folder = t.testdir({});
  const path = join(folder, "keepalived.conf");
  const problems: string[] = [];
  return {
    folder,
    path,
    problems,
    written: new WrittenConf({ path, onProblem: (one) => problems.push(one) }),
  };
}

/** What may be there, how it is made, and what is said of it. */
const OBSTACLES: Readonly<Record<string, readonly [make: (path: string) => void, said: RegExp]>> = {
  "a file of somebody else": [(path) => writeFileSync(path, "mine"), /is a file that vrrpd has not written/],
  "one that begins alike": [
    (path) => writeFileSync(path, `${WRITTEN_BY_VRRPD} Not.\n`),
    /is a file that vrrpd has not written/,
  ],
  "a link": [(path) => symlinkSync("/etc/passwd", path), /is a symbolic link/],
  "a link to nowhere": [(path) => symlinkSync("nowhere", path), /is a symbolic link/],
  "a folder": [(path) => mkdirSync(path), /is no regular file/],
  "a FIFO": [(path) => void execFileSync("mkfifo", [path]), /is no regular file/],
};

for (const [what, [make, said]] of Object.entries(OBSTACLES)) {
  t.test(`${what} stays`, async (t) => {
    const { folder, path, problems, written } = writerIn(t);
    make(path);
    const look = () => {
      const { ino, size, mode, mtimeNs } = lstatSync(path, { bigint: true });
      return [readdirSync(folder), ino, size, mode, mtimeNs];
    };
    const before = look();
    written.write(PLAN);
    await until(() => problems.length > 0, { what: "the warning" });
    await written.remove();
    t.same(await removeWrittenConf(path), []);
    t.same(look(), before);
    t.equal(problems.length, 1);
    t.match(problems[0], said);
  });
}

t.test("the last of several plans is written; what another daemon wrote meanwhile stays", async (t) => {
  const { folder, path, problems, written } = writerIn(t);
  for (const priority of ["7", "8", "9"]) written.write(planOf({ VRRPD_PRIORITY: priority }));
  await until(() => existsSync(path), { what: "the file" });
  t.match(readFileSync(path, "utf8"), /priority 9\n/);
  const another = `${WRITTEN_BY_VRRPD}\n# By another one.\n`;
  writeFileSync(path, another);
  await written.remove();
  t.equal(readFileSync(path, "utf8"), another);
  t.same([readdirSync(folder), problems], [["keepalived.conf"], []]);
});

t.test("a folder that is missing is made; one that cannot be is one warning", async (t) => {
  const folder = t.testdir({ file: "" });
  const problems: string[] = [];
  const at = (path: string) => new WrittenConf({ path, onProblem: (one) => problems.push(one) });
  at(`${folder}/a/b/c.conf`).write(PLAN);
  await until(() => existsSync(`${folder}/a/b/c.conf`), { what: "the file" });
  at(`${folder}/file/c.conf`).write(PLAN);
  await until(() => problems.length > 0, { what: "the warning" });
  t.match(problems, [/file\/c\.conf cannot be written \(E\w+\), with what runs; vrrpd goes on without/]);
});
