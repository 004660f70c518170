/** From a seed to a scenario: which hosts, virtual routers and habits there are. Faults are drawn in faults/draw.ts. */
import { MICROS_PER_SECOND, type Micros } from "../../src/base/time.js";
import type { Track } from "../../src/core/config.js";
import { faultTracks } from "../core/configurations.js";
import { hostAddress, virtualAddress } from "./addresses.js";
import { drawFaults, drawPreempt } from "./faults/draw.js";
import { Prng } from "./prng.js";
import {
  type CheckSpec,
  type HostSpec,
  type RouterChoice,
  type RouterSpec,
  type Scenario,
  UPLINK,
} from "./scenario.js";

/** Host parts that text, signed bytes and numbers would put into different orders. */
const OCTETS = [1, 2, 9, 10, 11, 99, 100, 126, 127, 128, 129, 200, 253, 254];
/** Short ones make many adverts of the same number of failovers. */
const INTERVALS_SECONDS = [0.05, 0.2, 0.5, 1, 1, 1, 1, 2, 3, 5, 10, 40.95];
/** What fits into the 12 bits of a version 3 advert (RFC 9568 §5.2.7). */
const LONGEST_INTERVAL_MICROS = 40.95 * MICROS_PER_SECOND;

type Generation = "two" | "three" | "auto" | "mixed";

export function generate(seed: number): Scenario {
  const rng = new Prng(seed);
  const generation = rng.pick<Generation>(["three", "three", "auto", "auto", "mixed", "two"]);
  const wholeSeconds = generation === "two" || generation === "mixed";
  const interval = wholeSeconds ? rng.int(1, 3) : rng.pick(INTERVALS_SECONDS);
  const checks = drawChecks(rng, interval);
  const uplinkIsUp = rng.chance(0.7);
  const drawn = drawRouters(rng, generation, drawTracking(rng, checks, uplinkIsUp));
  const alone = drawHosts(rng, drawn, {
    intervalMicros: interval * MICROS_PER_SECOND,
    mixesIntervals: !wholeSeconds && rng.chance(0.35),
    hasScript: checks.length > 1,
  });
  const groups = drawGroups(new Prng(seed ^ 0x2c1b3c6d), drawn.length);
  const routers = drawn.map((router, index) => alike(router, drawn[firstOf(groups, index)]!));
  const hosts = alone.map((host) => ({
    ...host,
    choices: host.choices.map((choice, index) => {
      const { priority, preempt } = host.choices[firstOf(groups, index)]!;
      return { ...choice, priority, preempt };
    }),
  }));
  const longest = Math.max(...hosts.map((host) => host.advertIntervalMicros));
  const lease = drawLease(rng, longest);
  const probing = rng.pick([null, 10, 300]);
  const conflictProbeIntervalMicros = probing === null ? null : probing * MICROS_PER_SECOND;
  const draft = {
    seed,
    hosts,
    routers,
    groups,
    checks,
    uplinkIsUp,
    downTimerAdverts: rng.pick([3, 3, 3, 3, 2, 4, 7]),
    ...lease,
    conflictProbeIntervalMicros,
    faults: [],
    quietAt: 0,
  };
  const faults = drawFaults(rng, draft);
  return {
    ...draft,
    faults,
    quietAt: Math.max(...hosts.map((host) => host.bootAt), ...faults.map((f) => f.until)),
  };
}

/** Mostly few, sometimes as many as there are ids. */
function drawRouters(rng: Prng, generation: Generation, drawTracks: () => Track[]): RouterSpec[] {
  const dice = rng.next();
  const count =
    dice < 0.45 ? rng.int(1, 4) : dice < 0.8 ? rng.int(5, 20) : dice < 0.97 ? rng.int(21, 60) : 255;
  const ids = rng.shuffle(Array.from({ length: 255 }, (_, index) => index + 1));
  let used = 0;
  return Array.from({ length: count }, (_, index) => {
    const family = rng.chance(0.75) && used < 240 ? "ipv4" : "ipv6";
    const size = count > 100 ? 1 : rng.pick([1, 1, 2, 3, 5]);
    const pool = Array.from({ length: size }, (_, address) => virtualAddress(family, used + address));
    used += size;
    const version =
      family === "ipv4" && (generation === "two" || (generation === "mixed" && rng.chance(0.5))) ? 2 : 3;
    const password = rng.chance(0.6) ? Uint8Array.from(Buffer.from("ipfailov")) : null;
    const unicast = rng.chance(0.2);
    return {
      virtualRouterId: ids[index]!,
      family,
      version,
      yieldsToVersion2: version === 3 && family === "ipv4" && generation === "auto",
      password: family === "ipv4" ? password : null,
      unicast,
      unicastStrict: unicast && rng.chance(0.5),
      guardRemove: rng.chance(0.5),
      tracks: drawTracks(),
      ownerWaits: rng.chance(0.4),
      answersLower: rng.chance(0.8),
      answersHigher: rng.chance(0.2),
      pool,
      advertisedCount: rng.chance(0.2) ? 1 : size,
    };
  });
}

/** Mostly none; small ones, since the rules of a group are looked at after each wake-up. */
function drawGroups(rng: Prng, routers: number): number[][] {
  if (routers < 2 || routers > 12 || !rng.chance(0.3)) return [];
  const order = rng.shuffle(Array.from({ length: routers }, (_, index) => index));
  const groups: number[][] = [];
  for (let from = 0; from + 2 <= routers && groups.length < 2; ) {
    const size = rng.pick([2, 2, 3, 5]);
    groups.push(order.slice(from, from + size));
    from += size;
  }
  return groups.filter((members) => members.length > 1);
}

