import t from "tap";
import { Scenario } from "./scenario.js";
import { kernelAddress } from "./values.js";

const DELAY = { preempt: { mode: "delay", delaySeconds: 300 } } as const;

t.test(
  "a master late by its down interval that heard another one is backup, and the delay applies",
  async (t) => {
    const scenario = Scenario.master(DELAY);
    scenario.take();
    scenario.stall(10);
    scenario.advert({ priority: 50 });
    scenario.deadline();
    t.equal(scenario.state, "BACKUP");
    t.same(scenario.take("advert", "release", "remove", "BACKUP"), [
      "13.609 remove 192.0.2.10/32",
      "13.609 BACKUP: stalled, and 192.0.2.1 took over meanwhile",
    ]);
    scenario.adverts({ priority: 50 }, 290);
    t.equal(scenario.state, "BACKUP");
  },
);

t.test(
  "a master late by its down interval that heard nobody adds and announces again, and stays",
  async (t) => {
    const scenario = Scenario.master({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
    scenario.until(30);
    scenario.take();
    scenario.stall(10);
    scenario.deadline();
    t.equal(scenario.state, "MASTER");
    t.match(scenario.take("warn", "advert", "add", "announce"), [
      "40.000 advert",
      /warn stalled: \(web\) Stalled for 9.391 s; no other master was heard/,
      "40.000 add 192.0.2.10/32 192.0.2.11/32",
      "40.000 announce 192.0.2.10/32 192.0.2.11/32",
    ]);
  },
);

t.test("a shorter stall is none: an advert at once, nothing else", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.take();
  scenario.stall(3.2);
  scenario.deadline();
  t.same(scenario.take(), ["33.200 advert"]);
  scenario.advert({ priority: 50 });
  t.equal(scenario.state, "MASTER");
});

t.test("only a release was heard after the stall: the mastership is claimed anew", async (t) => {
  const scenario = Scenario.master(DELAY);
  scenario.until(30);
  scenario.stall(10);
  scenario.advert({ priority: 0 });
  t.equal(scenario.state, "BACKUP");
  scenario.advance(0.609375);
  t.equal(scenario.state, "MASTER");
});

t.test("the node's own addresses are announced again as well", async (t) => {
  const scenario = new Scenario();
  scenario.link({});
  scenario.addresses([kernelAddress("192.0.2.10/24")]);
  scenario.source("192.0.2.2");
  scenario.until(30);
  scenario.take();
  scenario.stall(10);
  scenario.deadline();
  t.same(scenario.take("add", "announce"), ["40.000 announce 192.0.2.10/32"]);
});

t.test("a rival is heard before the kernel has confirmed: nothing stays behind", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.slowKernel = true;
  scenario.stall(10);
  scenario.deadline();
  scenario.take();
  scenario.advert({ priority: 200 });
  t.same(scenario.take("remove"), ["40.000 remove 192.0.2.10/32"]);
  scenario.answer();
  t.same(scenario.take("remove", "announce"), []);
  t.equal(scenario.status().virtualAddresses[0]?.presence, "absent");
});

t.test("a backup whose down timer fires late listens once more before it claims", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200 });
  scenario.stall(10);
  scenario.deadline();
  t.equal(scenario.state, "BACKUP");
  t.equal(scenario.core.deadline()?.at, 10_000_000 + 1_609_375);
  scenario.advance(1);
  scenario.advert({ priority: 200 });
  scenario.advance(3);
  t.equal(scenario.state, "BACKUP", "the master lives");
});

t.test("once, not for ever: late again it claims", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200 });
  scenario.stall(10);
  scenario.deadline();
  scenario.stall(10);
  scenario.deadline();
  t.equal(scenario.state, "MASTER");
});

t.test("late by less than an interval is no stall of a backup", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200 });
  scenario.stall(4.609374);
  scenario.deadline();
  t.equal(scenario.state, "MASTER");
});

t.test("exactly at the limits: a down interval for a master, an interval for a backup", async (t) => {
  const master = Scenario.master();
  master.take();
  master.stall(3.609375);
  master.deadline();
  t.match(master.take("warn"), [/Stalled for 2.609 s/]);
  const backup = Scenario.started();
  backup.stall(4.609375);
  backup.deadline();
  t.equal(backup.state, "BACKUP");
});

t.test("a master that is heard again ends the listening: the next stall gets one of its own", async (t) => {
  const scenario = Scenario.started();
  for (let stall = 0; stall < 3; stall += 1) {
    scenario.advert({ priority: 200 });
    scenario.stall(10);
    scenario.deadline();
    t.equal(scenario.state, "BACKUP");
  }
});
