import t from "tap";
import { Hearing } from "../../src/core/peers/hearing.js";

const INTERVAL = 1_000_000;

/** Hears the adverts of these numbers of intervals. */
function heard(...times: number[]): Hearing {
  const [first, ...rest] = times;
  const hearing = new Hearing(first! * INTERVAL, INTERVAL);
  for (const time of rest) hearing.hear(time * INTERVAL, INTERVAL, false);
  return hearing;
}

t.test("nothing is told of one advert; nothing is lost where all arrive", async (t) => {
  t.equal(heard(5).loss(), null);
  t.equal(heard(0, 1, 2, 3).loss(), 0);
  t.equal(heard(0, 1.02, 1.99, 3.01).loss(), 0, "jitter is no loss");
});

t.test("gaps below the down interval are losses", async (t) => {
  t.equal(heard(0, 1, 3, 4).loss(), 0.25);
  t.equal(heard(0, 2, 4, 6).loss(), 0.5);
});

t.test("adverts that a stall kept in the socket are none", async (t) => {
  t.equal(heard(0, 1, 3.9, 3.91, 3.92, 5).loss(), 0);
});

t.test("an absence, a release and another interval begin anew", async (t) => {
  t.equal(heard(0, 2, 4, 8).loss(), null);
  const released = heard(0, 2, 4);
  released.hear(4.1 * INTERVAL, INTERVAL, true);
  t.equal(released.loss(), null);
  const faster = heard(0, 2, 4);
  faster.hear(5 * INTERVAL, INTERVAL / 2, false);
  t.equal(faster.loss(), null);
  faster.hear(6 * INTERVAL, INTERVAL / 2, false);
  t.equal(faster.loss(), 0.5, "one of two was due since");
});

t.test("old losses are forgotten", async (t) => {
  const hearing = heard(0, 2, 4, 6);
  for (let advert = 7; advert <= 250; advert += 1) hearing.hear(advert * INTERVAL, INTERVAL, false);
  t.equal(hearing.loss(), 0);
});
