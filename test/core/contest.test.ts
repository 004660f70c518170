import t from "tap";
import { macFromBytes } from "../../src/base/mac.js";
import { MICROS_PER_SECOND } from "../../src/base/time.js";
import { announcements, coreConfig, type RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { type Heard, keyOf, LINK, ROUTER, VIRTUAL_ADDRESS } from "./values.js";

const OTHER = macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 0x77));
const RIVAL: Heard = { priority: 50 };

/** Master for a minute, with nothing left to announce. */
function settled(router: RouterOverrides = {}): Scenario {
  const scenario = Scenario.master(coreConfig([router], { conflictProbeIntervalMicros: 300_000_000 }));
  scenario.until(60);
  scenario.take();
  return scenario;
}

const timesOf = (lines: readonly string[]) => lines.map((line) => Number(line.split(" ")[0]));

/** The most that any minute sees. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 60).length));
}

/** What others can do to make a master announce. */
const PROVOCATIONS: Readonly<Record<string, (scenario: Scenario, turn: number) => void>> = {
  "adverts of lower priority": (scenario) => scenario.advert(RIVAL),
  "the same from ever new sources": (scenario, turn) =>
    scenario.advert({ ...RIVAL, from: `192.0.2.${100 + (turn % 100)}` }),
  releases: (scenario) => scenario.advert({ priority: 0 }),
  "questions who has the address": (scenario) =>
    scenario.send({ type: "addressProbed", router: ROUTER, address: keyOf(VIRTUAL_ADDRESS), mac: OTHER }),
  "answers for the address": (scenario) =>
    scenario.send({ type: "addressConflict", router: ROUTER, address: keyOf(VIRTUAL_ADDRESS), mac: OTHER }),
};

for (const [what, provoke] of Object.entries(PROVOCATIONS)) {
  for (const limit of [20, 6]) {
    t.test(`${what}: at most ${limit} announcements a minute, and the last word is ours`, async (t) => {
      const scenario = settled({ contestedPerMinute: limit });
      for (let turn = 0; turn < 600; turn += 1) {
        provoke(scenario, turn);
        scenario.advance(0.2);
      }
      const end = scenario.now / 1e6;
      const during = timesOf(scenario.take("announce"));
      scenario.advance(25);
      const after = timesOf(scenario.take("announce"));
      const most = mostInAMinute([...during, ...after]);
      t.ok(most <= limit && most >= limit / 2, `${most} in the busiest minute`);
      t.ok(after.length > 0, `${after.length} after the last provocation at ${end}`);
    });
  }
}

t.test("eight adverts in eight seconds cost each address eleven announcements", async (t) => {
  const scenario = settled({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
  for (let turn = 0; turn < 8; turn += 1) {
    scenario.advert({ ...RIVAL, addresses: ["192.0.2.10", "192.0.2.11"] });
    scenario.advance(1);
  }
  const lines = scenario.take("announce");
  t.equal(lines.length, 11);
  t.ok(lines.every((line) => line.endsWith("192.0.2.10/32 192.0.2.11/32")));
});

t.test("a takeover announces in full, whatever was spent against a rival before it", async (t) => {
  const scenario = settled();
  for (let turn = 0; turn < 20; turn += 1) {
    scenario.advert(RIVAL);
    scenario.advance(1);
  }
  scenario.advert({ priority: 200 });
  scenario.advance(3.7);
  t.equal(scenario.state, "MASTER");
  // A rival right after it takes nothing away from the later rounds.
  scenario.take();
  scenario.advert(RIVAL);
  scenario.advance(1.5);
  scenario.advert(RIVAL);
  scenario.advance(7);
  t.ok(scenario.take("announce").length >= 9);
});

t.test("of a rival that falls silent, its down interval later: announced once more", async (t) => {
  const scenario = settled({ contestedPerMinute: 600 });
  scenario.adverts({ ...RIVAL, advertIntervalMicros: 10_000_000 }, 60, 10);
  scenario.take();
  scenario.advance(36);
  t.ok(timesOf(scenario.take("announce")).at(-1)! < 150, "the rounds against its last advert");
  scenario.advance(1);
  const again = timesOf(scenario.take("announce"));
  t.ok(again[0]! > 156 && again[0]! < 156.2, `${again[0]} is 36.1 s after its last advert`);
  scenario.until(170);
  scenario.take();
  scenario.until(1000);
  t.same(scenario.take("announce"), [], "once");
});

t.test("of a rival that releases: announced at once", async (t) => {
  const scenario = settled({ contestedPerMinute: 600 });
  scenario.advert(RIVAL);
  scenario.advance(3);
  scenario.take();
  scenario.advert({ priority: 0 });
  scenario.advance(0.1);
  t.same(scenario.take("advert", "announce"), ["63.000 advert", "63.000 announce 192.0.2.10/32"]);
  scenario.advance(2.9);
  scenario.take();
  scenario.until(90);
  const [first = 0, ...more] = timesOf(scenario.take("announce"));
  t.equal(first, 63 + announcements().contested.againAfterMicros! / MICROS_PER_SECOND, "the later rounds");
  t.ok(more.at(-1)! < first + 5, "and no more");
});

t.test("no longer master: a rival's silence is nothing to announce", async (t) => {
  const scenario = settled();
  scenario.advert(RIVAL);
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.adverts({ priority: 200 }, 30);
  t.same(scenario.take("announce"), []);
  t.notOk(scenario.status().deadlines.some(({ reason }) => reason === "rival silent"));
});

t.test("a master that yields asks who has the addresses, so that the one that stays announces", async (t) => {
  const outranked = settled();
  outranked.advert({ priority: 200 });
  t.same(outranked.take("BACKUP", "remove", "probe"), [
    "60.000 remove 192.0.2.10/32",
    "60.000 probe 192.0.2.10/32",
    "60.000 BACKUP: 192.0.2.1 has the higher priority 200",
  ]);
  const released = settled();
  released.shutdown();
  t.same(released.take("probe"), [], "one that stops has nobody to ask for");
});

t.test("an answer comes first, the announcement right after it", async (t) => {
  const scenario = settled();
  scenario.advert(RIVAL);
  t.same(scenario.take("advert", "announce"), ["60.000 advert"]);
  scenario.deadline();
  t.same(scenario.take("announce"), [], "not in the same wake-up, which does not know yet what became of it");
  scenario.nextDeadline();
  t.same(scenario.take("advert", "announce"), ["60.000 announce 192.0.2.10/32"]);
});

t.test("a MAC address that changes is announced in full, whatever was spent before", async (t) => {
  const scenario = settled({ contestedPerMinute: 2 });
  scenario.adverts(RIVAL, 10);
  scenario.take();
  scenario.link({ mac: LINK.mac === null ? null : OTHER });
  scenario.advance(7);
  t.equal(scenario.take("announce").length, 10);
});
