import t, { type Test } from "tap";
import type { NotifyCommand, NotifyEvent, NotifyState } from "../../../src/core/notify.js";
import { ownEnvironment } from "../../../src/host/scripts/environment.js";
import { Launcher } from "../../../src/host/scripts/launcher.js";
import { createNotifier, type Notifier } from "../../../src/host/scripts/notify.js";
import { notifyCommand } from "../../core/configurations.js";
import { isRunning, ScriptFolder, until, zombieCount } from "./script-folder.js";

const LONG_MILLIS = 60_000;

class Scene {
  readonly folder: ScriptFolder;
  readonly problems: string[] = [];
  readonly notifier: Notifier;

  constructor(t: Test, timeoutMillis = LONG_MILLIS) {
    this.folder = new ScriptFolder(t);
    const launcher = new Launcher({ environment: ownEnvironment(), identity: null, security: false });
    this.notifier = createNotifier({
      launchers: { as: () => launcher },
      timeoutMillis,
      onProblem: (instance, sentence) => this.problems.push(`${instance}: ${sentence}`),
    });
  }

  notify(instance: string, command: readonly string[], ...states: NotifyState[]): void {
    for (const state of states) this.tell(instance, state, [notifyCommand({ command })]);
  }

  tell(instance: string, state: NotifyEvent, commands: readonly NotifyCommand[]): void {
    this.notifier.notify(instance, { of: "INSTANCE", state, priority: 100, commands });
  }

  /** Runs that have begun. */
  async runs(count: number): Promise<string[]> {
    await until(() => this.folder.lines("runs").length >= count);
    return this.folder.lines("runs");
  }
}

t.test("a script gets INSTANCE, the name, the state and the priority after its own words", async (t) => {
  const scene = new Scene(t);
  const file = scene.folder.shell("notify", 'printf "%s|" "$@" >> runs; echo >> runs');
  scene.notify("ipfailover_VIP_1", [file, "two words"], "MASTER");
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  t.same(await scene.runs(1), ["two words|INSTANCE|ipfailover_VIP_1|MASTER|100|"]);
  t.same(scene.problems, []);
});

t.test(
  "runs of one instance keep their order and never overlap, though the first ones are slow",
  async (t) => {
    const scene = new Scene(t);
    // Each run sleeps less than the one before it: side by side they would end in reverse.
    const file = scene.folder.shell(
      "notify",
      "n=$(ls -d slot* 2>/dev/null | wc -l)\nmkdir slot$n lock || echo overlap >> runs\nsleep 0.$((4 - n))\nrmdir lock\necho $3 >> runs",
    );
    scene.notify("a", [file], "BACKUP", "MASTER", "BACKUP", "STOP");
    t.equal(await scene.notifier.drain(LONG_MILLIS), true);
    t.same(await scene.runs(4), ["BACKUP", "MASTER", "BACKUP", "STOP"]);
  },
);

t.test("only an immediate repeat of a state is skipped", async (t) => {
  const scene = new Scene(t);
  const file = scene.folder.shell("notify", "echo $3 >> runs");
  scene.notify("a", [file], "MASTER", "MASTER", "BACKUP", "MASTER", "MASTER", "FAULT");
  await scene.runs(4);
  scene.notify("a", [file], "FAULT", "STOP");
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  t.same(await scene.runs(5), ["MASTER", "BACKUP", "MASTER", "FAULT", "STOP"]);
});

t.test("instances do not wait for each other", async (t) => {
  const scene = new Scene(t);
  scene.notify("a", [scene.folder.shell("hang", "echo $$ > self; exec sleep 1000")], "MASTER");
  const self = await scene.folder.pid("self");
  t.teardown(() => process.kill(self, "SIGKILL"));
  scene.notify("b", [scene.folder.shell("notify", "echo $2 >> runs")], "MASTER");
  t.same(await scene.runs(1), ["b"]);
  t.equal(isRunning(self), true);
});

t.test(
  "a script that hangs is ended, is said, and the next one runs; what it left behind is let run",
  async (t) => {
    const scene = new Scene(t, 500);
    const hang = scene.folder.shell(
      "hang",
      "sleep 1000 & echo $! >> children\necho $$ >> selves\nsleep 1000",
    );
    const file = scene.folder.shell("notify", "echo $3 >> runs");
    scene.notify("a", [hang], "MASTER");
    const [self, child] = [await scene.folder.pid("selves"), await scene.folder.pid("children")];
    t.teardown(() => process.kill(child, "SIGKILL"));
    scene.notify("a", [file], "BACKUP");
    t.same(await scene.runs(1), ["BACKUP"]);
    t.same(scene.problems, [
      `a: notify script ${hang} (MASTER): timed out after 0.5 s with another one waiting behind it, and is ended`,
    ]);
    t.equal(isRunning(self), false);
    t.equal(isRunning(child), true);
    await until(() => zombieCount() === 0);
  },
);

