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

t.test("several in a row are losses, too, and the gaps are told from each other", async (t) => {
  const hearing = heard(3, 4, 8, 9, 12);
  t.equal(hearing.loss(), 5 / 9);
  t.strictSame(hearing.losses(), { missed: 5, due: 9, gaps: 2, since: 5 * INTERVAL });
  t.equal(heard(0, 1, 2).losses(), null);
});

t.test("who has a reason to be silent loses nothing, and counts again from then on", async (t) => {
  const hearing = heard(0, 1, 2);
  hearing.excuse();
  hearing.hear(8 * INTERVAL, INTERVAL, false);
  t.equal(hearing.loss(), 0);
  hearing.hear(10 * INTERVAL, INTERVAL, false);
  t.strictSame(hearing.losses(), { missed: 1, due: 5, gaps: 1, since: 9 * INTERVAL });
});

t.test("adverts that were told at once are counted, and what is missing among them is one gap", async (t) => {
  const hearing = heard(0);
  hearing.hear(6 * INTERVAL, INTERVAL, false, 4);
  t.strictSame(hearing.losses(), { missed: 2, due: 6, gaps: 1, since: INTERVAL });
});

t.test("adverts that a stall kept in the socket are none", async (t) => {
  t.equal(heard(0, 1, 3.9, 3.91, 3.92, 5).loss(), 0);
});

t.test("an absence, a release and another interval begin anew", async (t) => {
  t.equal(heard(0, 2, 4, 14).loss(), null);
  t.equal(heard(0, 2, 4, 14).losses(), null);
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
