/** Whether a daemon has been told all that lets its virtual routers take part. */
import type { CheckConfig, VirtualRouterConfig } from "../../../src/core/config.js";
import type { RouterId } from "../../../src/core/identity.js";
import type { CheckOutcome, Input, LinkState } from "../../../src/core/input.js";

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
  #link: LinkState | null = null;
  readonly #sources = { ipv4: false, ipv6: false };
  readonly #checks: Map<string, CheckModel>;
  readonly #locked = new Set<RouterId>();

  constructor(checks: readonly CheckConfig[]) {
    this.#checks = new Map(checks.map((check) => [check.name, new CheckModel(check)]));
  }

  /** Takes an input; true when it may have changed anything. */
  note(input: Input): boolean {
    if (input.type === "link") this.#link = input.link;
    else if (input.type === "source") this.#sources[input.family] = input.source !== null;
    else if (input.type === "lock") this.#noteLock(input.router, input.holder);
    else if (input.type === "check") this.#checks.get(input.check)?.report(input.outcome);
    else return input.type === "configure";
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
      config.tracks.every(({ on }) => {
        const { state } = this.#checks.get((on as { check: string }).check)!;
        return state === "good" || state === "harmless";
      })
    );
  }

  #noteLock(router: RouterId, holder: string | null): void {
    if (holder === null) this.#locked.add(router);
    else this.#locked.delete(router);
  }
}
