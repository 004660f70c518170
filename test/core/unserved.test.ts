/** The election is about all addresses of a virtual router: whoever is master without some of them leaves those unserved. */
import t from "tap";
import { Scenario } from "./scenario.js";

const BOTH = { virtualAddresses: ["192.0.2.10", "192.0.2.11"], priority: 150 };
const DELAY = { preempt: { mode: "delay", delaySeconds: 300 } } as const;
const SECOND_ALONE = { priority: 100, from: "192.0.2.3", addresses: ["192.0.2.11"] };
const FIRST_ALONE = { priority: 200, from: "192.0.2.1", addresses: ["192.0.2.10"] };

t.test(
  "the best node dies, and the delay keeps the one with all addresses behind one with some",
  async (t) => {
    const scenario = Scenario.started({ ...BOTH, ...DELAY });
    scenario.advert(FIRST_ALONE);
    t.match(scenario.status().unserved, {
      addresses: ["192.0.2.11"],
      why: "192.0.2.1, which is master with priority 200, does not have it, and its priority is not lower than ours, 150",
    });
    scenario.advance(3.3);
    scenario.take();
    scenario.advert(SECOND_ALONE);
    t.equal(scenario.state, "BACKUP", "the delay stands");
    t.same(scenario.status().unserved, null, "the dead one was heard a moment ago");
    scenario.adverts(SECOND_ALONE, 2);
    const why =
      "192.0.2.3, which is master with priority 100, does not have it, and this node, priority 150, waits its preempt_delay of 300 s first";
    t.same(scenario.status().unserved, { addresses: ["192.0.2.10"], why });
    t.same(scenario.take("error"), [
      `4.300 error addresses-unserved: (web) nobody serves 192.0.2.10: ${why}`,
    ]);
    scenario.adverts(SECOND_ALONE, 290);
    t.equal(scenario.take("error").length, 4, "once a minute");
  },
);

t.test("nopreempt says so", async (t) => {
  const scenario = Scenario.started({ ...BOTH, preempt: { mode: "never", delaySeconds: 0 } });
  scenario.advert(SECOND_ALONE);
  t.match(
    scenario.status().unserved?.why,
    /this node, priority 150, never takes over from a master \(nopreempt\)$/,
  );
});

t.test("a version 2 speaker that is yielded to", async (t) => {
  const scenario = Scenario.started({ ...BOTH, yieldsToVersion2: true });
  scenario.advert({ ...SECOND_ALONE, version: 2, checksumForm: null });
  t.match(scenario.status().unserved?.why, /this node yields to version 2$/);
});

t.test(
  "nothing is said where another master has them, of what no advert has room for, and while it takes over",
  async (t) => {
    const scenario = Scenario.started({ ...BOTH, ...DELAY });
    scenario.advert(FIRST_ALONE);
    scenario.advert(SECOND_ALONE);
    t.equal(scenario.status().unserved, null);
    const crowded = Scenario.started({ ...BOTH, ...DELAY, advertisedCount: 1 });
    crowded.advert({ ...FIRST_ALONE, priority: 100 });
    t.equal(crowded.status().unserved, null);
    const eager = Scenario.started(BOTH);
    eager.advert(SECOND_ALONE);
    t.equal(eager.status().unserved, null);
  },
);

t.test("it ends when the master has all of them, and with any transition", async (t) => {
  const scenario = Scenario.started({ ...BOTH, ...DELAY });
  scenario.advert(SECOND_ALONE);
  t.not(scenario.status().unserved, null);
  scenario.advert({ ...SECOND_ALONE, addresses: BOTH.virtualAddresses });
  t.equal(scenario.status().unserved, null);
  scenario.advert(SECOND_ALONE);
  scenario.advance(4);
  t.equal(scenario.state, "MASTER");
  t.equal(scenario.status().unserved, null);
});
