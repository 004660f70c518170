/** When it is planned again: not while a reload is taken over, and always once it has been. */
import t, { type Test } from "tap";
import { Replanning } from "../../src/daemon/replanning.js";
import { gatherHostFacts } from "../../src/host/netlink/facts.js";
import { intentOf, MINIMAL } from "../config/support.js";

function counting(t: Test) {
  let count = 0;
  const replanning = new Replanning({
    intent: intentOf(MINIMAL),
    // Nothing is away: an absence would be waited for.
    interfaces: () => gatherHostFacts([]).interfaces,
    apply: () => {
      count += 1;
    },
    onProblem: (sentence) => t.fail(sentence),
  });
  t.teardown(() => replanning.stop());
  return { replanning, count: () => count };
}

/** What is due is done in the first. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

t.test("a change while a reload is taken over is planned afterwards, once", async (t) => {
  const { replanning, count } = counting(t);
  await replanning.holdDuring(async () => {
    replanning.schedule();
    await someTurns();
    t.equal(count(), 0);
  });
  await someTurns();
  t.equal(count(), 1);
});

t.test(
  "after a reload it is planned even if nothing has changed meanwhile: its facts are older",
  async (t) => {
    const { replanning, count } = counting(t);
    await replanning.holdDuring(someTurns);
    await someTurns();
    t.equal(count(), 1);
    await t.rejects(replanning.holdDuring(() => Promise.reject(new Error("refused"))));
    await someTurns();
    t.equal(count(), 2);
  },
);

t.test("not once the daemon stops", async (t) => {
  const { replanning, count } = counting(t);
  await replanning.holdDuring(async () => replanning.stop());
  replanning.schedule();
  await someTurns();
  t.equal(count(), 0);
});
