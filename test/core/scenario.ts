/**
 * Plays a scenario to the core on a virtual clock and writes down what it does, one short line an effect:
 * `3.609 advert`, `3.609 add 192.0.2.10/32`, `3.609 MASTER: no master was heard for 3.609 s`.
 * Locks and address changes are answered at once, as by a perfect kernel, unless the scenario says otherwise.
 */
import { type Micros, secondsToMicros } from "../../src/base/time.js";
import type { CoreConfig } from "../../src/core/config.js";
import { Core } from "../../src/core/core.js";
import { TIMERS } from "../../src/core/deadlines.js";
import type { Effect } from "../../src/core/effect.js";
import type { FixtureKey } from "../../src/core/fixture.js";
import { addressTextOf, type RouterId } from "../../src/core/identity.js";
import type {
  AddressOutcome,
  CheckOutcome,
  FixtureOutcome,
  Input,
  InterfaceAddress,
  LinkState,
} from "../../src/core/input.js";
import type { RouterStatus } from "../../src/core/status.js";
import type { DropReason } from "../../src/wire/advert.js";
import { coreConfig, type RouterOverrides } from "./configurations.js";
import { advertOf, type Heard, ip, LINK, OUR_SOURCE } from "./values.js";

type FixtureEffect = Extract<Effect, { type: "addFixtures" | "removeFixtures" }>;
type AddressEffect = Extract<Effect, { type: "addAddresses" | "removeAddresses" }>;

export class Scenario {
  readonly core: Core;
  now: Micros = 0;
  /** Who answers that it holds the lock; null: it is ours; undefined: no answer. */
  lockHolder: string | null | undefined = null;
  /** The kernel's answer to one address, or one fixture by its key, null: done; an errno name otherwise. */
  kernel: (operation: "add" | "remove", address: string) => string | null = () => null;
  /** Errno name with which the kernel refuses every advert; null: it lets them out. */
  mute: string | null = null;
  /** Address changes are not answered before `answer()`. */
  slowKernel = false;
  /** Routes, rules and static addresses that the kernel has. */
  readonly fixtures = new Set<FixtureKey>();
  readonly #unanswered: AddressEffect[] = [];
  readonly #config: CoreConfig;
  #lines: string[] = [];

