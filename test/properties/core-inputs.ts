/** Whatever is told in whatever order: what must always hold, and what must hold once everything has settled. */
import fc from "fast-check";
import type { Track } from "../../src/core/config.js";
import { Core } from "../../src/core/core.js";
import type { Effect } from "../../src/core/effect.js";
import { type AddressKey, addressKey, addressTextOf, interfaceOf } from "../../src/core/identity.js";
import type { AddressOutcome, Input, LinkState } from "../../src/core/input.js";
import { checkConfig, coreConfig, faultTracks, weightTrack } from "../core/configurations.js";
import { advertOf, ip, kernelAddress, keyOf, LINK, OUR_SOURCE, ROUTER, withPrefix } from "../core/values.js";
import { named } from "./property.js";

const ADDRESSES = ["192.0.2.10", "192.0.2.11"];
/** On another interface than the virtual router's, and in no advert. */
const OTHER = { ...withPrefix("203.0.113.10/24"), interface: "eth1", advertised: false };
const KEYS = [...ADDRESSES.map(keyOf), addressKey(OTHER.interface, OTHER)];
const OWN = kernelAddress(`${OUR_SOURCE}/24`);
const CHECKS = {
  checks: [checkConfig({ rise: 2, fall: 2 }), checkConfig({ name: "load" })],
  renewIntervalMicros: 40_000_000,
};
/** One is a fault, the other ones weigh, beyond all bounds. */
const TRACKS: readonly Track[] = [
  ...faultTracks("probe"),
  weightTrack("load", -300),
  { on: { interface: "eth1" }, effect: { weight: 200 }, reversed: true },
];

const NAME = coreConfig([{}]).routers[0]!.name;

function config(overrides: object = {}) {
  const preempt = { mode: "delay", delaySeconds: 3 } as const;
  const router = { virtualAddresses: [...ADDRESSES, OTHER], tracks: TRACKS, leaseSeconds: 90, preempt };
  return coreConfig([{ ...router, yieldsToVersion2: true, ...overrides }], CHECKS);
}

/** A kernel with two interfaces, which answers when it is asked to, and in order. */
class World {
  now = 0;
  readonly core = new Core(0, config());
  readonly present = new Set<AddressKey>();
  readonly asked: Effect[] = [];
  readonly violations: string[] = [];
  /** Kernel index of the interface that is there; null: none is. */
  #interface: number | null = null;

  get state() {
    return this.core.status().routers[0]!.state;
  }

  send(input: Input): void {
    for (const effect of this.core.handle(this.now, input)) this.#take(effect);
    const next = this.core.deadline();
    if (input.type === "deadline" && next && next.at <= this.now)
      this.violations.push("a deadline that stays due");
  }

  /** The kernel carries out the oldest request; `code`: it refuses. */
  answer(code: string | null): void {
    const effect = this.asked.shift();
    if (effect?.type === "acquireLock") this.send({ type: "lock", router: ROUTER, holder: null });
    if (effect?.type !== "addAddresses" && effect?.type !== "removeAddresses") return;
    const operation = effect.type === "addAddresses" ? "add" : "remove";
    const outcomes = effect.addresses.map((address): AddressOutcome => {
      if (code !== null) return { address, result: "refused", code };
      if (operation === "add") this.present.add(address);
      else this.present.delete(address);
      return { address, result: "done" };
    });
    this.send({ type: "addressResults", router: ROUTER, operation, outcomes });
  }

  /** The host carries out what it has been asked by kinds: first it adds, then it removes. */
  sortByKind(): void {
    this.asked.sort((a, b) => Number(a.type === "removeAddresses") - Number(b.type === "removeAddresses"));
  }

  dump(on = "eth0"): void {
    const here = [...this.present].filter((key) => interfaceOf(key) === on);
    const addresses = here.map((key) => kernelAddress(addressTextOf(key), { marked: true }));
    this.send({
      type: "addresses",
      interface: on,
      addresses: on === "eth0" ? [OWN, ...addresses] : addresses,
    });
  }

