/** One command line for Keepalived and for our command of its name: the same exit code, and the same words where programs read them. */
import { chmodSync, writeFileSync } from "node:fs";
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { ROOT } from "../lab/daemons/vrrpd.js";
import { type CommandResult, createLan, type Host, type Lan } from "../netns/index.js";

const FOLDER = "/etc/keepalived";
const OURS = `${ROOT}/dist/bin/keepalived.js`;
const GOOD = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    192.0.2.100
  }
}
`;
const FILES: Readonly<Record<string, string>> = {
  "keepalived.conf": GOOD,
  "warned.conf": `${GOOD}bogus 1\n`,
  "refused.conf": GOOD.replace("eth0", "eth7"),
  "alone.conf": GOOD.replace("router_id 51", "router_id 51\n  priority"),
  "executable.conf": GOOD,
  "include.conf": `include ${FOLDER}/nothing-*.conf\n${GOOD}`,
};

let lan: Lan;
let host: Host;

t.before(async () => {
  lan = await createLan({ hosts: { a: { addresses: ["192.0.2.1/24"] } }, privateDirectories: [FOLDER] });
  host = lan.host("a");
  for (const [name, text] of Object.entries(FILES)) writeFileSync(host.pathOf(`${FOLDER}/${name}`), text);
  for (const name of Object.keys(FILES))
    chmodSync(host.pathOf(`${FOLDER}/${name}`), name.startsWith("executable") ? 0o755 : 0o644);
});
t.teardown(() => lan.destroy());

/** Where the exit codes differ, and why. */
const DIFFERENCES: Readonly<Record<string, readonly [theirs: number, ours: number, why: string]>> = {
  "-t -f FOLDER/alone.conf": [2, 5, "it is refused like any other"],
  "-t -f FOLDER/executable.conf": [0, 6, "whoever tests must not take an unread file for a good one"],
  "-t -f /nowhere": [0, 6, "the same"],
  "-t -S 9": [5, 1, "the options are wrong, not the configuration"],
  "-t -S local7": [5, 0, "Keepalived 2.2.7 does not understand what its help says"],
  "-t -S user": [5, 0, "the same"],
  "-t -u 9": [0, 1, "Keepalived takes any text for a number"],
  "-t -s blue": [0, 1, "vrrpd does not change its network namespace"],
  "-f FOLDER/refused.conf": [0, 2, "whoever is started in the background waits for what becomes of it"],
};

const LINES = [
  ...["-vf", "-T", "--bogus", "-f", "--log", "-t -x word", "-t/run/said"],
  ...["-t -S 9", "-t -S local7", "-t -S user", "-t -u 9", "-t -s blue"],
  ...["--use=FOLDER/warned.conf -t", "-t -f /nowhere", "-t -f FOLDER/alone.conf"],
  ...["-t -f FOLDER/executable.conf", "-t -e -f FOLDER/include.conf"],
  ...["-n -f FOLDER/refused.conf", "-n -e -f FOLDER/include.conf", "-f /nowhere", "-f FOLDER/refused.conf"],
];

/** What does not end by itself has three seconds. */
async function runBoth(line: string): Promise<[theirs: CommandResult, ours: CommandResult]> {
  const words = line.replaceAll("FOLDER", FOLDER).split(" ");
  const { path, env } = findProgram("usr/sbin/keepalived");
  const theirs = await host.run(["timeout", "3", path, ...words], { env });
  return [theirs, await host.run([OURS, ...words])];
}

t.test("exit codes: the same, but for those that are named here", async (t) => {
  for (const line of LINES) {
    const [theirs, ours] = await runBoth(line);
    const [theirsExpected, oursExpected, why] = DIFFERENCES[line] ?? [ours.code, theirs.code, "the same"];
    t.equal(theirs.code, theirsExpected, `${line}: ${why}`);
    t.equal(ours.code, oursExpected, `${line}: ${why}`);
  }
  t.strictSame(
    Object.keys(DIFFERENCES).filter((line) => !LINES.includes(line)),
    [],
    "each difference is tried",
  );
});

t.test("the numbers of signals", async (t) => {
  for (const name of ["STOP", "DATA", "STATS_CLEAR", "JSON", "HUP"]) {
    const [theirs, ours] = await runBoth(`--signum=${name}`);
    t.equal(ours.code, theirs.code, name);
    t.equal(ours.stdout, theirs.stdout, name);
  }
});

t.test("the version: where exporters look for it, and as they read it", async (t) => {
  const [theirs, ours] = await runBoth("-v");
  const versionOf = ({ stderr }: CommandResult) =>
    /^Keepalived v(\S+) \(.*\)$/.exec(stderr.split("\n")[0]!)?.[1];
  t.ok(versionOf(theirs));
  t.equal(versionOf(ours), versionOf(theirs));
  t.match(ours.stderr, /^Config options: .*\bVRRP\b.*\bJSON\b/m);
});

t.test("-t says in a file what it would say on standard error", async (t) => {
  const [, said] = await runBoth("-t -f FOLDER/warned.conf");
  const [, silent] = await runBoth("-t/run/said -f FOLDER/warned.conf");
  t.match(said.stderr, `${FOLDER}/warned.conf:8:1: bogus`);
  t.equal(silent.stderr, "");
  t.equal(await host.ok(["cat", "/run/said"]), said.stderr);
});
