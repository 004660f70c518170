import fc from "fast-check";
import t from "tap";
import { PROPERTIES } from "./all.js";
import { fuzz } from "./fuzz.js";
import { named } from "./property.js";

/** A clock on which every look takes a tenth of a second. */
function ticking(): () => number {
  let tenths = 0;
  return () => tenths++ / 10;
}

const right = named(
  "numbers equal themselves",
  50,
  fc.property(fc.nat(), (number) => number === number + 0),
);
const wrong = named(
  "numbers are small",
  500,
  fc.property(fc.nat(), (number) => {
    if (number > 1000) throw new Error(`${number} is large`);
  }),
);

t.test("every property has its turns until the time is over", async (t) => {
  const { tallies, failure } = fuzz([right, right], { seed: 7, seconds: 5, clock: ticking() });
  t.equal(failure, null);
  for (const { runs, seconds } of tallies) {
    t.ok(runs > 20 && runs % 10 === 0, `${runs} runs, in turns of a fifth of a test's`);
    t.ok(seconds > 0);
  }
});

t.test("each has one turn, however short the time", async (t) => {
  const { tallies } = fuzz([right, right, right], { seed: 7, seconds: 0.01, clock: ticking() });
  t.same(
    tallies.map(({ runs }) => runs),
    [10, 10, 10],
  );
});

t.test("a broken one ends it, with the smallest input and a seed that finds it again", async (t) => {
  const { tallies, failure } = fuzz([right, wrong], { seed: 7, seconds: 5, clock: ticking() });
  t.equal(failure?.property, wrong);
  t.match(failure?.details, /Counterexample: \[1001\]/);
  t.match(failure?.details, "1001 is large");
  t.equal(tallies[0]!.runs, 10, "the one before had its turn");
  const again = fuzz([wrong], { seed: failure!.seed, seconds: 1, clock: ticking() });
  t.same(again.failure?.details, failure?.details);
});

t.test("seeds go on from the first, and from 0 after the last", async (t) => {
  const seeds: number[] = [];
  const noting = { name: "notes", runs: 5, check: ({ seed }: { seed?: number }) => void seeds.push(seed!) };
  fuzz([noting], { seed: 0x7fffffff, seconds: 1, clock: ticking() });
  t.same(seeds.slice(0, 3), [0x7fffffff, 0, 1]);
});

t.test("each property has a name of its own", async (t) => {
  t.equal(new Set(PROPERTIES.map(({ name }) => name)).size, PROPERTIES.length);
  t.ok(PROPERTIES.length > 20);
});
