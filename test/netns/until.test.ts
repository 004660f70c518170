import t from "tap";
import { until } from "./until.js";

t.test("until returns the first truthy value", async (t) => {
  let asked = 0;
  const value = await until(() => (++asked === 3 ? "third" : null), {
    what: "the third answer",
    intervalMs: 1,
  });
  t.equal(value, "third");
  t.equal(asked, 3);
});

t.test("until fails with the sentence and what it saw last", async (t) => {
  const failing = until(() => 0, { what: "more than nothing", timeoutMs: 5, intervalMs: 1 });
  await t.rejects(failing, {
    code: "ETIMEOUT",
    message: "waited 0.005 s for more than nothing; last seen: 0",
  });
  const throwing = until(() => Promise.reject(new Error("not there yet")), {
    what: "an end",
    timeoutMs: 5,
    intervalMs: 1,
  });
  await t.rejects(throwing, { message: "waited 0.005 s for an end; last seen: not there yet" });
});

t.test("until asks once more when the time is up", async (t) => {
  let asked = 0;
  t.equal(
    await until(() => ++asked === 2, { what: "the second answer", timeoutMs: 1, intervalMs: 30 }),
    true,
  );
});
