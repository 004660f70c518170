import type { ChildProcess } from "node:child_process";
import { closeSync, createReadStream, openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import t, { type Test } from "tap";
import {
  assertLoopRan,
  type FloodReport,
  LONG_FLOOD_TURNS,
  messageOf,
  openFifo,
  SHORT_FLOOD_TURNS,
  startFlood,
} from "./flood.js";

interface Line {
  msg: string;
  lostLines?: number;
}

const LAST = "after the stall";

/** What the log holds once it is read: asks for one more line when the loss has been reported, and ends with it. */
async function readAfterStall(child: ChildProcess, stream: Readable): Promise<Line[]> {
  const lines: Line[] = [];
  let asked = false;
  for await (const text of createInterface({ input: stream })) {
    const line: Line = JSON.parse(text);
    lines.push(line);
    if (line.lostLines !== undefined && !asked) asked = child.send(LAST) || true;
    if (line.msg === LAST) break;
  }
  return lines;
}

async function assertLossIsReported(t: Test, child: ChildProcess, stream: Readable): Promise<void> {
  const report = await messageOf<FloodReport>(child);
  assertLoopRan(t, report, LONG_FLOOD_TURNS);
  t.ok(report.lostLines > 0, `${report.lostLines} lines lost`);
  const lines = await readAfterStall(child, stream);
  const reported = lines.reduce((sum, line) => sum + (line.lostLines ?? 0), 0);
  t.equal(reported, report.lostLines, "the log says how many lines are missing");
  const read = lines.filter((line) => line.msg.startsWith("line ")).length;
  t.equal(read + reported, LONG_FLOOD_TURNS * 50, "each line was written or counted");
}

t.test("a pipe that nobody reads does not hold up the loop, and the loss is reported later", async (t) => {
  const { readFd, writeFd } = openFifo(t);
  const child = startFlood(t, writeFd, LONG_FLOOD_TURNS);
  closeSync(writeFd);
  const stream = createReadStream("", { fd: openSync(`/proc/self/fd/${readFd}`, "r") });
  stream.pause();
  t.teardown(() => stream.destroy());
  await assertLossIsReported(t, child, stream);
  closeSync(readFd);
});

t.test("a socket that nobody reads does not hold up the loop, and the loss is reported later", async (t) => {
  const child = startFlood(t, "pipe", LONG_FLOOD_TURNS);
  child.stdout!.pause();
  await assertLossIsReported(t, child, child.stdout!);
});

t.test("close gives up on a reader that stays away", async (t) => {
  const child = startFlood(t, "pipe", SHORT_FLOOD_TURNS);
  child.stdout!.pause();
  await messageOf<FloodReport>(child);
  child.send("close");
  t.match(await messageOf(child), { flushed: false });
});
