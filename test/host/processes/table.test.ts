/** Real processes, counted by what the kernel tells where it does, and by going through /proc. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { ProcessCriteria } from "../../../src/config/checks.js";
import { comparedOf, isMeant } from "../../../src/host/processes/criteria.js";
import type { ProcessEvents } from "../../../src/host/processes/events.js";
import { readProcesses } from "../../../src/host/processes/proc.js";
import type { CountChange } from "../../../src/host/processes/quorum.js";
import { ProcessTable } from "../../../src/host/processes/table.js";
import { until } from "../../netns/until.js";

const folder = mkdtempSync(join(tmpdir(), "table-"));
/** The kernel's name of it: nobody else has it. */
const NAME = `t${process.pid}`;
const PROGRAM = join(folder, NAME);
copyFileSync("/bin/sleep", PROGRAM);
/** Becomes the program when it is told to. */
const SHELL = join(folder, "shell");
writeFileSync(SHELL, `#!/bin/sh\nread line\nexec ${PROGRAM} 1000\n`);
chmodSync(SHELL, 0o755);

const children = new Set<ChildProcess>();
t.teardown(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function run(file: string, ...args: string[]): ChildProcess {
  const child = spawn(file, args, { stdio: ["pipe", "ignore", "ignore"] });
  children.add(child);
  return child;
}

function criteria(
  command: readonly string[],
  match: ProcessCriteria["match"],
  whole = true,
): ProcessCriteria {
  return { command, match, whole };
}

class Counter {
  count = -1;
  readonly changes: CountChange[] = [];
  readonly problems: string[] = [];
  readonly onProblem = (why: string) => this.problems.push(why);
  readonly compared;

  constructor(what: ProcessCriteria) {
    this.compared = comparedOf(what);
  }

  onCounted = (count: number) => {
    this.count = count;
  };

  onChanged = (count: number, change: CountChange) => {
    this.count = count;
    this.changes.push(change);
  };
}

async function follows(t: Test, table: ProcessTable): Promise<void> {
  const byName = new Counter(criteria([NAME], "any", false));
  const byLine = new Counter(criteria([PROGRAM, "1000"], "exact"));
  const first = run(PROGRAM, "999");
  table.add(byName);
  table.add(byLine);
  t.teardown(() => {
    table.remove(byName);
    table.remove(byLine);
  });
  const are = async (named: number, whole: number) => {
    const what = `${named} by name, ${whole} by command line`;
    await until(() => byName.count === named && byLine.count === whole, { what, timeoutMs: 30_000 });
    t.pass(what);
  };
  await are(1, 0);
  const shell = run(SHELL);
  const second = run(PROGRAM, "1000");
  await are(2, 1);
  shell.stdin!.write("\n");
  await are(3, 2);
  first.kill("SIGKILL");
  await are(2, 2);
  second.kill("SIGKILL");
  shell.kill("SIGKILL");
  await are(0, 0);
  t.same(byLine.changes, ["exec", "exec", "exit", "exit"]);
}

t.test("by what the kernel tells, where it does", (t) => follows(t, new ProcessTable()));

t.test("by going through /proc", (t) => follows(t, new ProcessTable(() => null)));

t.test("many that come and go at once leave no trace", async (t) => {
  const table = new ProcessTable();
  const counter = new Counter(criteria([NAME], "any", false));
  table.add(counter);
  t.teardown(() => table.remove(counter));
  await until(() => counter.count === 0, { what: "the first count", timeoutMs: 30_000 });
  const script = `for i in $(seq 150); do ${PROGRAM} 0 & done; wait; exec ${PROGRAM} 1000`;
  const last = run("/bin/sh", "-c", script);
  await until(() => counter.count === 1, { what: "the last one", timeoutMs: 30_000 });
  last.kill("SIGKILL");
  await until(() => counter.count === 0, { what: "nobody", timeoutMs: 30_000 });
  t.equal([...(await readProcesses(0)).values()].filter(({ name }) => name === NAME).length, 0);
});

t.test("what was lost is counted again", async (t) => {
  let lose = () => {};
  const table = new ProcessTable((hooks) => {
    lose = hooks.onLost;
    return { close: () => {} } as ProcessEvents;
  });
  const counter = new Counter(criteria([NAME], "any", false));
  table.add(counter);
  t.teardown(() => table.remove(counter));
  await until(() => counter.count === 0, { what: "the first count", timeoutMs: 30_000 });
  const child = run(PROGRAM, "1000");
  await until(async () => [...(await readProcesses(0)).values()].some(({ name }) => name === NAME), {
    what: "the process",
    timeoutMs: 30_000,
  });
  lose();
  await until(() => counter.count === 1, { what: "the recount", timeoutMs: 30_000 });
  child.kill("SIGKILL");
  t.same(counter.changes, []);
});

t.test(
  "without a free descriptor nobody counts as ended, and all are counted when there is one",
  async (t) => {
    const table = new ProcessTable(() => ({ close: () => {} }) as ProcessEvents);
    const counter = new Counter(criteria([NAME], "any", false));
    const child = run(PROGRAM, "1000");
    await until(
      async () => [...(await readProcesses(0, [child.pid!])).values()].some(({ name }) => name === NAME),
      {
        what: "the process",
        timeoutMs: 30_000,
      },
    );
    const taken = [openSync("/dev/null", "r")];
    execFileSync("prlimit", ["--pid", `${process.pid}`, `--nofile=${taken[0]! + 40}:`]);
    const fill = () => {
      const before = taken.length;
      t.throws(
        () => {
          for (;;) taken.push(openSync("/dev/null", "r"));
        },
        { code: "EMFILE" },
      );
      return taken.length - before;
    };
    // What else this process had open is closed a moment later.
    await until(() => fill() === 0, { what: "no free descriptor", timeoutMs: 30_000 });
    const seen = await readProcesses(0, [child.pid!]).catch((error: unknown) => error);
    table.add(counter);
    t.teardown(() => table.remove(counter));
    await until(() => counter.problems.length > 0, { what: "a complaint", timeoutMs: 30_000 });
    for (const descriptor of taken) closeSync(descriptor);
    await until(() => counter.count !== -1, { what: "the count", timeoutMs: 30_000 });
    t.match(seen, { code: "EMFILE" });
    t.match(counter.problems[0], /EMFILE/);
    t.equal(counter.count, 1);
    child.kill("SIGKILL");
  },
);

t.test("names, words, and how they are compared", async (t) => {
  const line = (...words: string[]) => words.map((word) => `${word}\0`).join("");
  const matches = (what: ProcessCriteria, name: string, commandLine: string | null) =>
    isMeant(comparedOf(what), { name, commandLine });
  t.ok(matches(criteria(["nginx"], "any", false), "nginx", null));
  t.notOk(matches(criteria(["nginx"], "any", false), "nginx-debug", null));
  t.notOk(matches(criteria(["nginx"], "any"), "nginx", line("/usr/sbin/nginx")));
  t.ok(matches(criteria(["/usr/sbin/nginx"], "any"), "x", line("/usr/sbin/nginx", "-g", "daemon off;")));
  const table: readonly (readonly [
    ProcessCriteria["match"],
    readonly string[],
    readonly string[],
    boolean,
  ])[] = [
    ["exact", [], [], true],
    ["exact", [], ["-f"], false],
    ["exact", ["-f", "x"], ["-f", "x"], true],
    ["exact", ["-f", "x"], ["-f", "x", "y"], false],
    ["exact", ["-f", "x"], ["-f"], false],
    ["partial", ["-f", "x"], ["-f", "x", "y"], true],
    ["partial", ["-f", "x"], ["-f", "xy"], false],
    ["initial", ["-f", "x"], ["-f", "xy", "z"], true],
    ["initial", ["-f", "x"], ["-f", "y"], false],
    ["initial", ["-f", "x"], ["-f"], false],
    ["initial", [], ["-f"], true],
    ["partial", [], [], true],
  ];
  for (const [match, asked, words, expected] of table) {
    const found = matches(criteria(["p", ...asked], match), "p", line("p", ...words));
    t.equal(found, expected, `${match} [${asked.join(" ")}] of [${words.join(" ")}]`);
  }
  t.ok(matches(criteria(["dämon", "ü"], "exact"), "x", Buffer.from(line("dämon", "ü")).toString("latin1")));
});
