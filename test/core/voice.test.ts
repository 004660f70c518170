import t from "tap";
import type { RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { ROUTER } from "./values.js";

/** Two nodes of one virtual router that hear each other as far as their kernels let adverts out. */
class Pair {
  readonly nodes: readonly [Scenario, Scenario];
  /** For how long nobody was master, each time. */
  readonly gaps: number[] = [];
  transitions = 0;
  #nobodySince: number | null = null;

  constructor(a: RouterOverrides, b: RouterOverrides) {
    this.nodes = [new Scenario(a), new Scenario(b)];
    for (const [index, node] of this.nodes.entries()) {
      node.link({});
      node.addresses([]);
      node.source(`192.0.2.${index + 2}`);
    }
    this.exchange();
  }

  get states(): string {
    return this.nodes.map(({ state }) => state).join(" ");
  }

  get masters(): number {
    return this.nodes.filter(({ state }) => state === "MASTER").length;
  }

  advance(seconds: number): void {
    const end = this.nodes[0].now + seconds * 1e6;
    for (;;) {
      const at = Math.min(...this.nodes.map(({ core }) => core.deadline()?.at ?? end + 1));
      if (at > end) break;
      this.#at(at);
      for (const node of this.nodes) node.deadline();
      this.exchange();
    }
    this.#at(end);
  }

  #at(micros: number): void {
    for (const node of this.nodes) node.now = Math.max(node.now, micros);
  }

  /** Until nobody has anything more to say. */
  exchange(): void {
    for (let spoke = true; spoke; ) {
      spoke = false;
      for (const [index, node] of this.nodes.entries()) {
        const { mute } = node;
        const priority = node.status().priority!;
        for (const line of node.take()) {
          const kind = line.split(" ")[1]!;
          if (/^(MASTER|BACKUP|FAULT):$/.test(kind)) this.transitions += 1;
          if (mute !== null || !["advert", "release", "trial"].includes(kind)) continue;
          spoke = true;
          const said = kind === "advert" ? priority : kind === "release" ? 0 : 1;
          this.nodes[1 - index]!.advert({ from: `192.0.2.${index + 2}`, priority: said });
        }
      }
    }
    this.#judge();
  }

  #judge(): void {
    const now = this.nodes[0].now / 1e6;
    if (this.masters === 0) this.#nobodySince ??= now;
    else if (this.#nobodySince !== null) {
      this.gaps.push(now - this.#nobodySince);
      this.#nobodySince = null;
    }
  }
}

const DELAY = { mode: "delay", delaySeconds: 300 } as const;

function elected(a: RouterOverrides = {}, b: RouterOverrides = {}): Pair {
  const pair = new Pair({ priority: 200, ...a }, { priority: 100, ...b });
  pair.advance(60);
  pair.gaps.length = 0;
  pair.transitions = 0;
  return pair;
}

t.test(
  "a master whose adverts the kernel refuses yields to the other, and comes back when they leave",
  async (t) => {
    const pair = elected({ preempt: DELAY });
    const [a, b] = pair.nodes;
    a.mute = "EPERM";
    pair.advance(60);
    t.equal(pair.states, "FAULT MASTER");
    t.match(a.status(), {
      code: "adverts-refused",
      reason: "the kernel refuses every advert (EPERM), and 192.0.2.3 is heard in its place",
    });
    t.same(pair.gaps, [], "there was a master all the time");
    pair.advance(600);
    t.equal(pair.transitions, 2, "and nothing else has changed");
    a.mute = null;
    pair.advance(61);
    t.equal(pair.states, "BACKUP MASTER", "after a trial; the delay is for it as for anybody");
    pair.advance(310);
    t.equal(pair.states, "MASTER BACKUP");
    t.same(pair.gaps, []);
    t.equal(b.status().counters.becomeMaster, 1);
  },
);

t.test("trials come ever more rarely, a minute apart at most", async (t) => {
  const scenario = Scenario.master();
  scenario.advert({ priority: 50 });
  scenario.mute = "EPERM";
  scenario.take();
  scenario.adverts({ priority: 50 }, 400);
  t.equal(scenario.state, "FAULT");
  const times = scenario.take("trial").map((line) => Number(line.split(" ")[0]));
  const pauses = times.slice(1).map((at, index) => Math.round(at - times[index]!));
  t.same(pauses.slice(0, 7), [2, 4, 8, 16, 32, 60, 60]);
});

t.test("with nobody else it serves on, and says it first; once adverts leave it announces", async (t) => {
  const scenario = Scenario.master();
  scenario.until(100);
  const sent = scenario.status().counters.advertsSent;
  scenario.mute = "EPERM";
  scenario.advance(3);
  t.equal(scenario.status().unheard, null, "not yet for its down interval");
  scenario.advance(600);
  t.match(scenario.status(), { state: "MASTER", unheard: { since: Number, errno: "EPERM" } });
  const { counters } = scenario.status();
  t.equal(counters.advertsSent, sent, "what did not leave is not sent");
  t.match(counters.sendErrorsByErrno, { EPERM: counters.sendErrors });
  scenario.take();
  scenario.mute = null;
  scenario.advance(10);
  t.equal(scenario.status().unheard, null);
  t.equal(scenario.take("announce").length, 10);
});

