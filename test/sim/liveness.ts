/** What has to be true once the faults have ended, and by when. */
import { MICROS_PER_SECOND, type Micros } from "../../src/base/time.js";
import type { VirtualRouterConfig } from "../../src/core/config.js";
import type { SimulatedHost } from "./host.js";
import { type CheckSpec, largestDelayMicros, largestIntervalMicros, type Scenario } from "./scenario.js";
import { Violation } from "./violation.js";
import type { Counts, World } from "./world.js";

const LOCK_RETRY_MICROS: Micros = MICROS_PER_SECOND;
const ADDRESS_RETRY_MICROS: Micros = 5 * MICROS_PER_SECOND;
const ADDRESS_TRIAL_MICROS: Micros = 60 * MICROS_PER_SECOND;
const SLACK_MICROS: Micros = MICROS_PER_SECOND;
/** The last round of announcements is 5.8 s after an address came. */
const ANNOUNCED_WITHIN_MICROS: Micros = 7 * MICROS_PER_SECOND;
const ROUNDS = 10;

/**
 * The bound, from the end of the last fault:
 *
 *     B = c · (K + D + R + I + (I + P + D) + I) + A + S
 *
 * - K: all hosts may take part again: lock retry (1 s), (rise + 1) of the longest check interval, and the minute after
 *   which one whose kernel refused every address tries one again
 * - D: the longest down interval that anybody may wait, n I + max(I, 1 s), n being 3 mostly, as version 2 has a skew of up to 1 s
 * - R: a host that was stalled listens once more, as long as D
 * - I: the longest advert interval, rogues' included: two masters hear each other; the last advert of the worse one
 * - I + P + D: a better host hears the winner, waits the longest preempt delay, and lets its down timer run out
 * - A: the longest pause before an address is tried again, 5 s; S: 1 s for latencies
 * - c: the slowest clock against the fastest
 */
export function livenessBoundMicros(scenario: Scenario): Micros {
  const interval = largestIntervalMicros(scenario);
  const down = scenario.downTimerAdverts * interval + Math.max(interval, MICROS_PER_SECOND);
  const refused = scenario.faults.some((fault) => fault.kind === "refuse" && fault.add > 0);
  const trial = refused ? ADDRESS_TRIAL_MICROS : 0;
  const ready = LOCK_RETRY_MICROS + Math.max(trial, ...scenario.checks.map(recoveryMicros));
  const elected = ready + down + down + interval;
  const preempted = interval + largestDelayMicros(scenario) + down + interval;
  const slowest = Math.max(...scenario.hosts.map((host) => Math.abs(1 - host.clockRate)));
  return Math.ceil((elected + preempted) * (1 + 3 * slowest)) + ADDRESS_RETRY_MICROS + SLACK_MICROS;
}

/** How long nothing may change after that: long enough for every timer to have fired. */
export function observationMicros(scenario: Scenario): Micros {
  return Math.max(5 * largestIntervalMicros(scenario), ANNOUNCED_WITHIN_MICROS + SLACK_MICROS);
}

function recoveryMicros(check: CheckSpec): Micros {
  return (check.rise + 1) * check.intervalMicros;
}

/** How things stand when all should have settled. */
export interface Picture {
  readonly masters: readonly number[];
  readonly counts: Counts;
}

export function judgeSettled(world: World): Picture {
  world.judgeLeases();
  judgeStatus(world);
  const masters = world.scenario.routers.map((_, router) => judgeRouter(world, router));
  for (const members of world.scenario.groups) judgeGroup(world, members, masters);
  return { masters, counts: { ...world.counts } };
}

/** Nothing has changed since, and leases were renewed no more often than they have to be. */
export function judgeCalm(world: World, picture: Picture): void {
  judgeSettled(world);
  if (world.counts.masterships > picture.counts.masterships) {
    fail("unstable", "a master changed without a reason", null);
  }
  for (const [router, master] of picture.masters.entries()) {
    judgeAnnouncements(world.machines[master]!, router);
  }
  judgeRenewals(world, picture.counts.addressAdds);
}

function judgeAnnouncements(master: SimulatedHost, router: number): void {
  const daemon = master.daemon!;
  const { announcements, masterSince } = daemon.watch.routers[router]!;
  // What a stall made late is announced once, not caught up.
  const needed = master.stallEndedAt > masterSince ? 1 : ROUNDS;
  for (const pool of master.choices[router]!.list) {
    const rounds = announcements[pool]!;
    if (rounds >= needed || master.isOwn(router, pool)) continue;
    fail("announcements", `address ${pool} was announced ${rounds} times`, router);
  }
}

