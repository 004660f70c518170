import t from "tap";
import { claimFilter, rangesOf } from "../../../src/host/conflicts/filter.js";
import { virtualAddresses } from "../netlink/support.js";

t.test("neighbouring numbers are one range; beyond the limit the nearest ranges are joined", async (t) => {
  t.same(rangesOf([5, 3, 4, 9, 9], 10), [
    [3, 5],
    [9, 9],
  ]);
  t.same(rangesOf([7], 10), [[7, 7]]);
  t.same(rangesOf([], 10), []);
  t.same(rangesOf([1, 3, 100, 102, 1000], 3), [
    [1, 3],
    [100, 102],
    [1000, 1000],
  ]);
  t.same(rangesOf([1, 3, 100, 102, 1000], 1), [[1, 1000]]);
});

t.test("never more ranges than allowed, and none of the numbers left out", async (t) => {
  const numbers = Array.from({ length: 1000 }, (_, at) => at * 3 + (at % 7));
  for (const most of [1, 2, 128]) {
    const ranges = rangesOf(numbers, most);
    t.ok(ranges.length <= most);
    t.ok(numbers.every((number) => ranges.some(([first, last]) => first <= number && number <= last)));
  }
});

t.test("the program of a thousand scattered addresses stays within what the kernel takes", async (t) => {
  const addresses = virtualAddresses("ipv4", 1000).map(({ address }) => address);
  const scattered = addresses.filter((_, at) => at % 3 !== 0);
  t.ok(claimFilter("ipv4", scattered).length / 8 <= 128 * 3 + 4);
});
