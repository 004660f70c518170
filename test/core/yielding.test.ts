/** A node that has yielded: what it says, when its addresses go, and when it takes them all the same. */
import t from "tap";
import { secondsToMicros } from "../../src/base/time.js";
import { coreConfig, type RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";
import type { Heard } from "./values.js";

const SPOKEN = ["advert", "release", "add", "remove", "MASTER", "BACKUP", "FAULT"];
/** The last backup's skew, and half an interval; by force those that have yielded may take over, too. */
const INVITED_SECONDS = 255 / 256 + 0.5;
const FORCED_SECONDS = INVITED_SECONDS + 1;
const AT_ONCE = { preempt: { mode: "immediate", delaySeconds: 0 } } as const;
const NEVER = { preempt: { mode: "never", delaySeconds: 0 } } as const;

interface Terms {
  readonly forSeconds?: number;
  readonly force?: boolean;
  readonly instances?: readonly string[];
}

function yields(scenario: Scenario, { forSeconds, force = false, instances }: Terms = {}): void {
  const until = forSeconds === undefined ? null : scenario.now + secondsToMicros(forSeconds);
  scenario.send({ type: "yield", instances: instances ?? null, until, force, persistent: false });
}

function resumes(scenario: Scenario, instances: readonly string[] | null = null): void {
  scenario.send({ type: "resume", instances });
}

function spoken(scenario: Scenario): string[] {
  return scenario.take(...SPOKEN).map((line) => line.replace(/^[\d.]+ /, ""));
}

for (const force of [false, true]) {
  t.test(
    `a master keeps its addresses until another one is heard${force ? ", by force as well" : ""}`,
    async (t) => {
      const scenario = Scenario.master({ priority: 200 });
      yields(scenario, { force });
      t.same(spoken(scenario), ["release", "release"], "backups may take over");
      scenario.advance(0.8);
      t.same(spoken(scenario), [], "it does not contradict itself");
      scenario.advert({ priority: 20 });
      t.same(spoken(scenario), [
        "remove 192.0.2.10/32",
        "BACKUP: this node has yielded, and 192.0.2.1 serves",
      ]);
      t.equal(scenario.status().code, "yielded");
      scenario.adverts({ priority: 20 }, 600);
      t.same(spoken(scenario), [], "it takes nothing back while that one serves");
    },
  );
}

t.test("nobody takes over: it serves on, says so, and lets others try again from time to time", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario);
  scenario.take();
  scenario.advance(INVITED_SECONDS);
  t.match(scenario.take("warn"), [/yield-alone: .* serves on, as no other node has taken over; .* in 10 s$/]);
  t.equal(scenario.state, "MASTER");
  t.equal(scenario.status().priority, 1, "whoever preempts may have the addresses");
  scenario.advance(10);
  t.same(
    spoken(scenario).slice(-3),
    ["advert", "release", "release"],
    "adverts until then, and another invitation",
  );
  scenario.advert({ priority: 5, from: "192.0.2.1" });
  t.equal(scenario.state, "BACKUP");
});

t.test("nobody takes over, by force: the addresses go, and nothing brings them back", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario, { force: true });
  scenario.take();
  scenario.advance(FORCED_SECONDS);
  t.match(spoken(scenario), [
    "release",
    "release",
    "remove 192.0.2.10/32",
    /^BACKUP: .*by force, and no other/,
  ]);
  scenario.adverts({ priority: 20 }, 5);
  scenario.advert({ priority: 0 });
  scenario.advance(3600);
  scenario.link({ carrier: false });
  scenario.link({});
  scenario.advance(3600);
  t.equal(scenario.state, "BACKUP");
  t.same(spoken(scenario), [
    "FAULT: interface eth0 has no carrier",
    "BACKUP: recovered from “interface eth0 has no carrier”",
  ]);
  resumes(scenario);
  scenario.nextDeadline();
  t.equal(scenario.state, "MASTER", "it has listened all the time");
});

