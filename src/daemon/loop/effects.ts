/**
 * Carries out the effects of one wake-up, by kinds: first what makes this node known to its peers, then adverts, then
 * addresses in one burst, then announcements, then what may wait. Answers go back to the core as inputs.
 *
 * Who takes over with many addresses takes them part by part: what is there is announced while the next part is still
 * to come.
 */
import type { Effect } from "../../core/effect.js";
import type { AddressKey, RouterId } from "../../core/identity.js";
import type { AddressOutcome, FixtureOutcome, Input } from "../../core/input.js";

export type EffectOf<T extends Effect["type"]> = Extract<Effect, { type: T }>;

/** Virtual addresses of one router. */
export interface RouterAddresses {
  readonly router: RouterId;
  readonly addresses: readonly AddressKey[];
  /** Of a removal: a clause for the log. */
  readonly why?: string;
}

/** What the host can do, each kind for all routers at once. */
export interface Host {
  /** @param untilDue called when all is ready for a system call, before each */
  sendAdverts(effects: readonly EffectOf<"sendAdvert">[], untilDue: UntilDue): void;
  /** One array of outcomes for each element, in order. */
  changeAddresses(
    operation: "add" | "remove",
    of: readonly RouterAddresses[],
  ): readonly (readonly AddressOutcome[])[];
  /** One array of outcomes for each element, in order. */
  changeFixtures(
    effects: readonly (EffectOf<"addFixtures"> | EffectOf<"removeFixtures">)[],
  ): readonly (readonly FixtureOutcome[])[];
  announce(of: readonly RouterAddresses[]): void;
  probe(of: readonly RouterAddresses[]): void;
  introduce(routers: readonly RouterId[]): void;
  /** Who holds the lock of the virtual router; null: we do, from now on. */
  acquireLock(router: RouterId): string | null;
  notify(effect: EffectOf<"notify">): void;
  notifyGroup(effect: EffectOf<"notifyGroup">): void;
  logTransition(effect: EffectOf<"transition">): void;
  log(effect: EffectOf<"log">): void;
}

/** Addresses of one router that are added before those that are there are announced. */
const PART_ADDRESSES = 64;

/** Hands answers to the core at once, and returns what it wants upon them. */
export type Consult = (answers: readonly Input[]) => readonly Effect[];

/** Returns when an advert may leave: what is decided ahead of time waits there. */
export type UntilDue = () => void;

export const DUE: UntilDue = () => {};

/** Returns answers that the core has not been told. */
export function carryOut(
  host: Host,
  effects: readonly Effect[],
  consult: Consult,
  untilDue: UntilDue = DUE,
): Input[] {
  const late: Late = { announcements: [], effects: [], removedFrom: new Set() };
  const answers = carryOutNow(host, effects, { consult, untilDue }, late);
  const repeated = late.announcements.filter(({ router }) => !late.removedFrom.has(router));
  if (repeated.length > 0) host.announce(repeated);
  for (const { router } of ofType(late.effects, "acquireLock")) {
    answers.push({ type: "lock", router, holder: host.acquireLock(router) });
  }
  for (const effect of late.effects) {
    if (effect.type === "notify") host.notify(effect);
    else if (effect.type === "notifyGroup") host.notifyGroup(effect);
  }
  for (const effect of late.effects) {
    if (effect.type === "transition") host.logTransition(effect);
    else if (effect.type === "log") host.log(effect);
  }
  return answers;
}

/** What waits until all parts of a takeover are there. */
interface Late {
  /** Repeated ones: each address is announced once before any is again. */
  readonly announcements: EffectOf<"announce">[];
  readonly effects: Effect[];
  /** Whose addresses have been given up meanwhile. */
  readonly removedFrom: Set<RouterId>;
}

const MAY_WAIT: ReadonlySet<Effect["type"]> = new Set([
  "acquireLock",
  "notify",
  "notifyGroup",
  "transition",
  "log",
]);

interface Asks {
  readonly consult: Consult;
  readonly untilDue: UntilDue;
}