t.test("a script behind which none waits may take as long as it likes", async (t) => {
  const scene = new Scene(t, 100);
  const slow = scene.folder.shell(
    "slow",
    "echo $$ > self; while [ ! -e go ]; do sleep 0.05; done; echo done >> runs",
  );
  scene.notify("a", [slow], "MASTER", "MASTER");
  const self = await scene.folder.pid("self");
  const from = performance.now();
  await until(() => performance.now() - from > 1_000);
  t.equal(isRunning(self), true, "ten times its limit");
  scene.folder.write("go", "");
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  t.same(await scene.runs(1), ["done"]);
  t.same(scene.problems, []);
});

t.test("the limit counts from the moment when another waits, for those that waited as well", async (t) => {
  const scene = new Scene(t, 400);
  const hang = scene.folder.shell("hang", "echo $3 >> runs; exec sleep 1000");
  scene.notify("a", [hang], "MASTER");
  await scene.runs(1);
  const from = performance.now();
  await until(() => performance.now() - from > 600);
  const quick = scene.folder.shell("quick", "echo $3 >> runs");
  scene.notify("a", [hang], "BACKUP");
  scene.notify("a", [quick], "FAULT");
  t.same(await scene.runs(3), ["MASTER", "BACKUP", "FAULT"]);
  t.match(scene.problems, [/\(MASTER\): timed out after 0\.4 s/, /\(BACKUP\): timed out after 0\.4 s/]);
});

t.test("a script that fails is said, and the next one runs", async (t) => {
  const scene = new Scene(t);
  const missing = scene.folder.file("none");
  const failing = scene.folder.shell("failing", "exit 4");
  const killed = scene.folder.shell("killed", "kill -ABRT $$");
  scene.notify("a", [missing], "BACKUP");
  scene.notify("a", [failing], "MASTER");
  scene.notify("a", [killed], "FAULT");
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  t.same(scene.problems, [
    `a: notify script ${missing} (BACKUP): ${missing} is missing`,
    `a: notify script ${failing} (MASTER): exited with code 4`,
    `a: notify script ${killed} (FAULT): ended by SIGABRT`,
  ]);
});

t.test("a file without #! is run by /bin/sh", async (t) => {
  const scene = new Scene(t);
  const file = scene.folder.write("plain", `echo "$3 $4" >> ${scene.folder.file("runs")}\n`);
  scene.notify("a", [file], "MASTER");
  t.same(await scene.runs(1), ["MASTER 100"]);
});

t.test("a service left in the background keeps a standard output", async (t) => {
  const scene = new Scene(t);
  const file = scene.folder.shell(
    "notify",
    "(while [ ! -e go ]; do sleep 0.05; done; echo still here; echo $? >> runs) &",
  );
  scene.notify("a", [file], "MASTER");
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  scene.folder.write("go", "");
  t.same(await scene.runs(1), ["0"]);
});

t.test("at the end STOP does not wait for what hangs: it is started beside it", async (t) => {
  const scene = new Scene(t);
  const hang = scene.folder.shell("hang", "echo $$ > self; exec sleep 1000");
  const file = scene.folder.shell("notify", "echo $2 $3 >> runs");
  scene.notify("a", [hang], "MASTER");
  const self = await scene.folder.pid("self");
  t.teardown(() => process.kill(self, "SIGKILL"));
  scene.notify("a", [file], "BACKUP", "STOP");
  scene.notify("b", [file], "STOP");
  t.equal(await scene.notifier.drain(1_000), false);
  t.same((await scene.runs(2)).sort(), ["a STOP", "b STOP"]);
  t.same(scene.problems, [
    `a: notify script ${file} (BACKUP) is not run: notify script ${hang} (MASTER) still runs and vrrpd is ending`,
    `a: notify script ${file} (STOP) is started beside notify script ${hang} (MASTER), which still runs`,
    `a: vrrpd ends before notify script ${hang} (MASTER), which may outlive it`,
  ]);
  t.equal(isRunning(self), true, "what runs is let run");
  scene.notify("a", [file], "BACKUP");
  t.match(scene.problems[3], /\(BACKUP\) is not run: vrrpd is ending$/);
});

t.test("at the end STOP keeps its turn behind what is about to be done", async (t) => {
  const scene = new Scene(t);
  const file = scene.folder.shell("notify", "echo $$ > self; sleep 0.3; echo $3 >> runs");
  scene.notify("a", [file], "MASTER");
  await scene.folder.pid("self");
  scene.notify("a", [file], "STOP");
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  t.same(await scene.runs(2), ["MASTER", "STOP"]);
  t.same(scene.problems, []);
});