const AWAY: readonly (readonly [what: string, heard: Heard, overrides: RouterOverrides])[] = [
  ["a lower master, preemption without delay", { priority: 50 }, AT_ONCE],
  ["a lower master, a preempt delay", { priority: 50 }, { preempt: { mode: "delay", delaySeconds: 5 } }],
  ["a lower master, no preemption", { priority: 50 }, NEVER],
  ["the lowest there is", { priority: 1 }, AT_ONCE],
  ["an owner that hears a lower one", { priority: 50 }, { priority: 255 }],
  ["a higher master", { priority: 254 }, AT_ONCE],
  ["version 2", { priority: 50, version: 2, checksumForm: null }, { ...AT_ONCE, version: 2 }],
];

for (const [what, heard, overrides] of AWAY) {
  t.test(`a backup that has yielded preempts nobody: ${what}`, async (t) => {
    const scenario = Scenario.started({ ownerWaits: true, ...overrides });
    scenario.advert(heard);
    yields(scenario);
    scenario.adverts(heard, 60);
    t.equal(scenario.state, "BACKUP");
    t.equal(scenario.status().preemptDelayEndsAt, null);
  });

  t.test(`a backup that has yielded serves when that one has gone: ${what}`, async (t) => {
    const scenario = Scenario.started({ ownerWaits: true, ...overrides });
    yields(scenario);
    scenario.adverts(heard, 5);
    scenario.advert({ ...heard, priority: 0 });
    scenario.advance(1.9);
    t.equal(scenario.state, "BACKUP", "every other backup comes first");
    scenario.advance(0.1);
    t.equal(scenario.state, "MASTER");
    t.match(scenario.status().reason, /; nobody else serves, so this node does, though it has yielded$/);
  });
}

t.test("a preemption that has begun is called off", async (t) => {
  const scenario = Scenario.started({ ...AT_ONCE, priority: 200 });
  scenario.adverts({ priority: 50 }, 3);
  yields(scenario);
  scenario.adverts({ priority: 50 }, 10);
  t.equal(scenario.state, "BACKUP");
});

t.test("resumed, it preempts as configured", async (t) => {
  for (const [overrides, state] of [
    [AT_ONCE, "MASTER"],
    [NEVER, "BACKUP"],
  ] as const) {
    const scenario = Scenario.master({ ...overrides, priority: 200 });
    yields(scenario);
    scenario.adverts({ priority: 50 }, 20);
    resumes(scenario);
    t.equal(scenario.status().priority, 200);
    scenario.adverts({ priority: 50 }, 5);
    t.equal(scenario.state, state);
  }
});

t.test("resumed while others may take over, it speaks at once", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario);
  scenario.take();
  resumes(scenario);
  t.same(spoken(scenario), ["advert"]);
  scenario.advert({ priority: 50 });
  scenario.advance(60);
  t.equal(scenario.state, "MASTER");
});

t.test("it ends by itself, and says so", async (t) => {
  const scenario = Scenario.master({ ...AT_ONCE, priority: 200 });
  yields(scenario, { forSeconds: 30 });
  t.match(scenario.take("info yield"), [
    /This node has yielded for 30 s, and serves only while nobody else does$/,
  ]);
  scenario.adverts({ priority: 50 }, 29);
  t.equal(scenario.status().priority, 1);
  t.equal(scenario.core.status().yields.length, 1);
  scenario.adverts({ priority: 50 }, 1);
  t.match(scenario.take("info yield-over"), [/This node has yielded for as long as it was to$/]);
  t.same(scenario.core.status().yields, []);
  scenario.adverts({ priority: 50 }, 5);
  t.equal(scenario.state, "MASTER");
});

t.test("told again, the newer word counts", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario, { forSeconds: 10 });
  scenario.adverts({ priority: 50 }, 5);
  yields(scenario, { forSeconds: 60, force: true });
  scenario.advance(59);
  t.equal(scenario.state, "BACKUP", "by force now");
  scenario.advance(6);
  t.equal(scenario.state, "MASTER");
});

