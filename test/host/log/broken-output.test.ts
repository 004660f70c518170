import { closeSync, openSync } from "node:fs";
import t from "tap";
import {
  assertLoopRan,
  type FloodReport,
  messageOf,
  openFifo,
  SHORT_FLOOD_TURNS,
  startFlood,
} from "./flood.js";

t.test("a pipe that was closed by its reader is not fatal", async (t) => {
  const { readFd, writeFd } = openFifo(t);
  const child = startFlood(t, writeFd, SHORT_FLOOD_TURNS);
  closeSync(writeFd);
  closeSync(readFd);
  const report = await messageOf<FloodReport>(child);
  assertLoopRan(t, report, SHORT_FLOOD_TURNS);
  t.ok(report.lostLines > 0);
  child.send("close");
  t.match(await messageOf(child), { flushed: false });
});

t.test("a full disk is not fatal, and what it costs is counted", async (t) => {
  const full = openSync("/dev/full", "w");
  const child = startFlood(t, full, SHORT_FLOOD_TURNS);
  closeSync(full);
  const report = await messageOf<FloodReport>(child);
  assertLoopRan(t, report, SHORT_FLOOD_TURNS);
  t.ok(report.lostLines > 0);
});
