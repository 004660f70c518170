/** The routes, rules and static addresses of a configuration, encoded before they are needed, and again when an interface is another one. */
import type { CoreConfig } from "../../core/config.js";
import { type FixtureConfig, type FixtureKey, interfacesNamedBy } from "../../core/fixture.js";
import type { FixtureOutcome, LinkState } from "../../core/input.js";
import { FIXTURE_EVENT_GROUPS } from "../../host/netlink/constants.js";
import { encodeFixture, type FixtureOrder, FixtureRequests } from "../../host/netlink/fixtures.js";
import { RouteWatch } from "../../host/netlink/route-watch.js";

/** What has gone is missed: traffic goes another way, or none. */
const HURRY = 5;

interface Prepared extends FixtureOrder {
  /** The interfaces that it names, with their indexes. */
  readonly places: string;
}

export class Fixtures {
  readonly #indexes = new Map<string, number>();
  #configs: readonly FixtureConfig[] = [];
  #prepared: ReadonlyMap<FixtureKey, Prepared> = new Map();
  /** Opened for the first one. */
  #requests: FixtureRequests | null = null;
  #watch: RouteWatch | null = null;

  /** @param onDoubt some of them may be gone */
  constructor(private readonly onDoubt: () => void) {}

  /** Whether there is anything to be looked after. */
  get any(): boolean {
    return this.#configs.length > 0;
  }

  configure({ routers, statics = [] }: Pick<CoreConfig, "routers" | "statics">): void {
    this.#configs = [...statics, ...routers.flatMap(({ fixtures }) => fixtures)];
    if (this.any) {
      this.#requests ??= new FixtureRequests();
      this.#watch ??= new RouteWatch(() => this.onDoubt(), FIXTURE_EVENT_GROUPS, HURRY);
    } else {
      this.#watch?.close();
      this.#watch = null;
    }
    this.#prepare();
  }

  onLink(name: string, link: LinkState | null): void {
    const before = this.#indexes.get(name);
    if (link === null) this.#indexes.delete(name);
    else this.#indexes.set(name, link.index);
    if (before !== link?.index) this.#prepare();
  }

  /** One outcome for each, in their order. */
  change(operation: "add" | "remove", configs: readonly FixtureConfig[]): FixtureOutcome[] {
    this.#requests ??= new FixtureRequests();
    const orders = configs.map((config) => this.#prepared.get(config.key) ?? this.#encode(config));
    return this.#requests.carryOut(operation, orders);
  }

  close(): void {
    this.#watch?.close();
    this.#requests?.close();
  }

  #prepare(): void {
    const before = this.#prepared;
    this.#prepared = new Map(
      this.#configs.map((config) => {
        const known = before.get(config.key);
        const isSame = known?.config === config && known.places === this.#placesOf(config);
        return [config.key, isSame ? known : this.#encode(config)];
      }),
    );
  }

  #encode(config: FixtureConfig): Prepared {
    const encoded = encodeFixture(config.fixture, (name) => this.#indexes.get(name) ?? null);
    return { config, encoded, places: this.#placesOf(config) };
  }

  #placesOf({ fixture }: FixtureConfig): string {
    return interfacesNamedBy(fixture)
      .map((name) => `${name} ${this.#indexes.get(name)}`)
      .join(", ");
  }
}
