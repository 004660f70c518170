/** Keepalived 2.2.7, version 3 over IPv4 multicast: who takes the address back, and when; equals; links. */
import t from "tap";
import { until } from "../netns/index.js";
import { Cell } from "./cell.js";
import { CELLS_AT_ONCE, openPair, other, type Side } from "./events.js";
import { V3_IPV4 } from "./groups.js";
import { downMicros, TOLERANCE_MICROS } from "./judge/timers.js";
import { keepalived, vrrpd } from "./speakers.js";

t.jobs = CELLS_AT_ONCE;

const NAME = "keepalived v3 IPv4";
const DELAY_SECONDS = 4;
const SECOND = 1_000_000;
const HIGH = 200;

/** The higher one was master, died, and comes back beside a lower master. */
async function returning(t: Parameters<typeof Cell.open>[0], higher: Side, preemption: string | null) {
  const words = preemption === null ? {} : { preemption };
  const priority = { ours: 100, theirs: 100, [higher]: HIGH };
  const pair = await Cell.open(t, V3_IPV4, {
    ours: vrrpd({ priority: priority.ours, ...(higher === "ours" ? words : {}) }),
    theirs: keepalived({ priority: priority.theirs, ...(higher === "theirs" ? words : {}) }),
  });
  await pair.start(higher);
  await pair.start(other(higher));
  await pair.settled(higher);
  await pair.die(higher);
  await pair.settled(other(higher));
  await pair.revive(higher);
  await pair.start(higher);
  return pair;
}

function firstAfterReturn(pair: Cell<Side>, higher: Side): number {
  const joinedAt = pair.joinedAt(higher);
  return pair.sentFrom(higher).find(({ atMicros }) => atMicros > joinedAt)!.atMicros - joinedAt;
}

for (const higher of ["ours", "theirs"] as const) {
  t.test(`${NAME}: higher returns without delay, ${higher}`, async (t) => {
    const pair = await returning(t, higher, null);
    await pair.settled(higher);
    const waited = firstAfterReturn(pair, higher);
    t.ok(
      waited <= downMicros(V3_IPV4, HIGH) + TOLERANCE_MICROS,
      `within its down interval: ${waited / SECOND} s`,
    );
    await pair.verdict();
  });

  t.test(`${NAME}: higher returns with preempt_delay, ${higher}`, async (t) => {
    const pair = await returning(t, higher, `preempt_delay ${DELAY_SECONDS}`);
    await pair.settled(higher);
    const waited = firstAfterReturn(pair, higher);
    t.ok(waited >= DELAY_SECONDS * SECOND, `not before the delay: ${waited / SECOND} s`);
    await pair.verdict();
  });

  t.test(`${NAME}: equal priorities, two masters meet, ${higher} has the greater address`, async (t) => {
    const ours = vrrpd({ priority: 100 });
    const theirs = keepalived({ priority: 100 });
    const pair = await Cell.open<Side>(t, V3_IPV4, higher === "ours" ? { theirs, ours } : { ours, theirs });
    const lower = other(higher);
    await pair.sever(lower, (host) => host.isolate());
    await pair.start();
    const address = V3_IPV4.virtualAddress;
    await until(
      async () => (await pair.host("ours").hasAddress(address)) && pair.host("theirs").hasAddress(address),
      {
        what: "a master on either side",
        timeoutMs: 30_000,
      },
    );
    await pair.join(lower, (host) => host.rejoin());
    await pair.settled(higher);
    await pair.verdict();
  });

  t.test(`${NAME}: equal priorities, ${higher} is master and stays`, async (t) => {
    const ours = vrrpd({ priority: 100 });
    const theirs = keepalived({ priority: 100 });
    // The later one has the greater address, which decides between masters only.
    const pair = await Cell.open<Side>(t, V3_IPV4, higher === "ours" ? { ours, theirs } : { theirs, ours });
    await pair.start(higher);
    await pair.settled(higher);
    await pair.start(other(higher));
    await pair.settled(higher);
    t.equal(pair.sentFrom(other(higher)).length, 0, "the other one has sent nothing");
    await pair.verdict();
  });

  t.test(`${NAME}: link cut and healed, ${higher} master`, async (t) => {
    const pair = await openPair(t, V3_IPV4, (priority) => keepalived({ priority }), higher);
    await pair.start();
    await pair.settled(higher);
    await pair.sever(higher, (host) => host.cut());
    await until(async () => !(await pair.host(higher).hasAddress(V3_IPV4.virtualAddress)), {
      what: "the address to leave the host that was cut off",
    });
    await pair.settled(other(higher));
    await pair.join(higher, (host) => host.heal());
    await pair.settled(higher);
    await pair.verdict();
  });
}