  constructor(config: CoreConfig | RouterOverrides = {}) {
    this.#config = "routers" in config ? (config as CoreConfig) : coreConfig([config as RouterOverrides]);
    this.core = new Core(0, this.#config);
  }

  /** The first virtual router of the configuration. */
  get router(): RouterId {
    return this.#config.routers[0]!.id;
  }

  /** A scenario whose interface is up, has an address, and so is in BACKUP, at time 0. */
  static started(config: CoreConfig | RouterOverrides = {}): Scenario {
    const scenario = new Scenario(config);
    scenario.start();
    return scenario;
  }

  /** A scenario that nobody else took part in, just become master, with nothing written down yet. */
  static master(config: CoreConfig | RouterOverrides = {}): Scenario {
    const scenario = Scenario.started(config);
    for (let wait = 0; scenario.state !== "MASTER" && wait < 100; wait += 1) scenario.nextDeadline();
    scenario.take();
    return scenario;
  }

  start(): void {
    this.link({});
    this.addresses([]);
    this.source(OUR_SOURCE);
  }

  get state(): string {
    return this.status().state;
  }

  status(router = 0): RouterStatus {
    return this.core.status().routers[router]!;
  }

  send(input: Input): void {
    this.#apply(this.core.handle(this.now, input));
  }

  /** Lets time pass, each deadline on time. */
  advance(seconds: number): void {
    this.until((this.now + secondsToMicros(seconds)) / 1e6);
  }

  until(seconds: number): void {
    const end = secondsToMicros(seconds);
    for (let next = this.core.deadline(); next !== null && next.at <= end; next = this.core.deadline()) {
      this.now = Math.max(this.now, next.at);
      this.deadline();
    }
    this.now = end;
  }

  /** Advances to the next deadline and hands it over. */
  nextDeadline(): void {
    this.now = Math.max(this.now, this.core.deadline()?.at ?? this.now);
    this.deadline();
  }

  /** The process stands still: time passes, nothing is handed over. */
  stall(seconds: number): void {
    this.now += secondsToMicros(seconds);
  }

  /** Whatever is due now; what remains must lie in the future and say what it is. */
  deadline(): void {
    this.send({ type: "deadline" });
    const next = this.core.deadline();
    if (next === null) return;
    if (next.at <= this.now) throw new Error(`"${next.reason}" is still due after the deadline was handled`);
    if (!(next.reason in TIMERS) || next.owner === "")
      throw new Error("a deadline without a kind or an owner");
  }

  advert(heard: Heard, count = 1): void {
    const source = ip(heard.from ?? "192.0.2.1");
    const { router = this.router, listed = true } = heard;
    this.send({ type: "advert", router, source, listed, advert: advertOf(heard), count });
  }

  /** It was refused for the way that it came. */
  refused(reason: DropReason, heard: Heard): void {
    const source = ip(heard.from ?? "192.0.2.1");
    const { router = this.router } = heard;
    const advert = advertOf(heard);
    this.send({ type: "drop", interface: "eth0", family: "ipv4", router, source, reason, advert });
  }

  /** The same advert again and again, the first one after one interval, for so many seconds. */
  adverts(heard: Heard, seconds: number, everySeconds = 1): void {
    const end = this.now + secondsToMicros(seconds);
    while (this.now + secondsToMicros(everySeconds) <= end) {
      this.advance(everySeconds);
      this.advert(heard);
    }
    this.until(end / 1e6);
  }

  link(change: Partial<LinkState> | null): void {
    this.send({ type: "link", interface: "eth0", link: change === null ? null : { ...LINK, ...change } });
  }

  source(text: string | null, detail: string | null = null): void {
    const source = text === null ? null : ip(text);
    this.send({ type: "source", interface: "eth0", family: source?.family ?? "ipv4", source, detail });
  }

  addresses(addresses: readonly InterfaceAddress[]): void {
    this.send({ type: "addresses", interface: "eth0", addresses });
  }

  changed(change: "added" | "removed", address: InterfaceAddress, alone = false): void {
    this.send({ type: "addressChanged", interface: "eth0", change, address, alone });
  }

  check(outcome: CheckOutcome, detail = "connection refused", check = "probe"): void {
    this.send({ type: "check", check, outcome, detail });
  }

  /** A check tells a number. */
  tell(value: number, check = "probe"): void {
    this.send({ type: "check", check, outcome: "pass", detail: `says ${value}`, value });
  }

  /** The router is planned again, its other settings those of `routerConfig`. */
  configure(router: RouterOverrides): void {
    this.send({ type: "configure", config: coreConfig([router], { checks: this.#config.checks }) });
  }

  shutdown(): void {
    this.send({ type: "shutdown" });
  }

  /** Answers what a slow kernel has left, in the order it was asked. */
  answer(): void {
    for (const effect of this.#unanswered.splice(0)) this.#answerAddresses(effect);
  }

  /** The lines since the last call, or those of them that begin (after the time) with one of `kinds`. */
  take(...kinds: string[]): string[] {
    const lines = this.#lines;
    this.#lines = [];
    if (kinds.length === 0) return lines;
    return lines.filter((line) => kinds.some((kind) => line.split(" ").slice(1).join(" ").startsWith(kind)));
  }

  #apply(effects: readonly Effect[]): void {
    for (const effect of effects)
      this.#lines.push(`${(this.now / 1e6).toFixed(3)} ${this.#describe(effect)}`);
    for (const effect of effects) this.#respond(effect);
  }

  #respond(effect: Effect): void {
    if (effect.type === "acquireLock" && this.lockHolder !== undefined) {
      this.send({ type: "lock", router: effect.router, holder: this.lockHolder });
    }
    if (effect.type === "sendAdvert" && this.mute !== null) {
      const { router, what } = effect;
      this.send({ type: "sendFailed", router, what, codes: [this.mute], reached: 0 });
    }
    if (effect.type === "addFixtures" || effect.type === "removeFixtures")
      return this.#answerFixtures(effect);
    if (effect.type !== "addAddresses" && effect.type !== "removeAddresses") return;
    if (this.slowKernel) this.#unanswered.push(effect);
    else this.#answerAddresses(effect);
  }

  #answerAddresses(effect: AddressEffect): void {
    const operation = effect.type === "addAddresses" ? "add" : "remove";
    const outcomes = effect.addresses.map((address): AddressOutcome => {
      const code = this.kernel(operation, addressTextOf(address));
      return code === null ? { address, result: "done" } : { address, result: "refused", code };
    });
    this.send({ type: "addressResults", router: effect.router, operation, outcomes });
  }

  #answerFixtures(effect: FixtureEffect): void {
    const operation = effect.type === "addFixtures" ? "add" : "remove";
    const outcomes = effect.fixtures.map(({ key }): FixtureOutcome => {
      const code = this.kernel(operation, key);
      if (code !== null) return { fixture: key, result: "refused", code };
      const changed = this.fixtures.has(key) !== (operation === "add");
      if (operation === "add") this.fixtures.add(key);
      else this.fixtures.delete(key);
      return { fixture: key, result: "done", changed };
    });
    this.send({ type: "fixtureResults", router: effect.router, operation, outcomes });
  }

  #describe(effect: Effect): string {
    if (effect.type === "log") return `${effect.level} ${effect.code}: ${effect.message}`;
    if (effect.type === "transition") return `${effect.to}: ${effect.cause.text}`;
    if (effect.type === "notifyGroup") return `notify ${effect.group} ${effect.state}`;
    const whose = this.#config.routers.length > 1 ? ` [${effect.router}]` : "";
    if (effect.type === "acquireLock") return `lock${whose}`;
    if (effect.type === "introduceSource") return `introduce${whose}`;
    if (effect.type === "notify") return `notify${whose} ${effect.state} ${effect.priority}`;
    if (effect.type === "sendAdvert") {
      return `${effect.what}${whose}`;
    }
    if (effect.type === "addFixtures" || effect.type === "removeFixtures")
      return `${effect.type.replace("Fixtures", "")}${whose} ${effect.fixtures.map(({ key }) => key).join(", ")}`;
    const addresses = effect.addresses.map(addressTextOf);
    return `${effect.type.replace("Addresses", "")}${whose} ${addresses.join(" ")}`;
  }
}
