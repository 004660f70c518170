/** What a reload does with whatever comes of the reading: the daemon goes on. */
import t from "tap";
import { VrrpdError } from "../../src/base/errors.js";
import { ReadingError } from "../../src/cli/reading-error.js";
import { Reloader } from "../../src/cli/reloader.js";
import type { PlannedAnew, ReadAgain } from "../../src/daemon/reloading.js";
import { problemsFrom } from "../../src/daemon/status/problems/found.js";
import { reloadProblems } from "../../src/daemon/status/problems/reloads.js";

const OPTIONS = { namedInterfaceGivenUp: false, before: [] };
const NO_CHANGE = {
  added: [],
  removed: [],
  updated: [],
  checks: { added: [], removed: [], changed: [] },
  groups: { added: [], removed: [], changed: [] },
  scripts: false,
  node: [],
  restart: [],
};
/** Takes whatever was read, and finds nothing new in it. */
const TAKE = async (read: ReadAgain) => {
  await read(OPTIONS);
  return NO_CHANGE;
};

t.test("an error that is no problem of the file refuses the reload, and harms nobody", async (t) => {
  const said: string[] = [];
  const reloader = new Reloader({
    daemon: { reload: TAKE, previewReload: TAKE },
    logger: { log: (_, message) => said.push(message), lostLines: 0, backlog: null, close: async () => true },
    manager: { reloading: () => said.push("RELOADING"), ready: () => said.push("READY") },
    started: Promise.resolve(),
    reread: async () => {
      throw new SyntaxError("a defect");
    },
  });
  t.match(await reloader.preview(), { problems: ["SyntaxError: a defect"] });
  t.match(await reloader.reload("test"), { problems: ["SyntaxError: a defect"] });
  t.equal(said[0], "RELOADING");
  t.equal(said.at(-1), "READY");
  t.match(said[1], /nothing was reloaded/);
});

t.test("what is asked for while one goes on is one more, for all who have asked", async (t) => {
  const readings: (() => void)[] = [];
  const reloader = new Reloader({
    daemon: { reload: TAKE, previewReload: TAKE },
    logger: { log: () => {}, lostLines: 0, backlog: null, close: async () => true },
    manager: { reloading: () => {}, ready: () => {} },
    started: Promise.resolve(),
    reread: () => new Promise((resolve) => readings.push(() => resolve({} as PlannedAnew))),
  });
  const first = reloader.reload("first");
  while (readings.length < 1) await new Promise(setImmediate);
  const others = [
    reloader.reload("second"),
    reloader.reload("third"),
    reloader.preview(),
    reloader.reload("fourth"),
  ];
  t.equal(readings.length, 1);
  readings[0]!();
  t.match(await first, { text: "nothing has changed" });
  while (readings.length < 2) await new Promise(setImmediate);
  readings[1]!();
  while (readings.length < 3) await new Promise(setImmediate);
  readings[2]!();
  for (const outcome of await Promise.all(others)) t.match(outcome, { text: "nothing has changed" });
  t.equal(readings.length, 3, "one reload, and one look");
});

t.test("whatever a reading says, few and short lines are taken and logged", async (t) => {
  const said: string[] = [];
  const reloader = new Reloader({
    daemon: { reload: TAKE, previewReload: TAKE },
    logger: { log: (_, message) => said.push(message), lostLines: 0, backlog: null, close: async () => true },
    manager: { reloading: () => {}, ready: () => {} },
    started: Promise.resolve(),
    reread: async () => {
      throw new VrrpdError("ECONFIG", `${"x".repeat(100_000)}\n`.repeat(1000).trimEnd());
    },
  });
  const outcome = await reloader.reload("test");
  t.match(outcome, { problems: Array });
  t.equal(said.length, 104);
  t.equal(said.at(-1), "and 898 lines more, which are not shown");
  t.ok(said.every((line) => line.length <= 1001));
});

t.test("a reading that failed is told apart from a file that is refused", async (t) => {
  const errors = [
    new VrrpdError("ECONFIG", "a wrong line"),
    new ReadingError("it took too long"),
    new ReadingError("it has been replaced", "Restart vrrpd."),
    new VrrpdError("EFILE", "there is no file"),
  ];
  const reloader = new Reloader({
    daemon: { reload: TAKE, previewReload: TAKE },
    logger: { log: () => {}, lostLines: 0, backlog: null, close: async () => true },
    manager: { reloading: () => {}, ready: () => {} },
    started: Promise.resolve(),
    reread: async () => {
      throw errors.shift();
    },
  });
  const problem = async () => {
    await reloader.reload("test");
    const { since, ...rest } = reloader.reloads.refused!;
    const refused = { since: String(since), ...rest };
    const configuration = { source: "env:/etc/a", loadedAt: "then", refused };
    return problemsFrom(reloadProblems({ configuration }))[0]!;
  };
  t.match(await problem(), { code: "reload-refused", action: /^Mend it .* a restart would fail/ });
  t.match(await problem(), { code: "reload-failed", action: /^Reload again; / });
  const replaced = await problem();
  t.match(replaced, { code: "reload-failed", action: /^Restart vrrpd\. What was read at then runs on/ });
  t.notMatch(replaced.action, /would fail/);
  t.match(await problem(), { code: "reload-refused", text: /there is no file/ });
});

t.test("a stop ends the reading, and the file is not called refused", async (t) => {
  const said: string[] = [];
  const reloader: Reloader = new Reloader({
    daemon: { reload: TAKE, previewReload: TAKE },
    logger: { log: () => {}, lostLines: 0, backlog: null, close: async () => true },
    manager: { reloading: () => said.push("RELOADING"), ready: () => said.push("READY") },
    started: Promise.resolve(),
    reread: (_, stopped) =>
      new Promise((_resolve, reject) => {
        stopped.addEventListener("abort", () => reject(new ReadingError("it was ended by SIGTERM")));
        reloader.close();
      }),
  });
  t.same(await reloader.reload("test"), { problems: ["vrrpd is stopping"] });
  t.equal(reloader.reloads.refused, null);
  t.same(await reloader.preview(), { problems: ["vrrpd is stopping"] }, "and nothing is read any more");
  t.same(said, ["RELOADING"], "the service manager knows already that it stops");
});
