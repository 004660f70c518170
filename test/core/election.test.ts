import t from "tap";
import { masterDownMicros, outranks, skewMicros } from "../../src/core/election.js";
import { Scenario } from "./scenario.js";
import { ip } from "./values.js";

t.test("version 3: skew and down interval come from the interval, exact to the microsecond", async (t) => {
  t.equal(skewMicros(3, 100, 1_000_000), 609_375);
  t.equal(masterDownMicros(3, 100, 1_000_000, 3), 3_609_375);
  t.equal(masterDownMicros(3, 200, 1_000_000, 3), 3_218_750);
  t.equal(masterDownMicros(3, 254, 10_000, 3), 30_078, "the fraction of 30 078.125 is cut off");
  t.equal(masterDownMicros(3, 1, 40_950_000, 3), 163_640_039, "40.95 s, the longest");
});

t.test("[v2-6.1-1 +] version 2: the skew is a part of one second, whatever the interval", async (t) => {
  t.equal(skewMicros(2, 100, 5_000_000), 609_375);
  t.equal(masterDownMicros(2, 100, 5_000_000, 3), 15_609_375);
});

t.test("[6.4.3-11 +-] rank: priority first, then the address as an unsigned number", async (t) => {
  const rank = (priority: number, source: string) => ({ priority, source: ip(source) });
  t.equal(outranks(rank(101, "192.0.2.1"), rank(100, "192.0.2.2")), true);
  t.equal(outranks(rank(99, "192.0.2.3"), rank(100, "192.0.2.2")), false);
  t.equal(outranks(rank(100, "192.0.2.10"), rank(100, "192.0.2.9")), true, "not compared as text");
  t.equal(outranks(rank(100, "203.0.113.1"), rank(100, "127.0.0.1")), true, "unsigned");
  t.equal(outranks(rank(100, "192.0.2.1"), rank(100, "192.0.2.2")), false);
  t.equal(outranks(rank(100, "192.0.2.2"), rank(100, "192.0.2.2")), false, "equal in both");
  t.equal(outranks(rank(100, "2001:db8::ffff"), rank(100, "2001:db8::1:0")), false);
});

t.test("[6.4.1 +] [6.4.2-9 +] the router arms exactly these spans", async (t) => {
  const scenario = Scenario.started({ priority: 100 });
  t.match(scenario.core.deadline(), { at: 3_609_375, reason: "master down", owner: "web" });
  scenario.until(1);
  scenario.advert({ priority: 200, advertIntervalMicros: 20_000 });
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 3 * 20_000 + 12_187, "20 ms: skew 12 187.5");
});
