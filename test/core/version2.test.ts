/** The election of version 2 (RFC 3768 §6): as that of version 3, but with timers and intervals of its own. */
import t from "tap";
import type { RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";
import type { Heard } from "./values.js";

const PASS = Buffer.from("OpenShif");
const TWO = { version: 2, password: PASS } as const;

const started = (overrides: RouterOverrides = {}) => Scenario.started({ ...TWO, ...overrides });
const master = () => {
  const scenario = Scenario.master(TWO);
  scenario.until(20);
  scenario.take();
  return scenario;
};
const advert = (scenario: Scenario, heard: Heard) => scenario.advert({ ...TWO, ...heard });

t.test("[v2-6.4.1-1 +-] the owner is master at once, another after a whole down interval", async (t) => {
  t.match(started({ priority: 255 }).take("advert", "add"), ["0.000 advert", "0.000 add 192.0.2.10/32"]);
  const other = started({ priority: 254 });
  other.until(3.007811);
  t.same(other.take("advert", "add"), []);
  other.advance(0.000001);
  t.equal(other.state, "MASTER");
});

t.test("[v2-6.4.2-1 +-] priority 0 sets the down timer to the skew, priority 1 does not", async (t) => {
  const scenario = started();
  scenario.until(1);
  advert(scenario, { priority: 200 });
  advert(scenario, { priority: 1 });
  t.equal(scenario.core.deadline()?.at, 4_609_375);
  advert(scenario, { priority: 0 });
  t.equal(scenario.core.deadline()?.at, 1_609_375);
});

t.test(
  "[v2-6.4.2-2 +-] an equal or higher advert arms the timer anew, the old one does not fire",
  async (t) => {
    for (const priority of [100, 101, 255]) {
      const scenario = started();
      scenario.until(3.609374);
      advert(scenario, { priority });
      t.equal(scenario.core.deadline()?.at, 7_218_749, `priority ${priority}`);
      scenario.until(7.218748);
      t.equal(scenario.state, "BACKUP");
    }
  },
);

t.test("[v2-6.4.2-3 +-] with preemption a lower advert is discarded and does not put it off", async (t) => {
  const scenario = started();
  for (let second = 1; second <= 3; second += 1) {
    scenario.until(second);
    advert(scenario, { priority: 99 });
    t.equal(scenario.core.deadline()?.at, 3_609_375);
  }
  scenario.until(3.609375);
  t.equal(scenario.state, "MASTER");
});

t.test("[v2-6.4.3-1 +-] a master that shuts down releases with priority 0, and is silent then", async (t) => {
  const scenario = master();
  scenario.shutdown();
  t.same(scenario.take("advert", "release"), ["20.000 release", "20.000 release"]);
  scenario.until(60);
  t.same(scenario.take(), []);
  const backup = started();
  backup.shutdown();
  t.same(backup.take("release"), [], "a backup has nothing to release");
});

t.test(
  "[v2-6.4.3-2 +-] a master answers priority 0 at once and arms its timer anew, and stays",
  async (t) => {
    const scenario = master();
    advert(scenario, { priority: 0, from: "192.0.2.3" });
    scenario.until(21.2);
    t.same(scenario.take("advert", "remove"), ["20.000 advert", "21.000 advert"]);
    t.equal(scenario.state, "MASTER");
  },
);

t.test(
  "[v2-6.4.3-3 +-] a master yields to a higher priority or a greater address, and to no other",
  async (t) => {
    for (const [heard, state] of [
      [{ priority: 101, from: "192.0.2.1" }, "BACKUP"],
      [{ priority: 100, from: "192.0.2.3" }, "BACKUP"],
      [{ priority: 100, from: "192.0.2.1" }, "MASTER"],
      [{ priority: 99, from: "192.0.2.3" }, "MASTER"],
    ] as const) {
      const scenario = master();
      advert(scenario, heard);
      t.equal(scenario.state, state, `${heard.priority} of ${heard.from}`);
      const expected = state === "BACKUP" ? ["20.000 remove 192.0.2.10/32"] : ["20.000 advert"];
      t.same(scenario.take("advert", "release", "remove"), expected);
    }
  },
);