function carryOutNow(host: Host, effects: readonly Effect[], asks: Asks, late: Late): Input[] {
  late.effects.push(...effects.filter(({ type }) => MAY_WAIT.has(type)));
  for (const { router } of ofType(effects, "removeAddresses")) late.removedFrom.add(router);
  const introductions = ofType(effects, "introduceSource");
  if (introductions.length > 0) host.introduce(introductions.map(({ router }) => router));
  const adverts = ofType(effects, "sendAdvert");
  if (adverts.length > 0) host.sendAdverts(adverts, asks.untilDue);
  const [before, after] = fixtureChanges(effects);
  const taken = changeFixtures(host, before);
  const parts = partsOf(effects);
  const answers = parts.length > 1 ? addInParts(host, parts, asks, late) : changeAddresses(host, effects);
  answers.push(...taken, ...changeFixtures(host, after));
  const announcements = stillTrue(effects);
  if (announcements.length > 0) host.announce(announcements);
  const probes = ofType(effects, "probeAddresses");
  if (probes.length > 0) host.probe(probes);
  return answers;
}

type FixtureEffect = EffectOf<"addFixtures"> | EffectOf<"removeFixtures">;

/** Routes go before the addresses that they need, and come after them; what one wake-up adds and then removes stays in its order. */
function fixtureChanges(effects: readonly Effect[]): [before: FixtureEffect[], after: FixtureEffect[]] {
  const changes = effects.filter(
    (effect): effect is FixtureEffect => effect.type === "addFixtures" || effect.type === "removeFixtures",
  );
  const added = changes.findIndex(({ type }) => type === "addFixtures");
  const end = added < 0 ? changes.length : added;
  return [changes.slice(0, end), changes.slice(end)];
}

function changeFixtures(host: Host, changes: readonly FixtureEffect[]): Input[] {
  if (changes.length === 0) return [];
  const outcomes = host.changeFixtures(changes);
  return changes.map(({ type, router }, position) => ({
    type: "fixtureResults",
    router,
    operation: type === "addFixtures" ? "add" : "remove",
    outcomes: outcomes[position]!,
  }));
}

/** What is to be added, part by part; empty where something is removed as well, which then has its place between. */
function partsOf(effects: readonly Effect[]): RouterAddresses[] {
  if (effects.some(({ type }) => type === "removeAddresses")) return [];
  return ofType(effects, "addAddresses").flatMap(({ router, addresses }) => {
    const count = Math.ceil(addresses.length / PART_ADDRESSES);
    return Array.from({ length: count }, (_, part): RouterAddresses => {
      const from = part * PART_ADDRESSES;
      return { router, addresses: addresses.slice(from, from + PART_ADDRESSES) };
    });
  });
}

/** What else the core wants upon an answer waits for the last part: it may give up what is still to be added. */
function addInParts(host: Host, parts: readonly RouterAddresses[], asks: Asks, late: Late): Input[] {
  const others: Effect[] = [];
  for (const part of parts) {
    const effects = asks.consult(changeAs(host, "add", [part]));
    const [first, ...repeated] = stillTrue(effects);
    if (first !== undefined) host.announce([first]);
    late.announcements.push(...repeated);
    others.push(...effects.filter(({ type }) => type !== "announce"));
  }
  return others.length > 0 ? carryOutNow(host, others, asks, late) : [];
}

/** Announcements but those of a router that gives its addresses up later in the same wake-up. */
function stillTrue(effects: readonly Effect[]): EffectOf<"announce">[] {
  const lastRemoval = new Map<RouterId, number>();
  for (const [position, effect] of effects.entries()) {
    if (effect.type === "removeAddresses") lastRemoval.set(effect.router, position);
  }
  return effects.filter(
    (effect, position): effect is EffectOf<"announce"> =>
      effect.type === "announce" && position > (lastRemoval.get(effect.router) ?? -1),
  );
}

/** In the order in which the core wants them, since one wake-up may add and then remove; neighbours of a kind as one. */
function changeAddresses(host: Host, effects: readonly Effect[]): Input[] {
  const changes = effects.filter(
    (effect) => effect.type === "addAddresses" || effect.type === "removeAddresses",
  );
  const answers: Input[] = [];
  for (let first = 0; first < changes.length; ) {
    const { type } = changes[first]!;
    const differs = changes.findIndex((change, position) => position > first && change.type !== type);
    const end = differs < 0 ? changes.length : differs;
    answers.push(...changeAs(host, type === "addAddresses" ? "add" : "remove", changes.slice(first, end)));
    first = end;
  }
  return answers;
}

function changeAs(host: Host, operation: "add" | "remove", of: readonly RouterAddresses[]): Input[] {
  const outcomes = host.changeAddresses(operation, of);
  return of.map(({ router }, position) => ({
    type: "addressResults",
    router,
    operation,
    outcomes: outcomes[position]!,
  }));
}

function ofType<T extends Effect["type"]>(effects: readonly Effect[], type: T): EffectOf<T>[] {
  return effects.filter((effect): effect is EffectOf<T> => effect.type === type);
}
