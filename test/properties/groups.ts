/** A sync group, whatever its members meet. */
import { ok } from "node:assert";
import fc from "fast-check";
import { type Micros, secondsToMicros } from "../../src/base/time.js";
import { Core } from "../../src/core/core.js";
import type { RouterId } from "../../src/core/identity.js";
import type { Input } from "../../src/core/input.js";
import { checkConfig, coreConfig, faultTracks, notifyCommand } from "../core/configurations.js";
import { advertOf, ip, LINK, OUR_SOURCE } from "../core/values.js";
import { named } from "./property.js";

const MEMBERS = [0, 1, 2];
const PRIORITY = 100;
/** Three intervals of one second: no master that has to be followed is younger when its backup takes over. */
const SILENCE_MICROS = secondsToMicros(3);

type Step =
  | { readonly hear: number; readonly priority: number }
  | { readonly wait: number }
  | { readonly link: number; readonly up: boolean }
  | { readonly check: boolean };

const member = fc.constantFrom(...MEMBERS);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ hear: member, priority: fc.constantFrom(0, 50, 99, 101, 150) }) },
    { weight: 6, arbitrary: fc.record({ wait: fc.constantFrom(0.2, 0.9, 1, 2.5, 4, 12) }) },
    { weight: 2, arbitrary: fc.record({ link: member, up: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ check: fc.boolean() }) },
  ),
  { maxLength: 60 },
);

/** The host of three virtual routers on an interface each, one of them with a check, one with a preempt delay. */
class GroupHost {
  now: Micros = 0;
  readonly core: Core;
  readonly ids: readonly RouterId[];
  /** When a master that has to be followed was last heard, by member. */
  readonly followedAt: Micros[] = MEMBERS.map(() => Number.NEGATIVE_INFINITY);

  constructor() {
    const config = coreConfig(
      MEMBERS.map((index) => ({
        name: `r${index}`,
        interface: `eth${index}`,
        priority: PRIORITY,
        virtualAddresses: [`192.0.2.1${index}`],
        preempt: index === 1 ? { mode: "delay", delaySeconds: 5 } : { mode: "immediate", delaySeconds: 0 },
        tracks: index === 2 ? faultTracks("probe") : [],
      })),
      { checks: [checkConfig()] },
    );
    this.ids = config.routers.map(({ id }) => id);
    this.core = new Core(0, {
      ...config,
      groups: [{ name: "G", members: this.ids, notify: [notifyCommand()] }],
    });
    const source = ip(OUR_SOURCE);
    for (const index of MEMBERS) {
      const name = `eth${index}`;
      this.handle({ type: "addresses", interface: name, addresses: [] });
      this.handle({ type: "source", interface: name, family: "ipv4", source, detail: null });
      this.link(index, true);
    }
  }

  link(index: number, up: boolean): void {
    const link = { ...LINK, index: index + 2, up, carrier: up };
    this.handle({ type: "link", interface: `eth${index}`, link });
  }

  hear(index: number, priority: number): void {
    const advert = advertOf({ priority, virtualRouterId: index + 1, addresses: [`192.0.2.1${index}`] });
    if (priority > PRIORITY) this.followedAt[index] = this.now;
    if (priority === 0) this.followedAt[index] = Number.NEGATIVE_INFINITY;
    this.handle({ type: "advert", router: this.ids[index]!, source: ip("192.0.2.3"), listed: true, advert });
  }

  wait(seconds: number): void {
    const end = this.now + secondsToMicros(seconds);
    for (let next = this.core.deadline(); next !== null && next.at <= end; next = this.core.deadline()) {
      this.now = Math.max(this.now, next.at);
      this.handle({ type: "deadline" });
    }
    this.now = end;
  }

  handle(input: Input): void {
    const before = this.states();
    const effects = this.core.handle(this.now, input);
    this.#judge(before, this.states());
    for (const effect of effects) {
      if (effect.type === "acquireLock") this.handle({ type: "lock", router: effect.router, holder: null });
      if (effect.type !== "addAddresses" && effect.type !== "removeAddresses") continue;
      const operation = effect.type === "addAddresses" ? "add" : "remove";
      const outcomes = effect.addresses.map((address) => ({ address, result: "done" as const }));
      this.handle({ type: "addressResults", router: effect.router, operation, outcomes });
    }
  }

  states(): string[] {
    return this.core.status().routers.map(({ state }) => state);
  }

  #judge(before: readonly string[], after: readonly string[]): void {
    const group = this.core.status().groups[0]!.state;
    const kinds = [...new Set(after)].sort().join(" ");
    const told = `${before.join(" ")} to ${after.join(" ")}, the group ${group}`;
    ok(!after.includes("MASTER") || kinds === "MASTER", `split: ${told}`);
    ok(kinds !== "BACKUP FAULT", `one is in FAULT alone: ${told}`);
    ok(after.includes(group), told);
    if (before.includes("MASTER") || !after.includes("MASTER")) return;
    for (const at of this.followedAt)
      ok(
        this.now - at >= SILENCE_MICROS,
        `claims ${this.now - at} µs after a master that has to be followed`,
      );
  }
}

export const groupsAreNeverSplit = named(
  "the members of a sync group are master together, and none while one of them has to follow another master",
  150,
  fc.property(steps, (plan) => {
    const host = new GroupHost();
    host.handle({ type: "check", check: "probe", outcome: "pass", detail: "" });
    for (const step of plan) {
      if ("hear" in step) host.hear(step.hear, step.priority);
      else if ("wait" in step) host.wait(step.wait);
      else if ("link" in step) host.link(step.link, step.up);
      else host.handle({ type: "check", check: "probe", outcome: step.check ? "pass" : "fail", detail: "" });
    }
    // When all is well and nobody else is heard, it serves.
    for (const index of MEMBERS) host.link(index, true);
    host.handle({ type: "check", check: "probe", outcome: "pass", detail: "" });
    host.wait(12);
    ok(
      host.states().every((state) => state === "MASTER"),
      `at the end: ${host.states().join(" ")}`,
    );
  }),
);
