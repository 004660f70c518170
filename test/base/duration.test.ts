import t from "tap";
import { parseDuration } from "../../src/base/duration.js";

t.test("spans as people type them", async (t) => {
  for (const [text, seconds] of [
    ["90s", 90],
    ["10m", 600],
    ["1h30m", 5400],
    ["2d", 172_800],
    [" 0.5s ", 0.5],
    ["1d2h3m4s", 93_784],
  ] as const)
    t.equal(parseDuration(text), seconds, text);
});

t.test("what is none, or no time at all", async (t) => {
  for (const text of ["", "soon", "10", "-5m", "0s", "m", "5 m", "30m1h", "1e3s", "10M", "5m5m", "Infinitys"])
    t.equal(parseDuration(text), null, text);
});
