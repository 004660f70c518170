/** Programs whose exec does not return, as on a file system whose server has gone. */
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import t, { type Test } from "tap";
import { spawn } from "../../src/host/native.js";
import { hang } from "./hang.js";
import { openDescriptors, until } from "./namespace.js";
import { processState, programDirectory, run } from "./programs.js";
import { addon, runScript, startScript } from "./script.js";

const { SIGKILL } = constants.signals;
const { ECANCELED } = constants.errno;
/** Many times as many as libuv's pool has threads. */
const HUNG = 40;

async function hangingProgram(t: Test): Promise<{ file: string; release: () => void }> {
  const file = programDirectory(t).add("hanging", "#!/bin/sh\nexit 3\n", 0o755);
  return { file, release: await hang(t, file) };
}

const optionsOf = (file: string) => ({ file, args: [file], environment: [], captureOutput: false });

t.test("execs that hang hold up no other program, no file and no name", async (t) => {
  const { file, release } = await hangingProgram(t);
  let returned = 0;
  const onStarted = () => {
    returned += 1;
  };
  const hung = Array.from({ length: HUNG }, () => run(file, [], { captureOutput: true, onStarted }));
  t.match(await run("/bin/true"), { exitCode: 0 });
  t.ok((await readFile("/proc/self/status")).length > 0, "a file, on libuv's pool");
  t.match(await lookup("127.0.0.1"), { family: 4 });
  t.equal(returned, 0, "they hang all the time");
  release();
  const ended = await Promise.all(hung);
  t.same([...new Set(ended.map(({ exitCode }) => exitCode))], [3], "and run once they can");
});

t.test("a hung exec keeps no pipe of others open, and lets its process end", async (t) => {
  const { file } = await hangingProgram(t);
  const { output, code } = await runScript(`
    native.spawn(${JSON.stringify({ ...optionsOf(file), captureOutput: true })}, () => {}, () => {});
    const options = { file: "/bin/echo", args: ["echo", "done"], environment: [], captureOutput: true };
    native.spawn(options, (_, { outputFd }) => {
      const socket = new (require("net").Socket)({ fd: outputFd });
      socket.on("data", (bytes) => process.stdout.write(bytes)).on("end", () => process.exit(7));
    }, () => {});`);
  t.match({ output, code }, { output: "done\n", code: 7 });
});

t.test("a start that hangs can be cancelled, whenever it is", async (t) => {
  const { file } = await hangingProgram(t);
  const before = openDescriptors();
  const results: Promise<unknown>[] = [];
  const cancels = Array.from({ length: HUNG }, (_, i) => {
    let cancel = () => {};
    results.push(
      new Promise((resolve) => {
        cancel = spawn(
          optionsOf(file),
          (errno, process) => process === null && resolve(errno),
          (_, signal) => resolve(signal),
        );
      }),
    );
    // Some at once, before they can have begun, the others at any later moment.
    if (i % 4 === 0) cancel();
    else if (i % 4 === 1) setTimeout(cancel, i % 5);
    return cancel;
  });
  setTimeout(() => {
    for (const cancel of cancels) cancel();
  }, 50);
  for (const result of await Promise.all(results)) {
    t.ok(result === ECANCELED || result === SIGKILL, `not begun, or killed: ${result}`);
  }
  for (const cancel of cancels) cancel();
  t.match(await run("/bin/sh", ["-c", "exit 5"]), { exitCode: 5 }, "later it does nothing");
  t.equal(openDescriptors(), before);
});

t.test("cancelling a program that runs does nothing", async (t) => {
  const options = { ...optionsOf("/bin/sleep"), args: ["sleep", "3600"] };
  let cancel = () => {};
  const ended = new Promise((resolve) => {
    cancel = spawn(
      options,
      async (_, started) => {
        cancel();
        await until(() => processState(started!.pid) === "S", "the program");
        process.kill(started!.pid, "SIGTERM");
      },
      (_, signal) => resolve(signal),
    );
  });
  t.equal(await ended, constants.signals.SIGTERM);
});

t.test("a worker ends while its execs hang, and they go once they can", async (t) => {
  const { file, release } = await hangingProgram(t);
  const worker = `
    const { parentPort, workerData } = require("worker_threads");
    const native = require(workerData);
    for (let i = 0; i < 8; i++) native.spawn(${JSON.stringify(optionsOf(file))}, () => {}, () => {});
    parentPort.postMessage("begun");`;
  const child = startScript(`
    const { readdirSync, readFileSync } = require("fs");
    const childrenOf = (task) => {
      try {
        return readFileSync("/proc/self/task/" + task + "/children", "utf8").match(/\\d+/g) ?? [];
      } catch {
        return []; // a thread that has just ended
      }
    };
    const children = () => readdirSync("/proc/self/task").flatMap(childrenOf).length;
    const until = (done) => new Promise((resolve) => {
      const poll = setInterval(() => done() && resolve(clearInterval(poll)), 5);
    });
    const { Worker } = require("worker_threads");
    const worker = new Worker(${JSON.stringify(worker)}, { eval: true, workerData: ${JSON.stringify(addon)} });
    worker.on("message", async () => {
      await until(() => children() === 8);
      await worker.terminate();
      console.log("ended");
      await until(() => native.reapOrphans() >= 0 && children() === 0);
      console.log("gone");
      process.exit(0);
    });`);
  let output = "";
  child.stderr!.on("data", (text) => t.comment(String(text)));
  for await (const chunk of child.stdout!) {
    output += chunk;
    if (output === "ended\n") release();
  }
  t.comment(String(child.exitCode), String(child.signalCode));
  t.equal(output, "ended\ngone\n");
});
