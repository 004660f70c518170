import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { openLogOutput } from "../../../src/host/log/output.js";

function isNonBlocking(fd: number): boolean {
  const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))![1]!;
  return (Number.parseInt(flags, 8) & constants.O_NONBLOCK) !== 0;
}

t.test("a pipe is opened again, non-blocking, and its shared description keeps its mode", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "fifo");
  execFileSync("mkfifo", [path]);
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeFd = openSync(path, constants.O_WRONLY);
  const fd = openLogOutput(writeFd);
  t.not(fd, writeFd);
  t.equal(isNonBlocking(fd), true);
  t.equal(isNonBlocking(writeFd), false);
  closeSync(readFd);
  t.equal(openLogOutput(writeFd), writeFd, "a pipe without a reader cannot be opened again and is kept");
  closeSync(writeFd);
  closeSync(fd);
  t.end();
});

t.test("a file is written to as it is, since stderr may share its offset", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const fd = openSync(join(folder, "log"), "w");
  t.equal(openLogOutput(fd), fd);
  closeSync(fd);
  t.end();
});
