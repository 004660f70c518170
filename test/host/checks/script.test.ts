import { chmodSync, rmSync, symlinkSync } from "node:fs";
import t, { type Test } from "tap";
import type { CheckOutcome } from "../../../src/core/input.js";
import {
  type CheckScript,
  type CheckScriptOptions,
  startCheckScript,
} from "../../../src/host/checks/script.js";
import { ownEnvironment } from "../../../src/host/scripts/environment.js";
import { Launcher } from "../../../src/host/scripts/launcher.js";
import { isRunning, ScriptFolder, until, zombieCount } from "../scripts/script-folder.js";

const SECOND = 1_000_000;
/** For runs that are to end by themselves, however slow the machine. */
const LONG_INTERVAL = 60 * SECOND;
/** For runs that follow each other. */
const SHORT_INTERVAL = 0.3 * SECOND;

class Watched {
  readonly results: [CheckOutcome, string][] = [];
  readonly problems: string[] = [];
  readonly check: CheckScript;

  constructor(t: Test, command: readonly string[], options: Partial<CheckScriptOptions> = {}) {
    this.check = startCheckScript({
      command,
      intervalMicros: LONG_INTERVAL,
      timeoutMicros: options.intervalMicros ?? LONG_INTERVAL,
      strict: false,
      launcher: new Launcher({ environment: ownEnvironment(), identity: null, security: false }),
      onResult: (outcome, detail) => this.results.push([outcome, detail]),
      onProblem: (sentence) => this.problems.push(sentence),
      ...options,
    });
    t.teardown(() => this.check.stop());
  }

  async first(): Promise<[CheckOutcome, string]> {
    await until(() => this.results.length > 0);
    return this.results[0]!;
  }

  /** Waits for a result of this kind after those that are there. */
  async next(outcome: CheckOutcome): Promise<string> {
    const from = this.results.length;
    await until(() => this.results.slice(from).some(([kind]) => kind === outcome));
    return this.results.slice(from).find(([kind]) => kind === outcome)![1];
  }
}

t.test("exit 0 passes, anything else fails, with the last words of the output", async (t) => {
  const folder = new ScriptFolder(t);
  t.same(await new Watched(t, [folder.shell("good", "exit 0")]).first(), ["pass", "exited with code 0"]);
  const bad = folder.shell("bad", "echo nobody answers >&2\nprintf '  twice\\033[m\\n'; exit 9");
  t.same(await new Watched(t, [bad]).first(), ["fail", "exited with code 9: nobody answers twice\\u001b[m"]);
  const sly = folder.shell("sly", "printf 'ok \\342\\200\\256 \\342\\200\\213'; exit 1");
  t.same(await new Watched(t, [sly]).first(), ["fail", "exited with code 1: ok \\u202e \\u200b"]);
});

t.test("a file without #! is run by /bin/sh", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.write("plain", 'test "$1" = x\n');
  t.same(await new Watched(t, [file, "x"]).first(), ["pass", "exited with code 0"]);
});

t.test("the script has the environment of the daemon", async (t) => {
  const folder = new ScriptFolder(t);
  process.env.VRRPD_TEST_GREETING = "hello";
  t.teardown(() => {
    delete process.env.VRRPD_TEST_GREETING;
  });
  const file = folder.shell("environment", 'test "$VRRPD_TEST_GREETING" = hello');
  t.same(await new Watched(t, [file]).first(), ["pass", "exited with code 0"]);
});

t.test("a script that exits by signal fails, and the signal is named", async (t) => {
  const folder = new ScriptFolder(t);
  t.same(await new Watched(t, [folder.shell("segv", "kill -SEGV $$")]).first(), ["fail", "ended by SIGSEGV"]);
});

