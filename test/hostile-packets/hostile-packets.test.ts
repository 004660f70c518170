/**
 * 32,000 hostile packets against a running master and a running backup: 20,000 of them without a pause, the others in
 * bursts of a size that the sockets hold, each when the one before has been read, so that every single one must be
 * counted by its reason.
 * VRRPD_HOSTILE_SEED=N throws the packets of an earlier run again.
 */
import t from "tap";
import { describeSpacing } from "../hostile/spacing.js";
import {
  accountOf,
  anonymousKib,
  difference,
  packetsIn,
  processorDrops,
  socketDrops,
  times,
} from "./account.js";
import { ADDRESSES, Field, LINK_LOCALS, type NodeName, VIPS } from "./field.js";
import { advertsOf, COMMON, IPV4, IPV6, ownSources } from "./kinds.js";
import { complaintsOf } from "./log.js";
import { mix } from "./mixture.js";

const SEED = Number(process.env.VRRPD_HOSTILE_SEED ?? Date.now() % 1_000_000_000);
const LIST = 2_000;
const ROUNDS = 3;
const VOLLEYS = 5;
const VOLLEY_ROUNDS = 2;
/** Half of it, a family's, fits into the smallest of the sockets. */
const BURST = 200;
const INTERVAL_MICROS = 1_000_000;
/** What the heap of a process at work goes up and down by. */
const FLAT_KIB = 6 * 1024;
const NODES: readonly NodeName[] = ["a", "b"];
/** A source, a reason: ten of each kind of complaint are named in a minute. */
const NAMED = 10;

const ENVIRONMENT = {
  OPENSHIFT_HA_VIRTUAL_IPS: `${VIPS.ipv4},${VIPS.ipv6}`,
  OPENSHIFT_HA_PREEMPTION: "preempt",
  VRRPD_ADVERT_INTERVAL: String(INTERVAL_MICROS / 1e6),
};

