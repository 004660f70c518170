/** Which scripts are told of what. */
import t from "tap";
import { commandsFor, type NotifyCommand } from "../../src/core/notify.js";
import { notifyCommand } from "./configurations.js";
import { Scenario } from "./scenario.js";

const LOWER = notifyCommand({ on: "LOWER_PRIORITY", command: ["/lower"] });
const ALL: readonly NotifyCommand[] = [
  notifyCommand({ command: ["/any"] }),
  LOWER,
  ...(["STOP", "FAULT", "BACKUP", "MASTER"] as const).map((on) => notifyCommand({ on, command: [`/${on}`] })),
];

/** Master, with nothing told yet. */
function told(notify: readonly NotifyCommand[] = ALL): Scenario {
  const scenario = Scenario.master({ notify });
  scenario.until(60);
  scenario.take();
  return scenario;
}

t.test("a state's own command comes first, then the one of all states", async (t) => {
  const programs = (...parameters: Parameters<typeof commandsFor>) =>
    commandsFor(...parameters).map(({ command }) => command[0]);
  for (const state of ["MASTER", "BACKUP", "FAULT", "STOP"] as const) {
    t.same(programs(state, ALL), [`/${state}`, "/any"]);
    t.same(programs(state, [ALL[0]!, LOWER]), ["/any"]);
  }
  t.same(programs("LOWER_PRIORITY", ALL), ["/lower"], "the other one is told of states alone");
});

t.test("a master's rival that does not outrank it is told of, at each advert", async (t) => {
  const scenario = told();
  scenario.advert({ priority: 50 });
  scenario.advert({ priority: 99 });
  scenario.advert({ priority: 100, from: "192.0.2.1" });
  t.same(
    scenario.take("notify"),
    Array(3).fill("60.000 notify LOWER_PRIORITY 100"),
    "lower, or equal from a lower address",
  );
  scenario.advert({ priority: 0 });
  t.same(scenario.take("notify"), [], "a release is none");
  scenario.advert({ priority: 200 });
  t.same(scenario.take("notify"), ["60.000 notify BACKUP 100"], "nor is one that outranks it");
  scenario.advert({ priority: 50 });
  t.same(scenario.take("notify"), [], "a backup is not told");
});

t.test("nobody is told who did not ask", async (t) => {
  const scenario = told(ALL.filter((command) => command !== LOWER));
  scenario.advert({ priority: 50 });
  t.same(scenario.take("notify"), []);
});

t.test("a flood of them: at most 60 a minute are told, with a warning, and later ones again", async (t) => {
  const scenario = told();
  for (let heard = 0; heard < 600; heard += 1) {
    scenario.advert({ priority: 50 });
    scenario.advance(0.1);
  }
  const { length } = scenario.take("notify");
  t.ok(length > 30 && length <= 60, `${length} in the minute`);
  scenario.advance(60);
  scenario.take();
  scenario.advert({ priority: 50 });
  t.equal(scenario.take("notify").length, 1);
  const warned = told();
  for (let heard = 0; heard < 100; heard += 1) warned.advert({ priority: 50 });
  const warnings = warned.take().filter((line) => line.includes("notify-limited"));
  t.match(warnings, [/^60\.000 warn notify-limited: .*more than 60 a minute come in/]);
  t.equal(warnings.length, 1);
});
