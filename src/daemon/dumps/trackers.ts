/** Which virtual routers depend on what, the other way round than their documents have it. */
import { printable } from "../../base/text.js";
import type { InstanceDocument } from "../status/types.js";
import { weight } from "./words.js";

export class Trackers {
  readonly #ofChecks = new Map<string, string[]>();
  readonly #ofInterfaces = new Map<string, string[]>();

  add({ name, interface: own, tracks }: InstanceDocument): void {
    const line = (value: number | null, reversed: boolean) =>
      `${printable(name)}, weight ${weight(value, reversed)}`;
    put(this.#ofInterfaces, own, line(null, false));
    for (const { check, interface: on, weight: value, reversed } of tracks) {
      if (check !== null) put(this.#ofChecks, check, line(value, reversed));
      else put(this.#ofInterfaces, on!, line(value, reversed));
    }
  }

  ofCheck(name: string): readonly string[] {
    return this.#ofChecks.get(name) ?? [];
  }

  ofInterface(name: string): readonly string[] {
    return this.#ofInterfaces.get(name) ?? [];
  }
}

function put(map: Map<string, string[]>, key: string, line: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [line]);
  else known.push(line);
}
