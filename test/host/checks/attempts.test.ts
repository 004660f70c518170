/** The schedule of checks that ask over the network, without a network. */
import t from "tap";
import { type Ask, Attempts } from "../../../src/host/checks/attempts.js";
import { until } from "../scripts/script-folder.js";

function run(ask: Ask) {
  const told: string[] = [];
  const attempts = new Attempts({
    intervalMicros: 20_000,
    onResult: (outcome, detail) => told.push(`${outcome}: ${detail}`),
    onProblem: (sentence) => told.push(`problem: ${sentence}`),
  });
  t.teardown(() => attempts.stop());
  attempts.start(ask, "late");
  return { told, attempts };
}

t.test("what rejects or throws has failed, and is asked again", async (t) => {
  for (const ask of [
    () => Promise.reject(new Error("a defect")),
    () => {
      throw new Error("a defect");
    },
  ] as Ask[]) {
    const { told, attempts } = run(ask);
    await until(() => told.length > 1);
    attempts.stop();
    t.strictSame(told.slice(0, 2), Array(2).fill("fail: it could not be asked: a defect"));
  }
});

t.test("what this host is short of is no result", async (t) => {
  const { told } = run(async () => ({ short: "no descriptors" }));
  await until(() => told.length > 0);
  t.equal(told[0], "problem: no descriptors");
});

t.test("an answer that comes after its time is dropped, and its signal has told it", async (t) => {
  const signals: AbortSignal[] = [];
  const answers: (() => void)[] = [];
  const { told, attempts } = run((signal) => {
    signals.push(signal);
    return new Promise((resolve) => answers.push(() => resolve({ outcome: "pass", detail: "too late" })));
  });
  await until(() => told.length > 0);
  t.equal(signals[0]!.aborted, true);
  answers[0]!();
  await until(() => told.length > 1);
  attempts.stop();
  t.strictSame(told.slice(0, 2), ["timeout: late", "timeout: late"]);
  t.ok(signals.every(({ aborted }) => aborted));
});
