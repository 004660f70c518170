import t from "tap";
import { Outbox } from "../../src/core/outbox.js";

const complaint = { level: "warn", code: "test", router: null, message: "bad", facts: { port: 1 } } as const;

t.test("a complaint is logged once a minute, with the number that was left out", async (t) => {
  const outbox = new Outbox();
  for (let second = 0; second <= 60; second += 1)
    outbox.complain(second * 1e6, { what: "key" }, () => complaint);
  t.match(outbox.drain(), [
    { type: "log", facts: { port: 1 } },
    { type: "log", facts: { port: 1, repeatedSinceLast: 59 } },
  ]);
  t.same(outbox.drain(), []);
});

t.test("different keys are different complaints", async (t) => {
  const outbox = new Outbox();
  for (const what of ["a", "b", "a"]) outbox.complain(0, { what }, () => complaint);
  t.equal(outbox.drain().length, 2);
});

t.test("the memory of complaints is bounded: the one heard longest ago is forgotten", async (t) => {
  const outbox = new Outbox();
  for (let source = 0; source <= 1024; source += 1)
    outbox.complain(0, { what: `${source}` }, () => complaint);
  outbox.drain();
  outbox.complain(1, { what: "1024" }, () => complaint);
  t.equal(outbox.drain().length, 0);
  outbox.complain(1, { what: "0" }, () => complaint);
  t.equal(outbox.drain().length, 1);
});
