import t, { type Test } from "tap";
import type { NotifyState } from "../../../src/core/effect.js";
import { createNotifier, type Notifier } from "../../../src/host/scripts/notify.js";
import { isRunning, ScriptFolder, until, zombieCount } from "./script-folder.js";

const LONG_MILLIS = 60_000;

class Scene {
  readonly folder: ScriptFolder;
  readonly problems: string[] = [];
  readonly notifier: Notifier;

  constructor(t: Test, timeoutMillis = LONG_MILLIS) {
    this.folder = new ScriptFolder(t);
    this.notifier = createNotifier({
      timeoutMillis,
      onProblem: (instance, sentence) => this.problems.push(`${instance}: ${sentence}`),
    });
  }

  notify(instance: string, command: readonly string[], ...states: NotifyState[]): void {
    for (const state of states) this.notifier.notify(instance, { command, state, priority: 100 });
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
    t.same(scene.problems, [`a: notify script ${hang} (MASTER): timed out after 0.5 s and is ended`]);
    t.equal(isRunning(self), false);
    t.equal(isRunning(child), true);
    t.equal(zombieCount(), 0);
  },
);

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

t.test("drain gives up: what has not started is dropped and said, what runs is let run", async (t) => {
  const scene = new Scene(t);
  const hang = scene.folder.shell("hang", "echo $$ > self; exec sleep 1000");
  const file = scene.folder.shell("notify", "echo $3 >> runs");
  scene.notify("a", [hang], "MASTER");
  scene.notify("a", [file], "STOP");
  scene.notify("b", [file], "STOP");
  const self = await scene.folder.pid("self");
  await scene.runs(1);
  t.teardown(() => process.kill(self, "SIGKILL"));
  t.equal(await scene.notifier.drain(50), false);
  t.same(scene.problems, [
    `a: notify script ${file} (STOP) is not run: notify script ${hang} (MASTER) still runs and vrrpd is ending`,
  ]);
  t.equal(isRunning(self), true);
  t.same(scene.folder.lines("runs"), ["STOP"], "the other instance has had its turn");
  scene.notify("a", [file], "BACKUP");
  t.match(scene.problems[1], /\(BACKUP\) is not run: vrrpd is ending$/);
});

t.test("with nothing to do, drain returns at once", async (t) => {
  t.equal(await new Scene(t).notifier.drain(LONG_MILLIS), true);
});
