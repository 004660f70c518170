/** Draws the faults of a scenario: a few kinds in each, so that every kind has runs in which little else happens. */
import type { Micros } from "../../../src/base/time.js";
import { MICROS_PER_CENTISECOND, MICROS_PER_SECOND } from "../../../src/base/time.js";
import type { Preempt } from "../../../src/core/config.js";
import type { Prng } from "../prng.js";
import { largestIntervalMicros, type Scenario } from "../scenario.js";
import type { Fault, FaultKind } from "./fault.js";

const KINDS: readonly FaultKind[] = [
  ...([
    "crash",
    "crash",
    "stop",
    "stall",
    "stall",
    "carrier",
    "adminDown",
    "interfaceGone",
    "sourceLost",
  ] as const),
  ...(["lockTaken", "overrun", "relist", "partition", "partition", "oneWay", "oneWay", "degrade"] as const),
  ...(["uplink", "uplink", "check", "reload", "reload"] as const),
  ...(["degrade", "check", "refuse", "meddle", "priority", "newMac", "noise", "speaker", "speaker"] as const),
];

interface Span {
  readonly at: Micros;
  readonly until: Micros;
}

export function drawFaults(rng: Prng, scenario: Scenario): Fault[] {
  const kinds = rng.shuffle(KINDS).slice(0, rng.pick([1, 3, 5, KINDS.length]));
  const interval = largestIntervalMicros(scenario);
  const boot = Math.max(...scenario.hosts.map((host) => host.bootAt));
  const size = scenario.routers.length;
  const count = size > 100 ? rng.int(4, 8) : size > 20 ? rng.int(8, 30) : rng.int(8, 60);
  const pace = rng.pick([1, 2, 4, 8]);
  let at = rng.chance(0.7) ? boot + 5 * interval : 0;
  return Array.from({ length: count }, () => {
    at += Math.floor(rng.next() * pace * interval);
    const span = { at, until: at + drawLength(rng, interval) };
    return drawFault(rng, scenario, rng.pick(kinds), span, interval);
  });
}

/** In advert intervals mostly; sometimes in seconds, as leases, checks and delays are. */
function drawLength(rng: Prng, interval: Micros): Micros {
  const length = rng.pick([
    () => rng.next() * interval,
    () => rng.between(1, 4) * interval,
    () => rng.between(3, 6) * interval,
    () => rng.between(3, 6) * interval,
    () => rng.between(3, 12) * interval,
    () => rng.between(0, 8) * MICROS_PER_SECOND,
  ])();
  return Math.max(1, Math.floor(length));
}

function drawFault(rng: Prng, scenario: Scenario, kind: FaultKind, span: Span, interval: Micros): Fault {
  const host = drawHost(rng, scenario);
  const router = rng.int(0, scenario.routers.length - 1);
  const pool = scenario.routers[router]!.pool.length;
  switch (kind) {
    case "crash":
      return { ...span, kind, host, reboot: rng.chance(0.3) };
    case "relist":
      return { ...span, kind, host, router, list: drawList(rng, pool) };
    case "reload": {
      const change = rng.pick([
        () => ({ preempt: drawPreempt(rng, interval) }),
        () => ({ list: drawList(rng, pool) }),
        () => ({ list: drawList(rng, pool) }),
        () => "refused" as const,
      ])();
      return { ...span, kind, host, router, change };
    }
    case "partition":
      return { ...span, kind, side: [...scenario.hosts.keys()].filter(() => rng.chance(0.5)) };
    case "oneWay": {
      const to = (host + rng.int(1, scenario.hosts.length - 1)) % scenario.hosts.length;
      return { ...span, kind, from: host, to };
    }
    case "degrade":
      return drawDegradation(rng, scenario, span, interval);
    case "check":
      if (scenario.checks.length === 0) return { ...span, kind: "crash", host, reboot: false };
      return {
        ...span,
        kind,
        host,
        check: rng.int(0, scenario.checks.length - 1),
        flapMicros: rng.chance(0.5) ? rng.int(1, 4) * MICROS_PER_SECOND : null,
      };
    case "refuse":
      return { ...span, kind, host, add: rng.pick([0, 0.5, 1]), remove: rng.pick([0, 0.5, 1]) };
    case "meddle":
      return {
        ...span,
        kind,
        host,
        router,
        address: rng.int(0, pool - 1),
        change: rng.pick(["add", "remove"]),
      };
    case "uplink":
      return { ...span, kind, host, how: rng.pick(["gone", "down", "no carrier"]) };
    case "priority":
      return { ...span, kind, host, router, priority: rng.int(1, 254) };
    case "noise":
      return { ...span, kind, host, router };
    case "speaker":
      return drawSpeaker(rng, scenario, router, span, interval);
    default:
      return { ...span, kind, host };
  }
}

/** Of the pool; what all hosts have comes first. */
function drawList(rng: Prng, pool: number): number[] {
  return [0, ...Array.from({ length: pool - 1 }, (_, index) => index + 1).filter(() => rng.chance(0.6))];
}

export function drawPreempt(rng: Prng, interval: Micros): Preempt {
  const mode = rng.pick(["delay", "delay", "never", "immediate"] as const);
  if (mode !== "delay") return { mode, delaySeconds: 0 };
  const most = Math.ceil((6 * interval) / MICROS_PER_SECOND);
  return { mode, delaySeconds: rng.chance(0.03) ? 10 * most : rng.int(0, most) };
}

/** Mostly the one that is master where it can. */
function drawHost(rng: Prng, { hosts }: Scenario): number {
  if (rng.chance(0.4)) return rng.int(0, hosts.length - 1);
  const priorities = hosts.map((host) => host.choices[0]!.priority);
  return priorities.indexOf(Math.max(...priorities));
}

function drawDegradation(rng: Prng, scenario: Scenario, span: Span, interval: Micros): Fault {
  const any = [null, null, ...scenario.hosts.keys()];
  return {
    ...span,
    kind: "degrade",
    from: rng.pick(any),
    to: rng.pick(any),
    loss: rng.pick([0, 0.1, 0.5, 0.9]),
    duplicate: rng.pick([0, 0.1, 0.5]),
    delayMicros: Math.floor(rng.pick([0, 0.01, 0.5, 2]) * interval),
  };
}

function drawSpeaker(rng: Prng, scenario: Scenario, router: number, span: Span, interval: Micros): Fault {
  const { version } = scenario.routers[router]!;
  const speaks = rng.chance(0.4) ? 2 : rng.pick([version, 3] as const);
  const unit = speaks === 2 ? MICROS_PER_SECOND : MICROS_PER_CENTISECOND;
  const pace = rng.pick([0.05, 0.3, 1, 1, 1.5]) * interval;
  return {
    ...span,
    kind: "speaker",
    router,
    octet: rng.pick([3, 12, 98, 130, 252]),
    version: speaks,
    priority: rng.pick([0, 1, 100, 101, rng.int(1, 254), rng.int(1, 254), 255]),
    intervalMicros: Math.max(1, Math.round(pace / unit)) * unit,
    shares: rng.chance(0.6),
    password: rng.pick(["same", "same", "none", "other"]),
    releases: rng.chance(0.5),
  };
}