t.test("a STOP that takes longer than the end waits is said, and let run", async (t) => {
  const scene = new Scene(t);
  const slow = scene.folder.shell(
    "slow",
    "echo $$ > self; while [ ! -e go ]; do sleep 0.05; done; echo $3 >> runs",
  );
  scene.notify("a", [slow], "STOP");
  await scene.folder.pid("self");
  t.equal(await scene.notifier.drain(0), false);
  t.same(scene.problems, [`a: vrrpd ends before notify script ${slow} (STOP), which may outlive it`]);
  scene.folder.write("go", "");
  t.same(await scene.runs(1), ["STOP"]);
});

/** Told of one state alone. */
function ofState(on: NotifyCommand["on"], file: string, ...words: string[]): NotifyCommand {
  return notifyCommand({ on, command: [file, ...words] });
}

t.test("those of one state run beside each other; the next state waits for both", async (t) => {
  const scene = new Scene(t);
  // Each waits for the other: one after the other they would never end.
  const meet = (name: string, other: string) =>
    scene.folder.shell(
      name,
      `echo "${name} $*" >> runs; : > ${name}.is; while [ ! -e ${other}.is ]; do sleep 0.02; done`,
    );
  const own = meet("own", "general");
  const general = meet("general", "own");
  scene.tell("a", "MASTER", [
    ofState("MASTER", own, "one", "two words"),
    notifyCommand({ command: [general] }),
  ]);
  const quick = scene.folder.shell("quick", 'echo "quick $*" >> runs');
  scene.tell("a", "BACKUP", [ofState("BACKUP", quick)]);
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  const [first, second, third] = await scene.runs(3);
  t.same([first, second].sort(), ["general INSTANCE a MASTER 100", "own one two words"]);
  t.equal(third, "quick ", "a state's own command gets its words alone");
  t.same(scene.problems, []);
});

t.test("each script of a state is named where it fails", async (t) => {
  const scene = new Scene(t);
  const [four, five] = [scene.folder.shell("four", "exit 4"), scene.folder.shell("five", "exit 5")];
  scene.tell("a", "FAULT", [ofState("FAULT", four), notifyCommand({ command: [five] })]);
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
  t.same(scene.problems.sort(), [
    `a: notify script ${five} (FAULT): exited with code 5`,
    `a: notify script ${four} (FAULT): exited with code 4`,
  ]);
});

t.test("adverts of lower priority: told again, one waits at most, and no state waits for them", async (t) => {
  const scene = new Scene(t);
  const slow = scene.folder.shell("slow", "echo lower >> runs; while [ ! -e go ]; do sleep 0.02; done");
  const lower = [ofState("LOWER_PRIORITY", slow)];
  for (let heard = 0; heard < 500; heard += 1) scene.tell("a", "LOWER_PRIORITY", lower);
  await scene.runs(1);
  scene.notify("a", [scene.folder.shell("notify", "echo $3 >> runs")], "BACKUP");
  t.same(await scene.runs(2), ["lower", "BACKUP"]);
  t.same(
    [...new Set(scene.problems)],
    [`a: notify script ${slow} (LOWER_PRIORITY) is not run: one that waits already stands for it`],
  );
  t.equal(scene.problems.length, 498);
  scene.folder.write("go", "");
  t.same(await scene.runs(3), ["lower", "BACKUP", "lower"]);
  t.equal(await scene.notifier.drain(LONG_MILLIS), true);
});

t.test("of states that wait the oldest are dropped, each of their scripts with a word", async (t) => {
  const scene = new Scene(t);
  const hang = scene.folder.shell("hang", "echo $$ > self; while [ ! -e go ]; do sleep 0.02; done");
  const [own, general] = [scene.folder.shell("own", ":"), scene.folder.shell("general", "echo $3 >> runs")];
  scene.notify("a", [hang], "FAULT");
  await scene.folder.pid("self");
  const both = (on: "MASTER" | "BACKUP") => [ofState(on, own), notifyCommand({ command: [general] })];
  for (let round = 0; round < 129; round += 1) {
    scene.tell("a", "MASTER", both("MASTER"));
    scene.tell("a", "BACKUP", both("BACKUP"));
  }
  t.same(scene.problems, [
    `a: notify script ${own} (MASTER) is not run: too many wait before it`,
    `a: notify script ${general} (MASTER) is not run: too many wait before it`,
    `a: notify script ${own} (BACKUP) is not run: too many wait before it`,
    `a: notify script ${general} (BACKUP) is not run: too many wait before it`,
  ]);
  scene.folder.write("go", "");
  const runs = await scene.runs(256);
  t.same([runs.length, runs[0], runs[255]], [256, "MASTER", "BACKUP"]);
});

t.test("with nothing to do, drain returns at once", async (t) => {
  t.equal(await new Scene(t).notifier.drain(LONG_MILLIS), true);
});
