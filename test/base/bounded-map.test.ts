import t from "tap";
import { BoundedMap } from "../../src/base/bounded-map.js";

interface Counted {
  readonly name: string;
  readonly count: number;
}

const isFewer = (one: Counted, other: Counted) => one.count < other.count;

function filled(counts: Readonly<Record<string, number>>, most = Object.keys(counts).length) {
  const map = new BoundedMap<string, Counted>({ most, isOf: ({ name }, key) => name === key });
  for (const [name, count] of Object.entries(counts)) map.add({ name, count }, isFewer);
  return map;
}

const namesOf = (map: BoundedMap<string, Counted>) => map.all().map(({ name }) => name);

t.test("a value is found by its key", async (t) => {
  const map = filled({ a: 1, b: 2 });
  t.equal(map.get("b")?.count, 2);
  t.equal(map.get("c"), undefined);
});

t.test("one more pushes out the one that is worth least, wherever it stands", async (t) => {
  for (const counts of [
    { least: 1, b: 2, c: 3 },
    { b: 2, least: 1, c: 3 },
    { b: 2, c: 3, least: 1 },
  ]) {
    const map = filled(counts);
    map.add({ name: "new", count: 0 }, isFewer);
    t.same(namesOf(map).sort(), ["b", "c", "new"]);
    t.equal(map.get("least"), undefined);
  }
});

t.test("of several that are worth the same the one known longest goes", async (t) => {
  const map = filled({ a: 2, b: 1, c: 1 });
  map.add({ name: "d", count: 1 }, isFewer);
  t.same(namesOf(map), ["a", "c", "d"]);
  map.add({ name: "e", count: 1 }, isFewer);
  t.same(namesOf(map), ["a", "d", "e"]);
});

t.test("who is kept stays, however little it is worth", async (t) => {
  const map = filled({ kept: 0, b: 5, c: 6 });
  map.add({ name: "d", count: 1 }, isFewer, ({ name }) => name === "kept");
  t.same(namesOf(map), ["kept", "c", "d"]);
});

t.test("where all are kept, it grows: their number is bounded by whoever keeps them", async (t) => {
  const map = filled({ a: 1, b: 1 });
  map.add({ name: "c", count: 0 }, isFewer, () => true);
  t.same(namesOf(map), ["a", "b", "c"]);
});

t.test("a flood of keys leaves no more than there is room for", async (t) => {
  const map = filled({}, 4);
  for (let number = 0; number < 1_000; number += 1) map.add({ name: `${number}`, count: 1 }, isFewer);
  t.same(namesOf(map), ["996", "997", "998", "999"]);
});

t.test("the list that is handed out is no way in", async (t) => {
  const map = filled({ a: 1 });
  map.all().pop();
  t.same(namesOf(map), ["a"]);
});
