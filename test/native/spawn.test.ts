import { spawn as nodeSpawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import t from "tap";
import { errnoName, kill, reapOrphans, spawn } from "../../src/host/native.js";
import { openDescriptors, until } from "./namespace.js";
import { processState, programDirectory, run } from "./programs.js";

const { SIGTERM, SIGKILL } = constants.signals;

t.test(
  "runs a program with its arguments and its environment alone, and captures both outputs",
  async (t) => {
    const script = 'printf "%s|" "$@"; echo err >&2; env; cat';
    const ended = await run("/bin/sh", ["-c", script, "name", "a b", "", "$HOME;*"], {
      environment: ["GREETING=hello world"],
      captureOutput: true,
    });
    t.match(ended, { exitCode: 0, signal: null });
    const [first, ...variables] = ended.output!.trim().split("\n");
    t.equal(first, "a b||$HOME;*|err");
    t.same(
      variables.filter((line) => !/^(PWD|SHLVL|_)=/.test(line)),
      ["GREETING=hello world"],
    );
  },
);

t.test("exit codes and signals", async (t) => {
  t.match(await run("/bin/sh", ["-c", "exit 42"]), { exitCode: 42, signal: null, output: null });
  t.match(await run("/bin/sh", ["-c", "kill -KILL $$"]), { exitCode: null, signal: SIGKILL });
});

t.test("a program that cannot be started is reported with its errno", async (t) => {
  const directory = programDirectory(t);
  const before = openDescriptors();
  const cases: [string, string][] = [
    ["/nonexistent/program", "ENOENT"],
    [directory.add("not-executable", "#!/bin/sh\n", 0o644), "EACCES"],
    ["/tmp", "EACCES"],
    [directory.add("no-interpreter-line", "echo hello\n", 0o755), "ENOEXEC"],
    [directory.add("interpreter-missing", "#!/nonexistent/sh\n", 0o755), "ENOENT"],
    ["/proc/version/x", "ENOTDIR"],
  ];
  for (const [file, name] of cases) {
    const errno: unknown = await run(file, [], { captureOutput: true }).catch((errno: unknown) => errno);
    t.equal(errnoName(Number(errno)), name, file);
  }
  t.equal(openDescriptors(), before);
});

t.test("begins with a clean slate: signals, descriptors, process group", async (t) => {
  const status = await run("/bin/cat", ["/proc/self/status"], { captureOutput: true });
  for (const field of ["SigBlk", "SigIgn", "SigCgt"]) {
    t.match(status.output, new RegExp(`^${field}:\\s+0+$`, "m"), field);
  }
  const listing = await run("/bin/ls", ["-l", "/proc/self/fd"], { captureOutput: true });
  t.match(listing.output, / 0 -> \/dev\/null/);
  t.match(listing.output, / 1 -> pipe:/);
  t.match(listing.output, / 2 -> pipe:/);
  const numbers = [...listing.output!.matchAll(/ (\d+) -> (\S+)/g)].filter(
    (entry) => !entry[2]!.startsWith("/proc/"),
  );
  t.same(
    numbers.map((entry) => entry[1]),
    ["0", "1", "2"],
  );
  const silent = await run("/bin/sh", [
    "-c",
    "test /dev/null -ef /proc/self/fd/1 && test /dev/null -ef /proc/self/fd/2",
  ]);
  t.equal(silent.exitCode, 0);
  const stat = await run("/bin/cat", ["/proc/self/stat"], { captureOutput: true });
  t.equal(Number(stat.output!.split(") ")[1]!.split(" ")[2]), stat.pid, "leads a process group");
  t.match(await run("/bin/readlink", ["/proc/self/cwd"], { captureOutput: true }), { output: "/\n" });
});

t.test("a descriptor without close-on-exec is not inherited either", async (t) => {
  const script = `
    const { spawn } = require(${JSON.stringify(process.cwd())} + "/native/index.cjs");
    const file = "/bin/ls";
    spawn({ file, args: [file, "/proc/self/fd"], environment: [], captureOutput: true }, (_, p) => fd = p.outputFd,
      () => process.stdout.write(require("fs").readFileSync(fd)));`;
  const stdio = ["ignore", "pipe", "inherit", "ignore", "ignore", "ignore", "ignore"] as const;
  const child = nodeSpawn(process.execPath, ["-e", script], { stdio: [...stdio], env: {} });
  let output = "";
  for await (const chunk of child.stdout!) output += chunk;
  t.same(output.trim().split("\n"), ["0", "1", "2", "3"], "3 is the directory that ls reads");
});

t.test("the whole process group can be ended", async (t) => {
  const ended = await run("/bin/sh", ["-c", "sleep 3600 & sleep 3600 & echo $!; wait"], {
    captureOutput: true,
    onStarted: (pid) => {
      // Not before the shell has started both: they are its children then.
      until(() => children(pid).length === 2, "the children").then(() => kill(-pid, SIGTERM));
    },
  });
  t.match(ended, { exitCode: null, signal: SIGTERM });
  await until(() => [null, "Z"].includes(processState(Number(ended.output))), "the end of the group");
});

t.test("a hundred at once leave no zombie and no descriptor", async (t) => {
  await run("/bin/true");
  const before = openDescriptors();
  const runs = Array.from({ length: 100 }, (_, i) =>
    run("/bin/sh", ["-c", `echo ${i}; exit ${i}`], { captureOutput: true }),
  );
  const ended = await Promise.all(runs);
  t.same(
    ended.map((one) => [one.exitCode, one.output]),
    ended.map((_, i) => [i, `${i}\n`]),
  );
  t.same(
    ended.map((one) => processState(one.pid)).filter((state) => state !== null),
    [],
    "all of them were reaped",
  );
  t.equal(openDescriptors(), before);
});

t.test("reapOrphans leaves the children of spawn alone", async (t) => {
  let finished = false;
  const runs = Array.from({ length: 50 }, (_, i) => run("/bin/sh", ["-c", `exit ${i}`]));
  const all = Promise.all(runs).finally(() => {
    finished = true;
  });
  let reaped = 0;
  while (!finished) {
    reaped += reapOrphans();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal(reaped, 0);
  t.same(
    (await all).map((one) => one.exitCode),
    runs.map((_, i) => i),
  );
});

t.test("lives beside Node's own child processes", async (t) => {
  const ours = Array.from({ length: 20 }, (_, i) => run("/bin/sh", ["-c", `exit ${i}`]));
  const theirs = Array.from(
    { length: 20 },
    (_, i) => new Promise((resolve) => nodeSpawn("/bin/sh", ["-c", `exit ${i}`]).on("exit", resolve)),
  );
  const codes = Array.from({ length: 20 }, (_, i) => i);
  t.same(await Promise.all(theirs), codes);
  t.same(
    (await Promise.all(ours)).map((one) => one.exitCode),
    codes,
  );
});

t.test("misuse is an error that says so", async (t) => {
  const options = { file: "/bin/true", args: [], environment: [], captureOutput: false };
  t.throws(() => spawn(options, () => {}, null as never), {
    message: "onStarted and onExit must be functions",
  });
  t.throws(
    () =>
      spawn(
        { ...options, args: "a" as never },
        () => {},
        () => {},
      ),
    { message: "args must be an array" },
  );
  for (const pid of [0, -1]) t.equal(errnoName(kill(pid, 0)), "EINVAL", "never more than one group");
  t.equal(kill(process.pid, 0), 0);
  t.throws(() => kill(Number.NaN, SIGTERM), { message: /^pid must be an integer/ });
});

function children(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
}
