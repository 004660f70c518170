import { readFileSync } from "node:fs";
import t from "tap";
import { nameProcess, processName } from "../../src/host/process-name.js";

t.test("the name is that of the link under which vrrpd was called, and vrrpd for the file itself", (t) => {
  t.equal(processName("/usr/lib/vrrpd/keepalived"), "keepalived");
  t.equal(processName("/usr/local/bin/vrrpd"), "vrrpd");
  t.equal(processName("/usr/lib/vrrpd/dist/src/cli/main.js"), "vrrpd");
  t.equal(processName(""), "vrrpd");
  t.end();
});

t.test("the process table shows the name, and the command line stays as it was", (t) => {
  const commandLine = readFileSync("/proc/self/cmdline", "utf8");
  nameProcess("a-name-of-more-than-15-bytes");
  t.equal(readFileSync("/proc/self/comm", "utf8"), "a-name-of-more-\n");
  t.equal(readFileSync("/proc/self/cmdline", "utf8"), commandLine);
  t.end();
});
