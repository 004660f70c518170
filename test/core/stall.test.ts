import t from "tap";
import { macFromBytes } from "../../src/base/mac.js";
import { coreConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { kernelAddress, keyOf, ROUTER, VIRTUAL_ADDRESS } from "./values.js";

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
  "a master late by its down interval that heard nobody listens as long as a backup, then adds and announces again",
  async (t) => {
    const scenario = Scenario.master({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
    scenario.until(30);
    scenario.take();
    scenario.stall(10);
    scenario.deadline();
    t.equal(scenario.state, "MASTER");
    t.match(scenario.take(), [
      /40.000 warn stalled: \(web\) Stalled: no advert for 10.391 s, so another may be master by now; listens for 3.609 s/,
    ]);
    scenario.until(43.609374);
    t.same(scenario.take(), [], "nothing is sent, added or removed while it listens");
    scenario.advance(0.000001);
    t.equal(scenario.state, "MASTER");
    t.match(scenario.take("warn", "advert", "add", "announce"), [
      /warn stall-over: \(web\) Stalled and silent for 14 s; no other master was heard/,
      "43.609 advert",
      "43.609 add 192.0.2.10/32 192.0.2.11/32",
      "43.609 announce 192.0.2.10/32 192.0.2.11/32",
    ]);
    scenario.until(45.7);
    t.same(scenario.take("advert"), ["44.609 advert", "45.609 advert"]);
    t.equal(scenario.status().counters.becomeMaster, 1);
  },
);

t.test("one that is heard only then: BACKUP for the whole delay, and no advert before", async (t) => {
  const scenario = Scenario.master({ ...DELAY, priority: 200 });
  scenario.take();
  scenario.stall(10);
  scenario.deadline();
  scenario.advance(3.2);
  scenario.advert({ priority: 50 });
  t.same(scenario.take("advert", "release", "remove", "BACKUP"), [
    "16.419 remove 192.0.2.10/32",
    "16.419 BACKUP: stalled, and 192.0.2.1 took over meanwhile",
  ]);
  t.equal(scenario.status().preemptDelayEndsAt, scenario.now + 300_000_000);
  scenario.adverts({ priority: 50 }, 300);
  t.equal(scenario.state, "BACKUP");
});

t.test("while it listens nothing that others do makes it act", async (t) => {
  const scenario = new Scenario(
    coreConfig([{ leaseSeconds: 90 }], { renewIntervalMicros: 12_000_000, conflictProbeIntervalMicros: 1e6 }),
  );
  scenario.start();
  scenario.until(4);
  scenario.take();
  scenario.stall(10);
  const mac = macFromBytes(Uint8Array.of(2, 9, 9, 9, 9, 9));
  scenario.send({ type: "addressProbed", router: ROUTER, address: keyOf(VIRTUAL_ADDRESS), mac });
  scenario.send({ type: "addressConflict", router: ROUTER, address: keyOf(VIRTUAL_ADDRESS), mac });
  scenario.changed("removed", kernelAddress("192.0.2.10"));
  scenario.link({ mac });
  scenario.deadline();
  scenario.until(17.5);
  t.same(scenario.take("advert", "add", "announce", "remove"), []);
  t.match(scenario.status().virtualAddresses, [{ presence: "absent" }]);
  scenario.until(18);
  t.same(scenario.take("advert", "add"), ["17.609 advert", "17.609 add 192.0.2.10/32"]);
});

t.test(
  "while it listens, nothing is taken off the interface: not what was being added, nor what others add",
  async (t) => {
    const scenario = Scenario.master({ guardRemove: true, virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
    scenario.slowKernel = true;
    scenario.changed("removed", kernelAddress("192.0.2.10"));
    scenario.changed("removed", kernelAddress("192.0.2.11"));
    scenario.deadline();
    scenario.stall(10);
    scenario.deadline();
    scenario.answer();
    scenario.changed("removed", kernelAddress("192.0.2.11"));
    scenario.changed("added", kernelAddress("192.0.2.11"));
    scenario.take();
    scenario.until(17.1);
    t.same(scenario.take("add", "remove", "announce"), []);
    scenario.until(17.3);
    t.same(scenario.take("add"), ["17.219 add 192.0.2.10/32 192.0.2.11/32"]);
  },
);

t.test("announcements that were due in the stall wait, too", async (t) => {
  const scenario = Scenario.master();
  scenario.advance(0.1);
  scenario.take();
  scenario.stall(10);
  scenario.deadline();
  t.same(scenario.take("announce"), []);
});

t.test("it stands still again while it listens: once more, and then it serves", async (t) => {
  const scenario = Scenario.master();
  scenario.stall(10);
  scenario.deadline();
  scenario.take();
  scenario.stall(10);
  scenario.deadline();
  t.same(scenario.take("advert"), []);
  scenario.stall(10);
  scenario.deadline();
  t.same(scenario.take("advert"), ["33.609 advert"]);
});

t.test("a release, a fault or the end while it listens end the listening", async (t) => {
  for (const [act, state] of [
    [(scenario: Scenario) => scenario.advert({ priority: 0 }), "BACKUP"],
    [(scenario: Scenario) => scenario.link({ carrier: false }), "FAULT"],
    [(scenario: Scenario) => scenario.shutdown(), "INIT"],
  ] as const) {
    const scenario = Scenario.master();
    scenario.stall(10);
    scenario.deadline();
    act(scenario);
    t.equal(scenario.state, state);
    t.notOk(scenario.status().deadlines.some(({ reason }) => reason === "listen"));
    t.same(scenario.status().virtualAddresses[0]?.presence, "absent");
  }
});

t.test("the owner takes its addresses back at once, as wherever it comes up", async (t) => {
  const scenario = Scenario.started({ priority: 255 });
  scenario.until(30);
  scenario.take();
  scenario.stall(10);
  scenario.deadline();
  t.same(scenario.take("advert", "add", "announce"), [
    "40.000 advert",
    "40.000 add 192.0.2.10/32",
    "40.000 announce 192.0.2.10/32",
  ]);
});

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
  scenario.until(44);
  t.same(scenario.take("add", "announce")[0], "43.609 announce 192.0.2.10/32");
});

t.test("a rival is heard before the kernel has confirmed: nothing stays behind", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.slowKernel = true;
  scenario.stall(10);
  scenario.deadline();
  scenario.until(43.7);
  scenario.take();
  scenario.advert({ priority: 200 });
  t.same(scenario.take("remove"), ["43.700 remove 192.0.2.10/32"]);
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
  t.match(master.take(), [/no advert for 3.609 s/]);
  const early = Scenario.master();
  early.take();
  early.stall(3.609374);
  early.deadline();
  t.same(early.take("advert", "warn"), ["7.219 advert"]);
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