  /** The other interface comes, or goes with what is on it. */
  other(link: LinkState | null): void {
    if (link === null) this.#clear("eth1");
    this.send({ type: "link", interface: "eth1", link });
    if (link !== null) this.dump("eth1");
  }

  #clear(on: string): void {
    for (const key of this.present) if (interfaceOf(key) === on) this.present.delete(key);
  }

  gone(): void {
    this.#clear("eth0");
    this.#interface = null;
    this.send({ type: "link", interface: "eth0", link: null });
  }

  link(link: LinkState): void {
    // Another interface under the same name: what was on the old one went with it.
    if (this.#interface !== null && this.#interface !== link.index) this.gone();
    this.#interface = link.index;
    this.send({ type: "link", interface: "eth0", link });
  }

  advance(micros: number): void {
    const end = this.now + micros;
    for (let next = this.core.deadline(); next && next.at <= end; next = this.core.deadline()) {
      this.now = Math.max(this.now, next.at);
      this.send({ type: "deadline" });
      if (this.violations.length > 0) return;
    }
    this.now = end;
  }

  #take(effect: Effect): void {
    if (effect.type === "acquireLock" || effect.type.endsWith("Addresses")) this.asked.push(effect);
    if (effect.type === "sendAdvert" && effect.what === "advert") {
      const { priority } = this.core.status().routers[0]!;
      if (effect.priority !== priority || priority < 1)
        this.violations.push(`an advert says ${effect.priority}, and status ${priority}`);
    }
    if (effect.type === "announce") {
      for (const address of effect.addresses) {
        if (!this.present.has(address)) this.violations.push(`announced ${address}, which is not there`);
      }
      if (this.state !== "MASTER") this.violations.push(`announced in ${this.state}`);
    }
  }
}

type Step = (world: World) => void;

const priority = fc.constantFrom(0, 50, 100, 200);
const advert = fc
  .record({
    priority,
    from: fc.constantFrom("192.0.2.1", "192.0.2.3"),
    version: fc.constantFrom(3, 3, 3, 2),
    advertIntervalMicros: fc.constantFrom(10_000, 1_000_000, 40_950_000),
    addresses: fc.constantFrom(["192.0.2.10"], ADDRESSES, ["203.0.113.1"]),
  })
  .map((heard): Step => {
    const input = { type: "advert", router: ROUTER, listed: true } as const;
    const made = advertOf({ ...heard, version: heard.version as 2 | 3 });
    return (world) => world.send({ ...input, source: ip(heard.from), advert: made });
  });
const mostly = fc.constantFrom(true, true, true, false);
const link = fc
  .record({ up: mostly, carrier: mostly, index: fc.constantFrom(2, 2, 2, 3) })
  .map((change): Step => {
    return (world) => world.link({ ...LINK, ...change });
  });
const meddling = fc.record({ change: fc.constantFrom("added", "removed"), index: fc.nat(2) }).map(
  ({ change, index }): Step =>
    (world) => {
      if (change === "added") world.present.add(KEYS[index]!);
      else world.present.delete(KEYS[index]!);
      const address = kernelAddress(addressTextOf(KEYS[index]!));
      world.send({
        type: "addressChanged",
        interface: interfaceOf(KEYS[index]!),
        change: change as "added" | "removed",
        address,
        alone: false,
      });
    },
);
const yields = fc
  .record({
    instances: fc.constantFrom(null, ["unknown"], [NAME], [NAME]),
    forMicros: fc.option(fc.nat(9_000_000)),
    force: fc.boolean(),
  })
  .map(({ instances, forMicros, force }): Step => {
    return (world) => {
      const until = forMicros === null ? null : world.now + forMicros;
      world.send({ type: "yield", instances, until, force, persistent: false });
    };
  });
