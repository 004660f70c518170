/** The arithmetic of the bench. */
import t from "tap";
import {
  exponentOf,
  median,
  percentile,
  ratioOf,
  spacingErrors,
  spreadOf,
} from "../../bench/figures/numbers.js";
import { skewMicros, takeoverFloorMicros } from "../../bench/figures/protocol.js";

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

t.test("a percentile is a value that was measured", async (t) => {
  t.equal(percentile([7], 0.999), 7);
  t.equal(percentile(oneTo(1000), 0.999), 999);
  t.equal(percentile(oneTo(1000), 0.99), 990);
  t.equal(percentile([3, 1, 2], 0), 1);
  t.equal(percentile([3, 1, 2], 0.5), 2);
  t.equal(percentile([3, 1, 2], 1), 3);
  t.throws(() => percentile([], 0.5), RangeError);
});

t.test("median and spread", async (t) => {
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.equal(median([10, 9, 1]), 9, "by value, not by text");
  t.throws(() => median([]), RangeError);
  t.strictSame(spreadOf([5, 4, 3, 2, 1]), { min: 1, lower: 2, median: 3, upper: 4, max: 5, count: 5 });
});

t.test("a ratio has the spread of all pairs", async (t) => {
  t.strictSame(ratioOf([2], [4]), { lower: 0.5, median: 0.5, upper: 0.5 });
  const ratio = ratioOf([1, 2, 3], [1, 2, 4])!;
  t.equal(ratio.median, 1, "of the medians");
  // 0.25 0.5 0.5 0.75 1 1 1.5 2 3: the third and the seventh of nine.
  t.strictSame([ratio.lower, ratio.upper], [0.5, 1.5]);
  t.equal(ratioOf([1], []), null);
  t.equal(ratioOf([1], [2, 0]), null, "nothing is that many times as long as nothing");
  t.equal(ratioOf([1], [-7]), null);
});

t.test("the exponent of a power law", async (t) => {
  const law = (exponent: number) => [1, 4, 16, 64].map((x) => ({ x, y: 3 * x ** exponent }));
  for (const exponent of [0, 0.5, 1, 2]) t.ok(Math.abs(exponentOf(law(exponent)) - exponent) < 1e-9);
  t.throws(() => exponentOf([{ x: 1, y: 1 }]), RangeError);
  t.throws(
    () =>
      exponentOf([
        { x: 1, y: 0 },
        { x: 2, y: 1 },
      ]),
    RangeError,
  );
});

t.test("spacing errors count early and late alike", async (t) => {
  t.strictSame(spacingErrors([0, 100, 203, 298], 100), [0, 3, 5]);
  t.strictSame(spacingErrors([5], 100), []);
});

t.test("the protocol's floors are those of RFC 9568 §6.1", async (t) => {
  t.equal(takeoverFloorMicros(100, 1_000_000), 3_609_375);
  t.equal(takeoverFloorMicros(100, 10_000), 36_093.75);
  t.equal(takeoverFloorMicros(255, 1_000_000), 3_003_906.25);
  t.equal(skewMicros(100, 100_000), 60_937.5);
});
