/** Scripts on a file system that does not answer: to look at them holds up nothing else. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import t from "tap";
import { Launcher } from "../../../src/host/scripts/launcher.js";
import { hang } from "../../native/hang.js";
import { ScriptFolder } from "./script-folder.js";

/** Many times as many as libuv's pool has threads. */
const RUNS = 16;
/** With security each script is opened before each run. */
const careful = () => new Launcher({ environment: ["PATH=/usr/bin:/bin"], identity: null, security: true });
const runOf = (launcher: Launcher, command: readonly string[]) =>
  launcher.run({ command, timeoutMillis: null, ends: "program", tailBytes: null });

t.test("a script that cannot be opened: files, and other scripts, are looked at all the same", async (t) => {
  const folder = new ScriptFolder(t);
  const [stuck, other] = [folder.shell("stuck", "exit 3"), folder.shell("other", "exit 4")];
  const launcher = careful();
  const release = await hang(t, stuck);
  let settled = 0;
  const runs = Array.from({ length: RUNS }, (_, i) =>
    runOf(launcher, [stuck, "INSTANCE", `instance ${i}`]).result.finally(() => {
      settled += 1;
    }),
  );
  const examined = launcher.examine([stuck]);
  t.match(await runOf(launcher, [other]).result, { type: "exited", exitCode: 4 });
  t.match(await launcher.examine([other]), { problem: null });
  t.ok((await readFile("/proc/self/status")).length > 0);
  t.equal(settled, 0, "all wait meanwhile");
  release();
  for (const result of await Promise.all(runs)) t.match(result, { type: "exited", exitCode: 3 });
  t.match(await examined, { problem: null });
});

t.test("a FIFO in the place of a script is not waited for", async (t) => {
  const folder = new ScriptFolder(t);
  const fifo = folder.file("fifo");
  execFileSync("mkfifo", ["-m", "755", fifo]);
  const launcher = careful();
  t.match(await runOf(launcher, [fifo]).result, { type: "notStarted", code: "EACCES" });
  t.match(await launcher.examine([fifo]), { problem: /is not a file/ });
});