t.test(
  `[7.1-1 -] [7.1-2 -] [7.1-3 -] [7.1-4 -] [7.1-5 -] [7.1-6 -] hostile packets, seed ${SEED}`,
  async (t) => {
    const field = await Field.create(t, ENVIRONMENT);
    const own = ownSources(
      NODES.map((name) => ({
        name,
        mac: Buffer.from(field.lan.host(name).mac.replaceAll(":", ""), "hex"),
        sources: { ipv4: ADDRESSES[name], ipv6: LINK_LOCALS[name] },
      })),
    );
    const mixture = mix(
      SEED,
      {
        ipv4: [...Object.values(COMMON), ...Object.values(IPV4), ...own.ipv4],
        ipv6: [...Object.values(COMMON), ...Object.values(IPV6), ...own.ipv6],
      },
      LIST,
    );
    const { packets, expected, kinds } = mixture;
    const linesBefore = linesOf(field);
    const [beforeA, beforeB] = [await field.status("a"), await field.status("b")];
    const statusBefore = { a: beforeA, b: beforeB };
    const floodFrom = Date.now() * 1000;
    const account = async (name: NodeName) =>
      accountOf(await field.status(name), name === "b" ? [ADDRESSES.a, LINK_LOCALS.a] : []);
    const accounts = async () => ({ a: await account("a"), b: await account("b") });

    await t.test("at line rate: what is not counted had no room in a socket", async (t) => {
      const before = await accounts();
      const [roomBefore, tooFastBefore] = [drops(field), processorDrops()];
      for (let volley = 0; volley < VOLLEYS; volley += 1) {
        const rate = await field.throw(packets, { rounds: VOLLEY_ROUNDS, burst: null });
        t.comment(`${VOLLEY_ROUNDS * packets.length} packets of ${kinds} kinds, ${rate} a second`);
        // A flood without end would drown the master's adverts in the backup's socket; that is no election.
        await field.untilHeard();
      }
      const [room, tooFast] = [drops(field), processorDrops() - tooFastBefore];
      const after = await accounts();
      for (const name of NODES) {
        const counted = packetsIn(difference(after[name], before[name]));
        const full = room[name] - roomBefore[name];
        const thrown = packetsIn(times(expected[name], VOLLEYS * VOLLEY_ROUNDS));
        t.comment(`${name}: ${counted} counted, ${full} had no room in its sockets, of ${thrown}`);
        const { receiveDrops, sampledOut } = await field.status(name);
        t.comment(`${name}: ${JSON.stringify({ receiveDrops, sampledOut })}`);
        const told = [receiveDrops, sampledOut].flatMap((drops) => [drops.ipv4, drops.ipv6]);
        t.equal(
          told.reduce((sum, count) => sum + count),
          room[name],
          "which the status tells, too",
        );
        t.ok(sampledOut.ipv4 > 0 && sampledOut.ipv6 > 0, "and that what it counts is a sample");
        // The master's own adverts find no room at the backup either; they are not in what it counted.
        const others = name === "b" ? field.capture.adverts({ from: "a", afterMicros: floodFrom }).length : 0;
        t.ok(counted <= thrown + others, "nothing is counted twice");
        // What a processor drops on the way is not said by host; it may have been for both. A socket that is full counts
        // also what it would not have got.
        t.ok(counted + full >= thrown - tooFast, `nothing is lost but ${tooFast} before the hosts`);
      }
    });

    const memory: Record<NodeName, number[]> = { a: [], b: [] };
    // What a heap takes for a while is not what it keeps: three times, of which one has to leave it as it was.
    for (const time of ["first", "second", "third"]) {
      await t.test(`in bursts, ${time} time: each is counted by its reason`, async (t) => {
        const before = await accounts();
        const rate = await field.throw(packets, { rounds: ROUNDS, burst: BURST });
        const after = await accounts();
        for (const name of NODES) {
          const counted = difference(after[name], before[name]);
          t.strictSame(counted, times(expected[name], ROUNDS), `${name}, by reason`);
          memory[name].push(anonymousKib(field.daemons[name].pid));
        }
        t.comment(`${ROUNDS * packets.length} packets, ${rate} a second`);
      });
    }

    await t.test("nothing else happened", async (t) => {
      for (const name of NODES) {
        const [first, second, third] = memory[name] as [number, number, number];
        const grown = Math.min(second - first, third - second);
        t.ok(grown < FLAT_KIB, `${name}: ${memory[name].join(", ")} KiB after each time`);
        t.ok(field.daemons[name].running, `${name} runs`);
        const { instances, lateness } = await field.status(name);
        for (const [index, { state, transitions, counters, family }] of instances.entries()) {
          const earlier = statusBefore[name].instances[index]!;
          t.equal(state, name === "a" ? "MASTER" : "BACKUP", `${name}, ${family}`);
          // Their times are told in the wall clock's, which is set now and then.
          const [now, then] = [transitions, earlier.transitions].map((all) =>
            all.map(({ at, ...rest }) => rest),
          );
          t.strictSame(now, then, `${name}, ${family}: no transition`);
          if (name === "a") continue;
          t.equal(counters.advertsSent, earlier.counters.advertsSent, "a backup says nothing");
        }
        t.comment(`${name}: a deadline was late by ${lateness.maxSeconds} s at most`);
      }
      for (const { family, spacing, lost } of await field.advertsOfMaster(floodFrom, INTERVAL_MICROS)) {
        t.comment(`${family}: ${describeSpacing(spacing)}; ${lost} lost by the switch`);
        t.ok(spacing.adverts > 10, `${family}: adverts were sent all the time`);
        // What the switch has dropped leaves a gap that is not the daemon's.
        t.ok(spacing.mostLateMicros < (1 + lost) * INTERVAL_MICROS, `${family}: never late by an interval`);
      }
    });

    await t.test("the log says each thing once a minute, and names few of the forged sources", async (t) => {
      for (const name of NODES) {
        const complaints = complaintsOf(field.daemons[name].lines.slice(linesBefore[name]));
        t.comment(`${name}: ${complaints.lines} lines about ${complaints.subjects.size} subjects`);
        t.strictSame(complaints.repeated, [], `${name}: nothing is said twice in a minute`);
        for (const [subject, lines] of complaints.subjects)
          t.ok(lines <= NAMED, `${name}, ${subject}: ${lines}`);
      }
    });

    await t.test("a right advert of a higher priority still counts, and its end too", async (t) => {
      await field.throw(advertsOf(250), { rounds: 1, burst: BURST });
      for (const name of NODES) await field.untilStates(name, "BACKUP");
      await field.untilStates("a", "MASTER");
      t.match((await field.status("b")).instances, [{ state: "BACKUP" }, { state: "BACKUP" }]);
    });
  },
);

function drops(field: Field): Record<NodeName, number> {
  return { a: socketDrops(field.daemons.a.pid), b: socketDrops(field.daemons.b.pid) };
}

function linesOf(field: Field): Record<NodeName, number> {
  return { a: field.daemons.a.lines.length, b: field.daemons.b.lines.length };
}