t.test("an owner that yields is none until it resumes", async (t) => {
  const scenario = Scenario.master({ priority: 255 });
  yields(scenario);
  scenario.advert({ priority: 50 });
  t.equal(scenario.state, "BACKUP");
  scenario.link({ carrier: false });
  scenario.link({});
  scenario.adverts({ priority: 50 }, 10);
  t.equal(scenario.state, "BACKUP");
});

t.test("it yields before its interface is there", async (t) => {
  for (const priority of [200, 255]) {
    const scenario = new Scenario({ priority });
    yields(scenario);
    scenario.start();
    t.equal(scenario.state, "BACKUP");
    scenario.adverts({ priority: 50 }, 60);
    t.equal(scenario.state, "BACKUP");
  }
});

t.test("it yields in FAULT: recovered, it takes nothing from others", async (t) => {
  const scenario = Scenario.master({ ...AT_ONCE, priority: 200 });
  scenario.link({ carrier: false });
  scenario.take();
  yields(scenario);
  t.same(spoken(scenario), []);
  scenario.link({});
  scenario.adverts({ priority: 50 }, 60);
  t.equal(scenario.state, "BACKUP");
});

t.test("FAULT while others may take over: what was planned is over", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario, { force: true });
  scenario.link({ carrier: false });
  scenario.take();
  scenario.advance(60);
  t.same(spoken(scenario), []);
});

t.test("a release of another one is not answered while others may take over", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario);
  scenario.take();
  scenario.advert({ priority: 0 });
  t.same(spoken(scenario), []);
});

t.test("a master that has yielded gives way to any that is higher than the lowest priority", async (t) => {
  const scenario = Scenario.master({ ...AT_ONCE, priority: 200 });
  yields(scenario);
  scenario.advance(5);
  scenario.advert({ priority: 2 });
  t.equal(scenario.state, "BACKUP");
});

t.test("a stranger with our id is none that serves our addresses", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario);
  scenario.advert({ priority: 250, addresses: ["198.51.100.7"] });
  scenario.advance(INVITED_SECONDS);
  t.equal(scenario.state, "MASTER");
});

t.test("a process that stood still meanwhile reads before it decides", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario);
  scenario.stall(2);
  scenario.send({ type: "advertise" });
  scenario.advert({ priority: 50 });
  scenario.deadline();
  t.equal(scenario.state, "BACKUP");
});

t.test("what it tracks changes nothing before it resumes", async (t) => {
  const track = { on: { interface: "eth1" }, effect: { weight: 50 }, reversed: false } as const;
  const scenario = Scenario.master({ priority: 100, tracks: [track] });
  yields(scenario);
  scenario.advert({ priority: 50 });
  scenario.send({
    type: "link",
    interface: "eth1",
    link: { index: 3, up: true, carrier: true, mac: null, mtu: 1500 },
  });
  t.equal(scenario.status().priority, 1);
  resumes(scenario);
  t.equal(scenario.status().priority, 150);
});

t.test("a lease is renewed while others may take over", async (t) => {
  const scenario = Scenario.master({ leaseSeconds: 3, priority: 200 });
  yields(scenario);
  t.same(scenario.take("add"), ["3.219 add 192.0.2.10/32"]);
});

const A: RouterOverrides = { name: "a", virtualRouterId: 1, virtualAddresses: ["192.0.2.10"] };
const B: RouterOverrides = { name: "b", virtualRouterId: 2, virtualAddresses: ["192.0.2.20"] };

function yielded(scenario: Scenario): string {
  const { routers } = scenario.core.status();
  return routers.map(({ name, yielded }) => (yielded === null ? "" : name)).join("");
}