/** Each renewal wakes every netlink listener of the host. */
function judgeRenewals(world: World, addsBefore: number): void {
  const { renewIntervalMicros, leaseSeconds, routers } = world.scenario;
  const addresses = routers.reduce((sum, router) => sum + router.pool.length, 0);
  const pause = renewIntervalMicros ?? ((leaseSeconds ?? Number.POSITIVE_INFINITY) * MICROS_PER_SECOND) / 3;
  const renewals = Math.ceil(observationMicros(world.scenario) / (pause * 0.98)) + 1;
  const adds = world.counts.addressAdds - addsBefore;
  const allowed = leaseSeconds === null ? 0 : addresses * renewals;
  if (adds > allowed) fail("renewals", `${adds} renewals, and at most ${allowed} were due`, null);
}

/** Exactly one master, none that has to yield to a better host, and every address held once. Returns the master. */
function judgeRouter(world: World, router: number): number {
  const masters = world.machines.filter((machine) => stateOf(machine, router) === "MASTER");
  const master = masters[0];
  const names = masters.map(({ spec }) => spec.name);
  if (master === undefined)
    fail("no-master", `states: ${world.machines.map((m) => stateOf(m, router))}`, router);
  if (masters.length > 1) fail("masters", `${names.join(" and ")} are master`, router);
  for (const machine of world.machines) {
    if (machine === master) continue;
    const state = stateOf(machine, router);
    if (state !== "BACKUP") fail("not-backup", `${machine.spec.name} is ${state}`, router);
    judgeRank(machine, master, router);
  }
  judgeHolders(world, master, router);
  return master.spec.index;
}

function judgeRank(backup: SimulatedHost, master: SimulatedHost, router: number): void {
  const ours = countedIn(backup, router);
  const theirs = countedIn(master, router);
  const preempts = ours.preempt.mode !== "never" || ours.priority === 255;
  if (ours.priority! <= theirs.priority! || !preempts) return;
  const who = `${master.spec.name} (${theirs.priority}) is master over ${backup.spec.name} (${ours.priority})`;
  fail("wrong-master", `${who}, which preempts: ${ours.preempt.mode} ${ours.preempt.delaySeconds}`, router);
}

/** The members of a sync group are master on one host. */
function judgeGroup(world: World, members: readonly number[], masters: readonly number[]): void {
  const hosts = new Set(members.map((member) => masters[member]!));
  const names = [...hosts].map((host) => world.machines[host]!.spec.name);
  if (names.length > 1) fail("group", `its group is master on ${names.join(" and ")}`, members[0]!);
}

/** With the priority that counts. */
function countedIn(machine: SimulatedHost, router: number): VirtualRouterConfig {
  return machine.daemon!.watch.configOf(router);
}

/** What status tells is what the transitions told, and what the kernel holds. */
function judgeStatus(world: World): void {
  for (const { daemon, spec } of world.machines) {
    for (const { id, state, priority, virtualAddresses } of daemon?.core.status().routers ?? []) {
      const router = world.names.routerOf(id);
      const followed = daemon!.watch.routers[router]!.state;
      if (state !== followed) fail("status", `${spec.name} tells ${state} and went to ${followed}`, router);
      const counted = daemon!.watch.configOf(router).priority;
      if (priority !== counted)
        fail("status", `${spec.name} tells priority ${priority}, which is ${counted}`, router);
      const expected = state === "MASTER" ? "ours" : "absent";
      const odd = virtualAddresses.find(({ presence }) => presence !== expected && presence !== "own");
      if (odd === undefined) continue;
      fail("presence", `${spec.name} as ${state} takes ${odd.address} for ${odd.presence}`, router);
    }
  }
}

function judgeHolders(world: World, master: SimulatedHost, router: number): void {
  for (const machine of world.machines) {
    judgeDepartures(machine, router);
    for (const pool of machine.choices[router]!.list) {
      if (machine.isOwn(router, pool)) continue;
      const held = machine.kernel.held(router, pool) !== null;
      const { name } = machine.spec;
      if (held !== (machine === master))
        fail("holders", `${name} ${held ? "holds" : "lacks"} address ${pool}`, router);
    }
  }
}

function judgeDepartures({ departed, choices, kernel, spec }: SimulatedHost, router: number): void {
  for (const pool of kernel.heldByUs(router)) {
    if (!departed.has(`${router} ${pool}`) || choices[router]!.list.includes(pool)) continue;
    fail("departures", `${spec.name} still holds address ${pool}, which has left its list`, router);
  }
}

function stateOf(machine: SimulatedHost, router: number): string {
  return machine.daemon?.watch.routers[router]?.state ?? "down";
}

function fail(rule: string, message: string, router: number | null): never {
  throw new Violation(`liveness-${rule}`, message, null, router);
}
