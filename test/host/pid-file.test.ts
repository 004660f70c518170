/** Files with a process id. Who starts and ends them: test/interop/migration. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { removePidFile, runningProcess, writePidFile } from "../../src/host/pid-file.js";

t.test("everybody may read one, whatever the umask takes away, and no link is followed", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-pid-"));
  const before = process.umask(0o177);
  t.teardown(() => {
    process.umask(before);
    rmSync(folder, { recursive: true });
  });
  const [path, other] = [join(folder, "pid"), join(folder, "other")];
  writeFileSync(other, "kept");
  symlinkSync(other, path);
  writePidFile(path);
  t.equal(readFileSync(path, "utf8"), `${process.pid}\n`);
  t.equal(statSync(path).mode & 0o777, 0o644);
  t.equal(readFileSync(other, "utf8"), "kept");
  t.equal(runningProcess(path, "any"), null, "oneself is nobody else");
  removePidFile(path);
  t.throws(() => statSync(path), { code: "ENOENT" });
});

t.test("a pipe, a folder and a huge file at its place hold nothing up", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-pid-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [pipe, directory, huge] = [join(folder, "pipe"), join(folder, "directory"), join(folder, "huge")];
  execFileSync("mkfifo", [pipe]);
  mkdirSync(directory);
  writeFileSync(huge, "1\n");
  truncateSync(huge, 2 ** 40);
  for (const path of [pipe, directory, huge]) {
    t.equal(runningProcess(path, "any"), null, path);
    removePidFile(path);
    t.ok(lstatSync(path), `${path} is there still`);
  }
  for (const path of [pipe, directory]) {
    t.throws(
      () => writePidFile(path),
      { message: /is no file/ },
      "a device would be missed by the whole host",
    );
  }
  writePidFile(huge);
  t.equal(readFileSync(huge, "utf8"), `${process.pid}\n`);
});

t.test("a process that has ended does not run, even if nobody has asked how", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-pid-"));
  const parent = spawn("perl", [
    "-e",
    "$| = 1; my $pid = fork // die; exit 0 unless $pid; print $pid; sleep 600",
  ]);
  t.teardown(() => {
    parent.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "pid");
  const [child] = await once(parent.stdout, "data");
  while (!/ Z /.test(readFileSync(`/proc/${child}/stat`, "utf8")))
    await new Promise((resolve) => setTimeout(resolve, 5));
  writeFileSync(path, `${child}\n`);
  t.equal(runningProcess(path, "perl"), null);
  writeFileSync(path, `${parent.pid}\n`);
  t.equal(runningProcess(path, "perl"), parent.pid);
  t.equal(runningProcess(path, "keepalived"), null);
});
