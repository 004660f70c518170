/** Whether a daemon has been told all that lets its virtual routers take part. */
import type { CheckConfig, Track, VirtualRouterConfig } from "../../../src/core/config.js";
import type { RouterId } from "../../../src/core/identity.js";
import type { CheckOutcome, Input, LinkState } from "../../../src/core/input.js";
import { INTERFACE } from "../scenario.js";

class CheckModel {
  state: "none" | "good" | "bad" | "harmless" = "none";
  #passed = false;
  #against = 0;

  constructor(private readonly config: CheckConfig) {}

  report(outcome: CheckOutcome): void {
    if (outcome === "pass") this.#passed = true;
    const says =
      outcome === "pass"
        ? "good"
        : outcome === "disabled" || (this.config.advisoryUntilFirstPass && !this.#passed)
          ? "harmless"
          : "bad";
    this.#against = says === this.state ? 0 : this.#against + 1;
    const { rise, fall } = this.config;
    const needed =
      this.state === "good" && says === "bad" ? fall : this.state === "bad" && says === "good" ? rise : 1;
    if (this.#against < needed) return;
    this.state = says;
    this.#against = 0;
  }
}

export class ReadinessModel {
  /** Goes up with all that may change a priority or readiness. */
  changes = 0;
  #link: LinkState | null = null;
  #uplink: "up" | "down" | "unknown" = "unknown";
  readonly #sources = { ipv4: false, ipv6: false };
  readonly #checks: Map<string, CheckModel>;
  readonly #locked = new Set<RouterId>();

  constructor(checks: readonly CheckConfig[]) {
    this.#checks = new Map(checks.map((check) => [check.name, new CheckModel(check)]));
  }

  /** Takes an input; true when it may have changed anything. */
  note(input: Input): boolean {
    if (input.type === "link") this.#noteLink(input.interface, input.link);
    else if (input.type === "source") this.#sources[input.family] = input.source !== null;
    else if (input.type === "lock") this.#noteLock(input.router, input.holder);
    else if (input.type === "check") this.#checks.get(input.check)?.report(input.outcome);
    else return input.type === "configure";
    this.changes += 1;
    return true;
  }

  holdsLock(router: RouterId): boolean {
    return this.#locked.has(router);
  }

  get canSend(): boolean {
    return this.#link?.up === true && this.#link.carrier;
  }

  ready(config: VirtualRouterConfig): boolean {
    return (
      this.holdsLock(config.id) &&
      this.canSend &&
      this.#sources[config.family] &&
      config.priority !== null &&
      config.tracks.every((track) => {
        if (track.effect !== "fault") return true;
        const state = this.#stateOf(track);
        return state === "harmless" || state === (track.reversed ? "bad" : "good");
      })
    );
  }

  /** Its priority as Keepalived counts it: that of the configuration, and what its tracks add to it. */
  priorityOf({ priority, tracks }: VirtualRouterConfig): number {
    if (priority === 255) return 255;
    let sum = priority!;
    for (const track of tracks) {
      if (track.effect === "fault") continue;
      // The simulator knows no numbers.
      const weight = "weight" in track.effect ? track.effect.weight : 0;
      const state = this.#stateOf(track);
      const rises = weight > 0 && state === "good";
      const falls = weight < 0 && state === "bad";
      if (rises || falls) sum = track.reversed ? sum - weight : sum + weight;
    }
    return sum < 1 ? 1 : sum > 254 ? 254 : sum;
  }

  #stateOf({ on }: Track): CheckModel["state"] {
    if ("check" in on) return this.#checks.get(on.check)!.state;
    return this.#uplink === "unknown" ? "none" : this.#uplink === "up" ? "good" : "bad";
  }

  #noteLink(name: string, link: LinkState | null): void {
    if (name === INTERFACE) this.#link = link;
    else this.#uplink = link?.up === true && link.carrier ? "up" : "down";
  }

  #noteLock(router: RouterId, holder: string | null): void {
    if (holder === null) this.#locked.add(router);
    else this.#locked.delete(router);
  }
}
