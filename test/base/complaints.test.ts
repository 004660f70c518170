import t from "tap";
import { Complaints } from "../../src/base/complaints.js";

const SECOND = 1_000_000;

t.test("one a minute, with the number of those that were held back", async (t) => {
  const complaints = new Complaints();
  const admitted = [];
  for (let second = 0; second <= 130; second += 1) {
    const suppressed = complaints.admit(second * SECOND, "key");
    if (suppressed !== null) admitted.push([second, suppressed]);
  }
  t.same(admitted, [
    [0, 0],
    [60, 59],
    [120, 59],
  ]);
});

t.test("forged sources do not fill the log: ten a minute are named, the others counted", async (t) => {
  const complaints = new Complaints();
  const minute = (start: number, name: string) =>
    Array.from({ length: 500 }, (_, source) =>
      complaints.admit(start * SECOND + source, "drop checksum", `${name}${source}`),
    ).filter((suppressed) => suppressed !== null);
  t.same(minute(0, "a"), new Array(10).fill(0));
  t.equal(complaints.admit(1, "drop ttl", "a0"), 0, "another reason is another complaint");
  t.equal(complaints.admit(2 * SECOND, "drop checksum", "a0"), null);
  t.same(minute(61, "b"), [490, ...new Array(9).fill(0)], "with the number of those that were not named");
  t.equal(complaints.admit(130 * SECOND, "drop checksum", "a0"), 491, "of itself, and of the others since");
});

t.test("each key by itself; of too many the one made longest ago is forgotten", async (t) => {
  const complaints = new Complaints();
  const sources = Array.from({ length: 1025 }, (_, source) => `${source}`);
  t.ok(sources.every((source) => complaints.admit(0, source) === 0));
  t.equal(complaints.admit(1, "1024"), null);
  t.equal(complaints.admit(1, "0"), 0, "forgotten");
});
