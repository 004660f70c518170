/** Who runs a command: its own user, that of all scripts, or the daemon's. */
import { chmodSync, chownSync } from "node:fs";
import t, { type Test } from "tap";
import type { ScriptSettings } from "../../../src/config/index.js";
import type { UserName } from "../../../src/core/notify.js";
import { Launchers } from "../../../src/host/scripts/launchers.js";
import { createNotifier } from "../../../src/host/scripts/notify.js";
import { notifyCommand } from "../../core/configurations.js";
import { ScriptFolder } from "./script-folder.js";

/** A namespace of users knows one, so that nobody can be another there. */
const otherUsers = process.getuid!() === 0 ? {} : { skip: "takes root: no other user is to be had" };
const NOBODY: UserName = { user: "nobody", group: null };
const NOBODY_IN_DAEMON: UserName = { user: "nobody", group: "daemon" };
const ROOT: UserName = { user: "root", group: null };

function launchers(settings: Partial<ScriptSettings> = {}): Launchers {
  const all: ScriptSettings = {
    user: null,
    confined: false,
    security: "none",
    environment: "inherit",
    notifyTimeoutMicros: 60_000_000,
    stopTimeoutMicros: 1_000_000,
    ...settings,
  };
  return new Launchers(all, { scriptUser: { variable: "THE_USER" } });
}

function folderForAll(t: Test): ScriptFolder {
  const folder = new ScriptFolder(t);
  chmodSync(folder.path, 0o777);
  return folder;
}

/** What /proc says of a run as this user. */
async function statusOf(t: Test, on: Launchers, user: UserName | null): Promise<Record<string, string>> {
  const run = on.as(user).run({
    command: ["/bin/cat", "/proc/self/status"],
    timeoutMillis: 60_000,
    ends: "group",
    tailBytes: 4096,
  });
  const result = await run.result;
  if (result.type !== "exited") throw new Error(result.type);
  t.equal(result.exitCode, 0);
  return Object.fromEntries(
    result.output.tail.split("\n").map((line) => line.split(/:\s+/) as [string, string]),
  );
}

t.test("a command's own user comes before that of all scripts", otherUsers, async (t) => {
  const on = launchers({ user: NOBODY });
  t.match(await statusOf(t, on, null), { Uid: /^65534\t65534/, Gid: /^65534\t/ });
  t.match(await statusOf(t, on, NOBODY_IN_DAEMON), { Uid: /^65534\t/, Gid: /^1\t/ });
  t.match(await statusOf(t, on, ROOT), { Uid: /^0\t/, Gid: /^0\t/ });
  t.match(await statusOf(t, launchers(), null), { Uid: /^0\t/ });
  t.equal(on.as(NOBODY), on.as({ ...NOBODY }), "one launcher for a user");
});

t.test(
  "not confined: root keeps what it has, another user may gain privileges by sudo",
  otherUsers,
  async (t) => {
    const on = launchers();
    const daemon = await statusOf(t, on, null);
    for (const set of ["CapPrm", "CapEff", "CapBnd", "NoNewPrivs"]) {
      t.equal((await statusOf(t, on, ROOT))[set], daemon[set], set);
    }
    const other = await statusOf(t, on, NOBODY);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) t.match(other[set], /^0+$/, set);
    t.equal(other.CapBnd, daemon.CapBnd);
    t.equal(other.NoNewPrivs, daemon.NoNewPrivs);
  },
);

t.test("confined: no capability, and none to be had", otherUsers, async (t) => {
  const on = launchers({ confined: true });
  for (const user of [ROOT, NOBODY]) {
    const status = await statusOf(t, on, user);
    for (const set of ["CapPrm", "CapEff", "CapBnd"]) t.match(status[set], /^0+$/, `${user.user} ${set}`);
    t.equal(status.NoNewPrivs, "1");
  }
});

t.test("notify scripts of one state run as their users", otherUsers, async (t) => {
  const folder = folderForAll(t);
  const file = folder.shell("notify", 'echo "$(id -u) $(id -g) $*" >> runs');
  const notifier = createNotifier({
    launchers: launchers(),
    timeoutMillis: 60_000,
    onProblem: (_, text) => t.fail(text),
  });
  folder.write("runs", "", 0o666);
  const commands = [
    notifyCommand({ on: "MASTER", command: [file, "own"], user: NOBODY_IN_DAEMON }),
    notifyCommand({ command: [file], user: NOBODY }),
    notifyCommand({ command: [file, "as the daemon"] }),
  ];
  notifier.notify("web", { of: "INSTANCE", state: "MASTER", priority: 7, commands });
  t.equal(await notifier.drain(60_000), true);
  t.same(folder.lines("runs").sort(), [
    "0 0 as the daemon INSTANCE web MASTER 7",
    "65534 1 own",
    "65534 65534 INSTANCE web MASTER 7",
  ]);
});

t.test("what its user may not run is said, by the setting where that has a name", otherUsers, async (t) => {
  const folder = folderForAll(t);
  const file = folder.write("closed", "#!/bin/sh\n", 0o700);
  const problem = async (on: Launchers, user: UserName | null) => (await on.as(user).examine([file])).problem;
  t.equal(await problem(launchers({ user: NOBODY }), null), `${file} may not be run by nobody (THE_USER)`);
  t.equal(await problem(launchers(), NOBODY), `${file} may not be run by nobody`);
  t.equal(await problem(launchers(), ROOT), null);
});

t.test("script security judges a command by its own user", otherUsers, async (t) => {
  const folder = folderForAll(t);
  chmodSync(folder.path, 0o755);
  const file = folder.write("mine", "#!/bin/sh\n", 0o755);
  chownSync(file, 65534, 65534);
  const unsafe = async (user: UserName) => (await launchers().as(user).examine([file])).unsafe;
  t.equal(await unsafe(NOBODY), null, "what belongs to whoever runs it is in order");
  t.match(await unsafe(ROOT), /belongs to user 65534/);
});

t.test("script security as Keepalived has it is about root's scripts alone", otherUsers, async (t) => {
  const secure = async (security: ScriptSettings["security"], user: UserName) =>
    launchers({ security }).as(user).security;
  t.same(await Promise.all([secure("root", ROOT), secure("root", NOBODY)]), [true, false]);
  t.same(await Promise.all([secure("all", NOBODY), secure("none", ROOT)]), [true, false]);
});

t.test("an unknown user is refused by name", (t) => {
  const unknown = { user: "no-such-user", group: null };
  t.throws(() => launchers({ user: unknown }).as(null), {
    code: "ECONFIG",
    message: /^THE_USER names the user no-such-user/,
  });
  t.throws(() => launchers().as(unknown), {
    code: "ECONFIG",
    message: /^a script names the user no-such-user/,
  });
  t.end();
});
