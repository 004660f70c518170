import t from "tap";
import { Sampling } from "../../../src/host/adverts/sampling.js";
import { until } from "../../netns/until.js";

/** A socket in which so many packets wait. */
function socketWith(waiting: number) {
  const socket = { waiting, lost: 0, read: 0, largest: 0, paused: false, readings: [] as number[] };
  const sampling = new Sampling(
    {
      read: (most) => {
        const packets = Math.min(most, socket.waiting);
        socket.waiting -= packets;
        socket.read += packets;
        socket.readings.push(packets);
        socket.largest = Math.max(socket.largest, packets);
        return packets;
      },
      pause: (paused) => {
        socket.paused = paused;
      },
    },
    () => socket.lost,
  );
  t.teardown(() => sampling.close());
  return { socket, sampling };
}

t.test("the first packets are read at once, as many as a burst has", async (t) => {
  const { socket, sampling } = socketWith(400);
  while (!socket.paused && socket.waiting > 0) sampling.onReadable();
  t.equal(socket.read, 400);
});

t.test("what goes on is read in parts, by and by, and none is left", async (t) => {
  const { socket, sampling } = socketWith(700);
  while (!socket.paused) sampling.onReadable();
  t.ok(socket.waiting > 0, `${socket.waiting} wait`);
  const waiting = socket.waiting;
  sampling.onReadable();
  t.equal(socket.waiting, waiting, "being woken once more reads nothing");
  await until(() => socket.waiting === 0, { what: "the rest" });
  t.ok(socket.largest <= 64);
});

t.test("of a flood, in which packets are lost, a smaller part is read", async (t) => {
  const { socket, sampling } = socketWith(1e9);
  while (!socket.paused) sampling.onReadable();
  socket.lost = 1_000;
  const before = socket.readings.length;
  // On a slow machine more than one reading may have passed by the time that this is looked at.
  await until(() => socket.readings.length >= before + 2, { what: "two readings" });
  t.same(socket.readings.slice(before, before + 2), [16, 64], "and as much as ever when none was lost since");
});

t.test("when a deadline passes, what waits is read, as far as there is time for it", async (t) => {
  const { socket, sampling } = socketWith(10_000);
  let readings = 0;
  while (sampling.readArrived()) readings += 1;
  t.ok(readings >= 7 && readings < 100, `${readings} readings`);
  t.ok(socket.waiting > 9_000);
});
