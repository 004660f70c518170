import { spawnSync } from "node:child_process";
import t from "tap";
import { errnoName } from "../../src/host/native.js";
import { runScript } from "./script.js";

// Where the machine does not let this user have real-time scheduling there is its refusal to see.
const mayRealtime = spawnSync("chrt", ["-r", "10", "true"]).status === 0;
const PID_ONE = [
  "unshare",
  ...(process.getuid!() === 0 ? [] : ["-Ur"]),
  "-p",
  "-f",
  "--kill-child",
  "--mount-proc",
];
const LIBRARY = `
  const fs = require("fs");
  const policyOf = (stat) => Number(stat.slice(stat.lastIndexOf(")")).split(" ")[39]);
  const own = () => policyOf(fs.readFileSync("/proc/self/stat", "utf8"));
  const run = (script, then) => {
    let fd;
    native.spawn({ file: "/bin/sh", args: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin"], captureOutput: true },
      (errno, process) => { fd = process.outputFd; },
      (code) => {
        const buffer = Buffer.alloc(65536);
        let length = 0;
        try { length = fs.readSync(fd, buffer); } catch (error) { if (error.code !== "EAGAIN") throw error; }
        then(buffer.toString("utf8", 0, length), code);
      });
  };`;
const SCHED_RR = 2;
const SCHED_OTHER = 0;

t.test("setRealtime: round robin with a limit, or the refusal", async (t) => {
  const { output } = await runScript(`${LIBRARY}
    console.log(native.setRealtime(10, 500000, 900000), own(),
      /Max realtime timeout +(\\d+) +(\\d+)/.exec(fs.readFileSync("/proc/self/limits", "utf8")).slice(1).join(" "));`);
  t.equal(output.trim(), mayRealtime ? `0 ${SCHED_RR} 500000 900000` : `-1 ${SCHED_OTHER} 500000 900000`);
});

t.test("setRealtime concerns every thread that the loop may have to wait for", async (t) => {
  const { output } = await runScript(`${LIBRARY}
    native.setRealtime(10, 500000, 900000);
    const policies = fs.readdirSync("/proc/self/task")
      .map((thread) => policyOf(fs.readFileSync("/proc/self/task/" + thread + "/stat", "utf8")));
    console.log(policies.length > 1, new Set(policies).size, policies[0]);`);
  t.equal(output.trim(), `true 1 ${mayRealtime ? SCHED_RR : SCHED_OTHER}`);
});

/** Never sleeps, as a loop that always has more to read. */
const BUSY = "const work = () => { setImmediate(work); }; work();";

const PERMITTED = { skip: mayRealtime ? false : "real-time scheduling is not permitted on this machine" };

t.test(
  "a loop that never sleeps is warned, and endRealtime gives its real time back",
  PERMITTED,
  async (t) => {
    const { output, code } = await runScript(`${LIBRARY}
    let warnings = 0;
    process.on("SIGXCPU", () => {
      if ((warnings += 1) > 1) return;
      const before = own();
      const ended = native.endRealtime();
      const after = own();
      const again = native.setRealtime(10, 60000000, 60000000);
      console.log(before, ended, after, again, own());
      process.exit(0);
    });
    native.setRealtime(10, 100000, 60000000);
    ${BUSY}`);
    t.equal(output.trim(), `${SCHED_RR} 0 ${SCHED_OTHER} 0 ${SCHED_RR}`);
    t.equal(code, 0);
  },
);

t.test("one that spins is ended by the kernel, handler or not", PERMITTED, async (t) => {
  const spins = 'process.on("SIGXCPU", () => {}); native.setRealtime(10, 50000, 150000); for (;;);';
  t.match(await runScript(spins), { signal: "SIGKILL" });
});

t.test("children of spawn never get the real-time class", async (t) => {
  const policy = 'run("cat /proc/self/stat", (stat) => console.log(own(), policyOf(stat)));';
  if (!mayRealtime) {
    t.match(await runScript(`${LIBRARY} ${policy}`), { output: "0 0\n" });
    return;
  }
  const late = await runScript(`${LIBRARY} native.setRealtime(10, 500000, 900000); ${policy}`);
  t.equal(late.output.trim(), `${SCHED_RR} ${SCHED_OTHER}`);
  // From the start and without reset-on-fork: the threads of the pool have the class as well.
  const inherited = await runScript(`${LIBRARY} ${policy}`, ["chrt", "-r", "10"]);
  t.equal(inherited.output.trim(), `${SCHED_RR} ${SCHED_OTHER}`);
});

t.test("reapOrphans reaps the orphans that process 1 gets, and only these", async (t) => {
  const { output, code } = await runScript(
    `${LIBRARY}
    const orphans = 30;
    let reaped = 0;
    const codes = [];
    // Each leaves a child behind, which ends after it; its own exit code must reach its own callback.
    for (let i = 0; i < orphans; i++) run("sleep 0.2 >&- 2>&- & exit " + i, (_, code) => codes.push(code));
    const timer = setInterval(() => {
      reaped += native.reapOrphans();
      if (reaped < orphans || codes.length < orphans) return;
      clearInterval(timer);
      const zombies = fs.readdirSync("/proc").filter((name) => Number(name) > 1);
      console.log(process.pid, reaped, codes.sort((a, b) => a - b).join() === [...codes.keys()].join(), zombies.length);
      process.exit(0);
    }, 1);`,
    PID_ONE,
  );
  t.equal(output.trim(), "1 30 true 0");
  t.equal(code, 0);
});

t.test("without a descriptor for a pidfd the child is found by asking now and then", async (t) => {
  const { output } = await runScript(
    `const fs = require("fs");
    // Room for one descriptor more: the child's /dev/null takes it.
    process.stdout.write("");
    const open = fs.readdirSync("/proc/self/fd").map(Number).filter((fd) => fs.existsSync("/proc/self/fd/" + fd));
    const limit = Math.max(...open) + 2;
    for (let fd = 0; fd < limit - 1; fd++) if (!open.includes(fd)) fs.openSync("/dev/null");
    require("child_process"); // loaded while it still can be
    const before = fs.readdirSync("/proc/self/fd").length;
    native.spawn({ file: "/usr/bin/prlimit", args: ["prlimit", "--nofile=" + limit, "--pid", "" + process.pid],
      environment: [], captureOutput: false }, () => {}, () => {
        const file = "/bin/sh";
        native.spawn({ file, args: [file, "-c", "exit 5"], environment: [], captureOutput: true }, (errno) => {
          console.log("pipe", errno);
        }, () => {});
        native.spawn({ file, args: [file, "-c", "exit 6"], environment: [], captureOutput: false }, (errno) => {
          console.log("watched", errno);
        }, (code) => console.log("exit", code));
      });`,
  );
  t.same(output.trim().split("\n").sort(), ["exit 6", "pipe 24", "watched 0"]);
});

t.test("exitNow ends the process at once", async (t) => {
  const { code, output } = await runScript(`
    process.on("exit", () => console.log("exit handler"));
    native.exitNow(7);`);
  t.match({ code, output }, { code: 7, output: "" });
});

t.test("errno names", async (t) => {
  t.same([2, -13, 8, 11, 105, 0, 9999].map(errnoName), [
    "ENOENT",
    "EACCES",
    "ENOEXEC",
    "EAGAIN",
    "ENOBUFS",
    "errno 0",
    "errno 9999",
  ]);
});