t.test("a script that is missing or not executable at start is disabled, with the reason", async (t) => {
  const folder = new ScriptFolder(t);
  const missing = folder.file("none");
  t.same(await new Watched(t, [missing]).first(), [
    "disabled",
    `${missing} is missing: the check is disabled`,
  ]);
  const plain = folder.write("plain", "#!/bin/sh\n", 0o644);
  const watched = new Watched(t, [plain], { intervalMicros: 0.02 * SECOND });
  t.same(await watched.first(), ["disabled", `${plain} is not executable: the check is disabled`]);
  chmodSync(plain, 0o755);
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(watched.results.length, 1, "it stays disabled");
});

t.test(
  "a script that is missing or not executable at start fails in strict mode, until it is there",
  async (t) => {
    const folder = new ScriptFolder(t);
    const file = folder.file("late");
    const watched = new Watched(t, [file], { strict: true, intervalMicros: SHORT_INTERVAL });
    t.same(await watched.first(), ["fail", `${file} is missing`]);
    folder.shell("late", "exit 0");
    await watched.next("pass");
  },
);

t.test("a time limit of its own: shorter than the interval, and longer", async (t) => {
  const folder = new ScriptFolder(t);
  const hang = folder.shell("hang", "echo $$ > self; exec sleep 1000");
  const short = new Watched(t, [hang], { timeoutMicros: 0.2 * SECOND });
  t.same(await short.first(), ["timeout", "timed out after 0.2 s"], "long before its interval is over");
  const self = await folder.pid("self");
  await until(() => !isRunning(self));
  const slow = folder.shell("slow", "echo run >> runs; sleep 0.5; exit 0");
  const long = new Watched(t, [slow], { intervalMicros: 0.05 * SECOND, timeoutMicros: 60 * SECOND });
  t.same(await long.first(), ["pass", "exited with code 0"]);
  await long.next("pass");
  t.ok(folder.lines("runs").length <= long.results.length + 1, "no run overlaps another");
});

t.test("a symbolic link is run by its own name, and a bare name from PATH", async (t) => {
  const folder = new ScriptFolder(t);
  symlinkSync(folder.shell("target", 'echo "$0"; exit 0'), folder.file("called"));
  const named = ["pass", `exited with code 0: ${folder.file("called")}`];
  t.same(await new Watched(t, [folder.file("called")]).first(), named);
  const launcher = new Launcher({ environment: [`PATH=${folder.path}`], identity: null, security: false });
  t.same(await new Watched(t, ["called"], { launcher }).first(), named);
  t.match(await new Watched(t, ["not-called"], { launcher }).first(), ["disabled", /is not in PATH/]);
});

t.test("a script that is deleted later fails", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("script", "exit 0");
  const watched = new Watched(t, [file], { intervalMicros: SHORT_INTERVAL });
  await watched.next("pass");
  rmSync(file);
  t.equal(await watched.next("fail"), `${file} is missing`);
});

t.test("a script that loses its x bit later fails, and passes when it has it again", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("script", "exit 0");
  const watched = new Watched(t, [file], { intervalMicros: SHORT_INTERVAL });
  await watched.next("pass");
  chmodSync(file, 0o644);
  t.equal(await watched.next("fail"), `${file} is not executable`);
  chmodSync(file, 0o755);
  await watched.next("pass");
});

t.test("a script whose interpreter is missing at start counts as missing", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.write("script", "#!/bin/sh\r\nexit 0\r\n");
  const [outcome, detail] = await new Watched(t, [file]).first();
  t.equal(outcome, "disabled");
  t.match(detail, /names the interpreter "\/bin\/sh\\r", which is missing.*: the check is disabled$/);
  const strict = new Watched(t, [file], { strict: true, intervalMicros: SHORT_INTERVAL });
  const [failure, why] = await strict.first();
  t.equal(failure, "fail");
  t.match(why, /names the interpreter/);
  folder.write("script", "#!/bin/sh\nexit 0\n");
  await strict.next("pass");
});