const resume = fc.constantFrom(null, [NAME]).map((instances): Step => {
  return (world) => world.send({ type: "resume", instances });
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: yields },
  { weight: 1, arbitrary: resume },
  { weight: 6, arbitrary: advert },
  { weight: 6, arbitrary: fc.nat(4_000_000).map((micros) => (world: World) => world.advance(micros)) },
  {
    weight: 1,
    arbitrary: fc.nat(9_000_000).map((micros) => (world: World) => {
      world.now += micros;
    }),
  },
  { weight: 8, arbitrary: fc.constant((world: World) => world.answer(null)) },
  { weight: 2, arbitrary: fc.constant((world: World) => world.answer("ENOBUFS")) },
  { weight: 1, arbitrary: link },
  { weight: 1, arbitrary: fc.constant((world: World) => world.gone()) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.dump()) },
  { weight: 2, arbitrary: fc.constant((world: World) => world.sortByKind()) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(OUR_SOURCE, OUR_SOURCE, "192.0.2.200", null).map((text) => (world: World) => {
      const source = text === null ? null : ip(text);
      world.send({ type: "source", interface: "eth0", family: "ipv4", source, detail: null });
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("pass", "pass", "pass", "pass", "fail", "timeout", "disabled")
      .chain((outcome) => fc.constantFrom("probe", "load").map((check) => ({ check, outcome })))
      .map(({ check, outcome }) => (world: World) => {
        world.send({ type: "check", check, outcome: outcome as "pass", detail: "" });
      }),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((up) => (world: World) => {
      world.other(up ? { ...LINK, index: 9 } : null);
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ priority: fc.constantFrom(40, 100, 100, 255, null), reversed: fc.boolean() })
      .map(({ priority, reversed }) => (world: World) => {
        const virtualAddresses = [...(reversed ? [...ADDRESSES].reverse() : ADDRESSES), OTHER];
        world.send({ type: "configure", config: config({ priority, virtualAddresses }) });
      }),
  },
);

/** Makes everything whole and quiet, with no rival, and lets it settle. */
function heal(world: World): void {
  // A renewal would put back what nobody has missed.
  world.send({ type: "configure", config: config({ leaseSeconds: null }) });
  // One that has yielded serves where nobody else does, but not where it is forced not to.
  if (world.core.yields.some(({ force }) => force)) world.send({ type: "resume", instances: null });
  world.link(LINK);
  world.send({ type: "source", interface: "eth0", family: "ipv4", source: ip(OUR_SOURCE), detail: null });
  world.dump();
  world.other({ ...LINK, index: 9 });
  for (let pass = 0; pass < 3; pass += 1) {
    world.send({ type: "check", check: "probe", outcome: "pass", detail: "" });
  }
  // One that has yielded waits five intervals of a master that was heard once, of 40.95 s each.
  settle(world, 220);
  if (world.state !== "MASTER") world.violations.push(`healed, but ${world.state}`);
  if (world.present.size !== KEYS.length) world.violations.push("healed, but an address is missing");
}

function settle(world: World, seconds: number): void {
  for (let tick = 0; tick < seconds * 4 && world.violations.length === 0; tick += 1) {
    while (world.asked.length > 0) world.answer(null);
    world.advance(250_000);
  }
}

function play(world: World, warm: boolean, plan: readonly Step[]): void {
  if (warm) heal(world);
  for (const take of plan) take(world);
}

function verify(world: World): void {
  if (world.violations.length > 0) throw new Error(world.violations.join("; "));
}

const wandering = fc.array(fc.oneof({ weight: 20, arbitrary: step }, meddling), { maxLength: 60 });

export const healedBecomesWhole = named(
  "nothing absent is announced, no deadline stays due, and what is healed becomes whole",
  300,
  fc.property(fc.boolean(), wandering, (warm, plan) => {
    const world = new World();
    play(world, warm, plan);
    heal(world);
    verify(world);
  }),
);

export const shutdownLeavesNothing = named(
  "whatever came before: after a shutdown no address stays and nothing is waited for",
  300,
  fc.property(fc.array(step, { maxLength: 40 }), (plan) => {
    const world = new World();
    play(world, true, plan);
    world.send({ type: "shutdown" });
    settle(world, 20);
    if (world.present.size > 0) world.violations.push("an address stayed");
    if (world.core.deadline() !== null) world.violations.push("something is waited for");
    verify(world);
  }),
);

export const INPUT_PROPERTIES = [healedBecomesWhole, shutdownLeavesNothing];
