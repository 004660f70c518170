/**
 * Between the numbers of a scenario (virtual routers in its order, addresses in their pool's, the same for all hosts) and
 * what the core knows them by. A daemon's own lists may have any order.
 */
import { type AddressKey, addressKey, type RouterId } from "../../src/core/identity.js";
import { INTERFACE, idOf, type RouterSpec } from "./scenario.js";

export class Names {
  readonly #ids: readonly RouterId[];
  readonly #keys: readonly (readonly AddressKey[])[];
  readonly #routers: ReadonlyMap<RouterId, number>;
  readonly #pools: ReadonlyMap<AddressKey, number>;

  constructor(routers: readonly RouterSpec[]) {
    this.#ids = routers.map(idOf);
    this.#keys = routers.map(({ pool }) => pool.map((entry) => addressKey(INTERFACE, entry)));
    this.#routers = new Map(this.#ids.map((id, router) => [id, router]));
    this.#pools = new Map(this.#keys.flatMap((keys) => keys.map((key, pool) => [key, pool] as const)));
  }

  idOf(router: number): RouterId {
    return this.#ids[router]!;
  }

  routerOf(id: RouterId): number {
    return this.#routers.get(id)!;
  }

  keyOf(router: number, pool: number): AddressKey {
    return this.#keys[router]![pool]!;
  }

  /** Its place in the pool of its virtual router. */
  poolOf(key: AddressKey): number {
    return this.#pools.get(key)!;
  }
}