t.test("a script that loses its interpreter later fails", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("script", "exit 0");
  const watched = new Watched(t, [file], { intervalMicros: SHORT_INTERVAL });
  await watched.next("pass");
  folder.write("script", "#!/nowhere/interpreter\n");
  t.match(await watched.next("fail"), /names the interpreter "\/nowhere\/interpreter", which is missing$/);
});

t.test("a script that hangs times out, which is told apart from a failure, and is run again", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("hang", "echo $$ >> runs\nexec sleep 1000");
  const watched = new Watched(t, [file], { intervalMicros: SHORT_INTERVAL });
  t.same(await watched.first(), ["timeout", "timed out after 0.3 s"]);
  await until(() => folder.lines("runs").length > 2);
  await watched.check.stop();
  t.same(folder.lines("runs").map(Number).filter(isRunning), [], "no run is left");
  t.equal(zombieCount(), 0);
});

t.test("a script that ignores TERM is never run twice at once, and is gone in the end", async (t) => {
  const folder = new ScriptFolder(t);
  // Each run leaves a mark while it lives and notes when it finds another's.
  const body =
    'trap "" TERM\nmkdir lock || echo overlap >> overlaps\necho $$ >> runs\nsleep 1000 & wait\nsleep 1000';
  const watched = new Watched(t, [folder.shell("stubborn", body)], { intervalMicros: SHORT_INTERVAL });
  await watched.next("timeout");
  const first = await folder.pid("runs");
  await until(() => !isRunning(first));
  t.equal(folder.lines("runs").length, 1, "SIGKILL comes before the next run");
  rmSync(folder.file("lock"), { recursive: true });
  await until(() => folder.lines("runs").length > 1);
  await watched.check.stop();
  t.same(folder.lines("overlaps"), []);
  t.same(folder.lines("runs").map(Number).filter(isRunning), []);
});

t.test("children that a script leaves in the background do not hold up its result", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("fork", "sleep 1000 & echo $! > child\necho started; exit 1");
  t.same(await new Watched(t, [file]).first(), ["fail", "exited with code 1: started"]);
  const child = await folder.pid("child");
  t.teardown(() => process.kill(child, "SIGKILL"));
  t.equal(isRunning(child), true, "as under Keepalived they are let run");
});

t.test("children in the background go with a script that times out", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("fork", "sleep 1000 & echo $! >> children\nwait");
  const watched = new Watched(t, [file], { intervalMicros: SHORT_INTERVAL });
  const child = await folder.pid("children");
  await watched.next("timeout");
  await until(() => !isRunning(child));
});

t.test(
  "a script that floods its output with 1 GB passes; memory stays flat and the loop goes on",
  async (t) => {
    const folder = new ScriptFolder(t);
    const file = folder.shell("flood", "head -c 1073741824 /dev/zero; echo the end");
    const rssBefore = process.memoryUsage.rss();
    let rssPeak = 0;
    let ticks = 0;
    const startedAt = performance.now();
    const timer = setInterval(() => {
      ticks++;
      rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
    }, 5);
    const [outcome, detail] = await new Watched(t, [file]).first();
    clearInterval(timer);
    t.equal(outcome, "pass");
    t.equal(detail, "exited with code 0: the end (after 1073741576 bytes more)");
    const growthMegabytes = (rssPeak - rssBefore) / 1e6;
    t.ok(growthMegabytes < 60, `memory grew by ${growthMegabytes.toFixed(1)} MB`);
    const elapsedMillis = performance.now() - startedAt;
    t.ok(ticks > elapsedMillis / 100, `${ticks} ticks of a 5 ms timer in ${elapsedMillis.toFixed(0)} ms`);
  },
);

t.test("stop ends a script that ignores TERM, and no result comes after it", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("stubborn", 'trap "" TERM\necho $$ > self\nsleep 1000 & wait\nsleep 1000');
  const watched = new Watched(t, [file]);
  const self = await folder.pid("self");
  await watched.check.stop();
  await until(() => !isRunning(self));
  t.same(watched.results, []);
});
