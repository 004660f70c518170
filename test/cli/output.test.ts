/** What reads a command's output may go away, or be full: one sentence at most, and the command ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import t from "tap";

const VRRPD = ["--import=./scripts/typescript.mjs", "src/cli/main.ts"];
const NOBODY = "/nonexistent.sock";

async function endOf(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  const stderr = child.stderr === null ? "" : text(child.stderr);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stderr: await stderr };
}

t.test("a full device: one sentence, whichever stream it is", async (t) => {
  const full = openSync("/dev/full", "w");
  t.teardown(() => closeSync(full));
  const said = await endOf(
    spawn(process.execPath, [...VRRPD, "--version"], { stdio: ["ignore", full, "pipe"] }),
  );
  t.strictSame(said, { code: 1, stderr: "vrrpd: standard output takes nothing more (ENOSPC)\n" });
  const words = [...VRRPD, "status", "--socket", NOBODY];
  const complained = await endOf(spawn(process.execPath, words, { stdio: ["ignore", "pipe", full] }));
  t.equal(complained.code, 3, "the exit code says what the stream does not take");
});

t.test("status --watch ends with its reader", async (t) => {
  const words = [...VRRPD, "status", "--watch", "--socket", NOBODY];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  t.teardown(() => child.kill("SIGKILL"));
  const ended = endOf(child);
  await once(child.stdout, "data");
  child.stdout.destroy();
  t.strictSame(await ended, { code: 0, stderr: "" });
});