t.test(
  "whom it heard longer than ten down intervals ago does not count, nor a stranger, nor one that released",
  async (t) => {
    const heard = (what: (scenario: Scenario) => void, seconds: number) => {
      const scenario = Scenario.master();
      scenario.until(50);
      what(scenario);
      scenario.advance(seconds);
      scenario.mute = "EPERM";
      scenario.advance(5);
      return scenario.state;
    };
    t.equal(
      heard((scenario) => scenario.advert({ priority: 50 }), 20),
      "FAULT",
    );
    t.equal(
      heard((scenario) => scenario.advert({ priority: 50 }), 33),
      "MASTER",
    );
    t.equal(
      heard((scenario) => scenario.advert({ priority: 0 }), 1),
      "MASTER",
    );
    t.equal(
      heard((scenario) => scenario.advert({ priority: 50, addresses: ["192.0.2.99"] }), 1),
      "MASTER",
    );
  },
);

t.test("one advert that leaves in time is enough", async (t) => {
  const scenario = Scenario.master();
  scenario.advert({ priority: 50 });
  for (let round = 0; round < 20; round += 1) {
    scenario.mute = "ENOBUFS";
    scenario.advance(3);
    scenario.mute = null;
    scenario.adverts({ priority: 50 }, 1);
  }
  t.equal(scenario.state, "MASTER");
});

t.test("unicast: all peers refused counts, one of several is a warning", async (t) => {
  const failing = (reached: number) => {
    const scenario = Scenario.master();
    scenario.advert({ priority: 50 });
    const before = scenario.status().counters.advertsSent;
    for (let second = 0; second < 6; second += 1) {
      scenario.advance(1);
      scenario.send({ type: "sendFailed", router: ROUTER, what: "advert", codes: ["EPERM"], reached });
    }
    return { scenario, sent: scenario.status().counters.advertsSent - before };
  };
  const one = failing(2);
  t.equal(one.scenario.state, "MASTER");
  t.equal(one.sent, 6);
  t.match(one.scenario.take("warn send-failed"), [/sending an advert to 1 of 3 peers failed: EPERM$/]);
  t.equal(failing(0).scenario.state, "FAULT");
});

t.test("never an announcement after an answer that failed", async (t) => {
  const scenario = Scenario.master();
  scenario.until(60);
  scenario.take();
  scenario.mute = "EPERM";
  scenario.advert({ priority: 50 });
  scenario.advance(0.05);
  scenario.advert({ priority: 50 });
  scenario.advance(2);
  t.same(scenario.take("announce"), []);
});

const PREEMPTS = {
  "at once": { mode: "immediate", delaySeconds: 0 },
  "after a delay": DELAY,
  never: { mode: "never", delaySeconds: 0 },
} as const;

for (const [how, preempt] of Object.entries(PREEMPTS)) {
  for (const between of [0, 0.5, 2, 4, 5, 8, 10, 12, 20, 30, 60, 500]) {
    for (const first of [0, 1] as const) {
      t.test(
        `both mute, node ${first} first, the other after ${between} s, preempting ${how}: somebody serves`,
        async (t) => {
          const pair = elected({ preempt }, { preempt });
          pair.nodes[first].mute = "EPERM";
          pair.advance(between);
          pair.nodes[1 - first]!.mute = "ENOBUFS";
          pair.advance(120);
          const settled = pair.transitions;
          t.ok(pair.masters >= 1, pair.states);
          t.ok(pair.gaps.length <= 1 && pair.gaps.every((gap) => gap < 5), `gaps: ${pair.gaps.join(", ")}`);
          pair.advance(1000);
          t.equal(pair.transitions, settled, "nothing changes any more");
          for (const node of pair.nodes) node.mute = null;
          pair.advance(400);
          t.equal(pair.masters, 1, "heard again, one of them");
          t.ok(pair.gaps.length <= 1, `gaps: ${pair.gaps.join(", ")}`);
        },
      );
    }
  }
}

t.test("the other stops in good order: whoever waits for its adverts to leave serves at once", async (t) => {
  const pair = elected();
  const [a, b] = pair.nodes;
  a.mute = "EPERM";
  pair.advance(30);
  t.equal(pair.states, "FAULT MASTER");
  b.shutdown();
  pair.exchange();
  pair.advance(1.1);
  t.equal(a.state, "MASTER");
  t.match(a.status().code, "alone");
});

t.test("what else is in the way is seen to first, and a stop leaves no timer behind", async (t) => {
  const pair = elected();
  const [a] = pair.nodes;
  a.mute = "EPERM";
  pair.advance(10);
  a.link({ carrier: false });
  t.equal(a.status().code, "no-carrier");
  pair.advance(60);
  a.link({ carrier: true });
  t.equal(a.status().code, "adverts-refused");
  a.shutdown();
  t.equal(a.core.deadline(), null);
});
