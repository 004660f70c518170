import t from "tap";
import { parseExposition } from "./exposition.js";

const GOOD = `# HELP a_total Counts
# TYPE a_total counter
a_total{x="1",y="a\\"b"} 2
# HELP h Spans
# TYPE h histogram
h_bucket{le="1"} 1
h_bucket{le="+Inf"} 3
h_sum 4
h_count 3
`;

t.test("reads what is well-formed", async (t) => {
  const samples = parseExposition(GOOD);
  t.equal(samples.length, 5);
  t.match(samples[0], { name: "a_total", labels: { x: "1", y: 'a\\"b' }, value: 2 });
});

t.test("refuses what promtool refuses", async (t) => {
  const broken: readonly (readonly [string, string, RegExp])[] = [
    ["# HELP a_total Counts\n", "", /lacks HELP|outside/],
    ["# TYPE a_total counter\n", "", /outside its family/],
    ["# TYPE a_total counter", "# TYPE a_total number", /is no type/],
    ["} 2", "} two", /no number/],
    ["} 2", "} -2", /below 0/],
    ['x="1",', 'x="1" ', /cannot be read/],
    ['x="1",', 'y="1",', /label twice/],
    ["h_sum 4\n", "", /no sum/],
    ["h_count 3", "h_count 4", /Inf bucket/],
    ['h_bucket{le="1"} 1', 'h_bucket{le="1"} 5', /falling/],
    ["h_sum 4\n", "h_sum 4\nh_sum 4\n", /twice/],
    ["h_count 3\n", "h_count 3", /line feed/],
  ];
  for (const [from, to, why] of broken) {
    t.ok(GOOD.includes(from));
    t.throws(() => parseExposition(GOOD.replace(from, to)), why);
  }
  t.throws(() => parseExposition(GOOD.replaceAll("a_total", "a")), /without _total/);
});
