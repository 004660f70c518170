import t from "tap";
import { Pacing, PROMPT } from "../../../src/host/adverts/pacing.js";
import { until } from "../../netns/until.js";

/** A socket with so many packets at each reading. */
function socketWith(packets: () => number) {
  const seen = { readings: 0, most: 0, paused: false, pauses: 0 };
  const socket = {
    read: (most: number) => {
      seen.readings += 1;
      seen.most = most;
      return packets();
    },
    pause: (paused: boolean) => {
      seen.paused = paused;
      if (paused) seen.pauses += 1;
    },
  };
  return { seen, pacing: new Pacing(socket, PROMPT) };
}

function wakeOften(pacing: Pacing): void {
  for (let wakeUp = 0; wakeUp < 20; wakeUp += 1) pacing.onReadable();
}

t.test("a socket that keeps waking is read at distances, until few packets come", async (t) => {
  let packets = 10;
  const { seen, pacing } = socketWith(() => packets);
  wakeOften(pacing);
  t.equal(seen.paused, true);
  const before = seen.readings;
  await until(() => seen.readings >= before + 5, { what: "readings without a wake-up" });
  t.equal(seen.paused, true, "for as long as many come");
  packets = 2;
  await until(() => !seen.paused, { what: "being woken again" });
  const after = seen.readings;
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(seen.readings, after, "and nothing is read unasked");
  pacing.close();
});

t.test("one that wakes now and then is read at each wake-up", async (t) => {
  const { seen, pacing } = socketWith(() => 1);
  for (let wakeUp = 0; wakeUp < 12; wakeUp += 1) {
    pacing.onReadable();
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  t.equal(seen.readings, 12);
  t.equal(seen.pauses, 0);
});

t.test("a flood is read on, a bounded part at a time; closing ends it", async (t) => {
  const { seen, pacing } = socketWith(() => seen.most);
  wakeOften(pacing);
  const before = seen.readings;
  await until(() => seen.readings >= before + 5, { what: "more readings" });
  t.equal(seen.most, 64);
  pacing.close();
  const after = seen.readings;
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(seen.readings, after);
});