/** Of the group that it is in; itself, in none. */
function firstOf(groups: readonly (readonly number[])[], router: number): number {
  return groups.find((members) => members.includes(router))?.[0] ?? router;
}

/** Members that would not win together would take the addresses from each other for ever. */
function alike(router: RouterSpec, first: RouterSpec): RouterSpec {
  const { tracks, ownerWaits, answersLower, answersHigher } = first;
  return { ...router, tracks, ownerWaits, answersLower, answersHigher };
}

/** Mostly every check is a fault of every virtual router; else each of these has tracks of its own. */
function drawTracking(rng: Prng, checks: readonly CheckSpec[], uplinkIsUp: boolean): () => Track[] {
  if (rng.chance(0.5)) return () => faultTracks(...checks.map(({ name }) => name));
  const weight = () => rng.pick([1, 10, 50, 120, 253, 300]) * rng.pick([1, -1]);
  return () => {
    const weighed = (): Track["effect"] => ({ weight: weight() });
    const tracked = checks.filter(() => rng.chance(0.8));
    const tracks = tracked.map(({ name }): Track => {
      // What passes when all is well must not be a fault.
      if (rng.chance(0.3)) return { on: { check: name }, effect: "fault", reversed: false };
      return { on: { check: name }, effect: weighed(), reversed: rng.chance(0.3) };
    });
    if (rng.chance(0.4)) return tracks;
    const on = { interface: UPLINK };
    if (rng.chance(0.4)) return [...tracks, { on, effect: "fault", reversed: !uplinkIsUp }];
    return [...tracks, { on, effect: weighed(), reversed: rng.chance(0.3) }];
  };
}

function drawChecks(rng: Prng, advertSeconds: number): CheckSpec[] {
  const count = rng.pick([0, 1, 1, 2]);
  return ["probe", "script"].slice(0, count).map((name) => ({
    name,
    advisoryUntilFirstPass: name === "probe" && count === 2,
    rise: rng.pick([1, 1, 2, 3]),
    fall: rng.pick([1, 1, 2, 3]),
    intervalMicros: rng.pick([0.5, 1, 2]) * Math.min(2, Math.max(0.1, advertSeconds)) * MICROS_PER_SECOND,
  }));
}

interface Habits {
  readonly intervalMicros: Micros;
  readonly mixesIntervals: boolean;
  readonly hasScript: boolean;
}

function drawHosts(rng: Prng, routers: readonly RouterSpec[], habits: Habits): HostSpec[] {
  const count = rng.pick([2, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7]);
  const octets = rng.shuffle(OCTETS);
  const common = rng.chance(0.6) ? drawPreempt(rng, habits.intervalMicros) : null;
  const rank = rng.chance(0.5) ? drawPriorities(rng, count) : null;
  const ranks = routers.map(() => rank ?? drawPriorities(rng, count));
  const together = rng.chance(0.5);
  return Array.from({ length: count }, (_, index) => {
    const drift = rng.pick([0, 50e-6, 300e-6, 1e-2]);
    const router = rng.int(0, routers.length - 1);
    const address = rng.int(0, routers[router]!.pool.length - 1);
    return {
      index,
      name: String.fromCharCode(65 + index),
      sources: { ipv4: hostAddress("ipv4", octets[index]!), ipv6: hostAddress("ipv6", octets[index]!) },
      bootAt: Math.floor(rng.next() * (together ? 0.5 : 8) * habits.intervalMicros),
      clockOffset: rng.int(0, 1e12),
      clockRate: 1 + rng.between(-drift, drift),
      timerLatencyMicros: rng.pick([0, 100, 1500, 1500, 20_000]),
      batches: rng.chance(0.5),
      advertIntervalMicros: Math.min(
        LONGEST_INTERVAL_MICROS,
        habits.intervalMicros * (habits.mixesIntervals ? rng.pick([1, 1, 2, 3]) : 1),
      ),
      deadProbe: habits.hasScript && rng.chance(0.3),
      own: rng.chance(0.15) ? { router, address } : null,
      notifies: rng.chance(0.5),
      choices: routers.map((spec, at): RouterChoice => {
        const list = Array.from(spec.pool.keys());
        return {
          priority: ranks[at]![index]!,
          preempt: common ?? drawPreempt(rng, habits.intervalMicros),
          list,
        };
      }),
    };
  });
}

/** Spread, all equal, close to each other, with an owner; in any order of the hosts. */
function drawPriorities(rng: Prng, hosts: number): number[] {
  const dice = rng.next();
  const draw = (low: number, high: number) => Array.from({ length: hosts }, () => rng.int(low, high));
  if (dice < 0.15) return new Array<number>(hosts).fill(rng.int(1, 254));
  if (dice < 0.35) return draw(100, 102);
  const spread = draw(1, 254);
  if (dice > 0.95) spread[rng.int(0, hosts - 1)] = 255;
  return spread;
}

function drawLease(rng: Prng, interval: Micros): Pick<Scenario, "leaseSeconds" | "renewIntervalMicros"> {
  const kind = rng.pick(["long", "long", "short", "fast", "off"]);
  if (kind === "off") return { leaseSeconds: null, renewIntervalMicros: null };
  if (kind === "fast") {
    const leaseSeconds = Math.max(1, Math.floor((3 * interval) / MICROS_PER_SECOND) - 1);
    return { leaseSeconds, renewIntervalMicros: null };
  }
  const leaseSeconds = kind === "long" ? 90 : rng.int(2, 9);
  return { leaseSeconds, renewIntervalMicros: Math.round((leaseSeconds / 2.25) * MICROS_PER_SECOND) };
}