t.test("one of two yields, and the other notices nothing", async (t) => {
  const scenario = Scenario.master(coreConfig([A, B]));
  scenario.advance(10);
  scenario.take();
  yields(scenario, { instances: ["a"] });
  t.equal(yielded(scenario), "a");
  t.same(spoken(scenario), ["release [eth0/ipv4/1]", "release [eth0/ipv4/1]"]);
});

t.test("what counts: a name, then the node; the newest word of the node is for all", async (t) => {
  const scenario = Scenario.started(coreConfig([A, B]));
  const steps: readonly (readonly [() => void, string])[] = [
    [() => yields(scenario), "ab"],
    [() => resumes(scenario, ["a"]), "b"],
    [() => yields(scenario, { instances: ["a"], forSeconds: 5 }), "ab"],
    [() => scenario.advance(6), "b"],
    [() => yields(scenario), "ab"],
    [() => resumes(scenario), ""],
    [() => yields(scenario, { instances: ["a"] }), "a"],
    [() => resumes(scenario, ["b", "unknown"]), "a"],
    [() => resumes(scenario, ["a"]), ""],
  ];
  for (const [index, [step, wanted]] of steps.entries()) {
    step();
    t.equal(yielded(scenario), wanted, `step ${index + 1}`);
  }
});

t.test("a reload: the node's yield counts for what comes, a name's stays with the name", async (t) => {
  const scenario = Scenario.started(coreConfig([A]));
  yields(scenario, { instances: ["b"] });
  t.equal(yielded(scenario), "");
  scenario.send({ type: "configure", config: coreConfig([A, B]) });
  t.equal(yielded(scenario), "b");
  scenario.send({ type: "configure", config: coreConfig([A]) });
  scenario.send({ type: "configure", config: coreConfig([A, B]) });
  t.equal(yielded(scenario), "b");
  scenario.send({ type: "configure", config: coreConfig([A]) });
  yields(scenario);
  scenario.send({ type: "configure", config: coreConfig([A, B]) });
  t.equal(yielded(scenario), "ab");
});

t.test("a reload removes an instance called host, and the node's yield ends in time", async (t) => {
  const scenario = Scenario.started(coreConfig([A, { ...B, name: "host" }]));
  yields(scenario, { forSeconds: 60 });
  scenario.send({ type: "configure", config: coreConfig([A]) });
  scenario.advert({ priority: 200 });
  t.equal(yielded(scenario), "a");
  scenario.adverts({ priority: 200 }, 60);
  t.equal(yielded(scenario), "");
});

t.test("names are bounded", async (t) => {
  const scenario = Scenario.started(A);
  for (let one = 0; one < 1100; one += 1) yields(scenario, { instances: [`name ${one}`], forSeconds: 60 });
  t.equal(scenario.core.status().yields.length, 1024);
  scenario.advance(61);
  t.equal(scenario.core.status().yields.length, 0);
});

t.test("after the end nothing is waited for", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario, { forSeconds: 60 });
  scenario.shutdown();
  t.equal(scenario.core.deadline(), null);
});

t.test("nobody has taken over: it advertises again at once", async (t) => {
  const scenario = Scenario.master({ priority: 200 });
  yields(scenario);
  scenario.take();
  scenario.advance(INVITED_SECONDS);
  t.same(spoken(scenario), ["advert"]);
});

t.test("one that serves though it has yielded lets others take over again", async (t) => {
  const scenario = Scenario.started({ priority: 200 });
  yields(scenario);
  scenario.advance(10);
  t.equal(scenario.state, "MASTER");
  scenario.take();
  scenario.advance(10);
  t.same(scenario.take("release").length, 2);
});

t.test("a name that yields once more does so for as long as it is told now", async (t) => {
  const scenario = Scenario.started(coreConfig([A]));
  yields(scenario, { instances: ["a"], forSeconds: 5 });
  yields(scenario, { instances: ["a"], forSeconds: 60 });
  scenario.advance(6);
  t.equal(yielded(scenario), "a");
});
