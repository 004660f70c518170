import t from "tap";
import { type Run, type RunOptions, run } from "../../../src/host/scripts/run.js";
import { isRunning, ScriptFolder, until, zombieCount } from "./script-folder.js";

const ENVIRONMENT = [`PATH=${process.env.PATH}`];
const LONG_MILLIS = 60_000;

function start(command: readonly string[], options: Partial<RunOptions> = {}): Run {
  return run({
    command,
    environment: ENVIRONMENT,
    timeoutMillis: LONG_MILLIS,
    ends: "group",
    tailBytes: 256,
    prepare: null,
    identity: null,
    ...options,
  });
}

t.test("a program gets its arguments as they are, its environment, and no input", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("args", 'printf "%s|" "$@" "$GREETING"; cat; exit 3');
  const result = await start([file, "a b", "$HOME", "*", ""], {
    environment: [...ENVIRONMENT, "GREETING=hello"],
  }).result;
  t.match(result, {
    type: "exited",
    exitCode: 3,
    output: { tail: "a b|$HOME|*||hello|", discardedBytes: 0 },
  });
});

t.test("a program leads a process group of its own", async (t) => {
  const folder = new ScriptFolder(t);
  const result = await start([folder.shell("group", 'echo $$ $(cut -d" " -f5 /proc/$$/stat)')]).result;
  const [pid, group] = result.type === "exited" ? result.output.tail.trim().split(" ") : [];
  t.ok(pid);
  t.equal(group, pid);
});

t.test("a file without #! runs under /bin/sh", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.write("plain", 'echo "$0 $1"\nexit 7\n');
  t.match(await start([file, "x"]).result, { type: "exited", exitCode: 7, output: { tail: `${file} x\n` } });
});

t.test("an end by signal is named", async (t) => {
  const folder = new ScriptFolder(t);
  t.match(await start([folder.shell("segv", "kill -SEGV $$")]).result, {
    type: "signalled",
    signal: "SIGSEGV",
  });
});

t.test("a program that is not there, or is not executable, is not started", async (t) => {
  const folder = new ScriptFolder(t);
  t.same(await start([folder.file("none")]).result, { type: "notStarted", code: "ENOENT" });
  t.same(await start([folder.write("plain", "#!/bin/sh\n", 0o644)]).result, {
    type: "notStarted",
    code: "EACCES",
  });
  await start([folder.file("none")]).gone;
});

t.test("what is left in the background can write on, and holds the output until it ends", async (t) => {
  const folder = new ScriptFolder(t);
  const service = "while [ ! -e enough ]; do echo tick && echo line >> lines; sleep 0.05; done";
  const { result, outputClosed } = start([folder.shell("start", `echo started\n( ${service} ) &`)]);
  t.match(await result, { type: "exited", exitCode: 0, output: { tail: /^started\n/ } });
  let isHeld = true;
  void outputClosed.then(() => {
    isHeld = false;
  });
  await until(() => folder.lines("lines").length > 5);
  t.ok(isHeld);
  folder.write("enough", "");
  await until(() => !isHeld);
  t.pass("its end is noticed");
});

t.test("only the end of the output is kept, the rest is counted", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("long", "head -c 1000000 /dev/zero | tr '\\0' a; echo end");
  const result = await start([file], { tailBytes: 10 }).result;
  const output = { tail: "aaaaaaend\n", discardedBytes: 1_000_004 - 10 };
  t.same(result, { type: "exited", exitCode: 0, output });
});

t.test("a timeout is told, and ends what hangs", async (t) => {
  const folder = new ScriptFolder(t);
  const current = start([folder.shell("hang", "echo $$ > self\nsleep 1000")], { timeoutMillis: 300 });
  t.same(await current.result, { type: "timeout" });
  await current.gone;
  t.same(folder.lines("self").map(Number).filter(isRunning), []);
  t.equal(zombieCount(), 0);
});

t.test("a program that ignores SIGTERM is ended after the grace, with what it has started", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell(
    "stubborn",
    'trap "" TERM\nsleep 1000 & echo $! > child\necho $$ > self\nwait\nsleep 1000',
  );
  const current = start([file]);
  const [self, child] = [await folder.pid("self"), await folder.pid("child")];
  current.end(100);
  t.match(await current.result, { type: "signalled", signal: "SIGKILL" });
  await current.gone;
  t.equal(isRunning(self), false);
  t.equal(isRunning(child), false);
  t.equal(zombieCount(), 0);
});

t.test("a group whose leader ends on SIGTERM is ended to the last process", async (t) => {
  const folder = new ScriptFolder(t);
  folder.shell("deaf", 'trap "" TERM\necho $$ > deaf-pid\nwhile :; do sleep 1; done');
  const file = folder.shell("leader", "./deaf &\necho $$ > leader-pid\nwait");
  const current = start([file]);
  const [leader, deaf] = [await folder.pid("leader-pid"), await folder.pid("deaf-pid")];
  current.end(200);
  t.match(await current.result, { type: "signalled", signal: "SIGTERM" });
  await until(() => !isRunning(leader));
  await current.gone;
  t.equal(isRunning(deaf), false);
});

t.test(
  "after an exit in time, what runs in the background is let run and does not hold anything up",
  async (t) => {
    const folder = new ScriptFolder(t);
    const current = start([folder.shell("fork", "sleep 1000 & echo $! > child; exit 0")]);
    t.match(await current.result, { type: "exited", exitCode: 0 });
    await current.gone;
    const child = await folder.pid("child");
    t.teardown(() => process.kill(child, "SIGKILL"));
    t.equal(isRunning(child), true);
  },
);

t.test("without its group only the program itself is ended", async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("hang", "sleep 1000 & echo $! > child; echo $$ > self; wait");
  const current = start([file], { ends: "program" });
  const [self, child] = [await folder.pid("self"), await folder.pid("child")];
  current.end(100);
  await current.gone;
  t.teardown(() => process.kill(child, "SIGKILL"));
  t.equal(isRunning(self), false);
  t.equal(isRunning(child), true);
});

t.test("a run that is ended before it has begun does not stay", async (t) => {
  const folder = new ScriptFolder(t);
  const current = start([folder.shell("hang", "exec sleep 1000")]);
  current.end(100);
  const result = await current.result;
  // Which of both depends on how far its thread has come.
  if (result.type === "refused") t.equal(result.why, "it was to end before it began");
  else t.equal(result.type, "signalled");
  await current.gone;
  t.equal(zombieCount(), 0);
});
