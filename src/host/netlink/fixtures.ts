/** Puts routes, rules and fixed addresses into the kernel, and takes them out: prepared before they are needed. */
import type { Fixture, FixtureConfig } from "../../core/fixture.js";
import type { FixtureOutcome } from "../../core/input.js";
import { errnoName } from "../native.js";
import { Batch } from "./batch.js";
import { encodeFixedAddress } from "./encode.js";
import { type EncodedFixture, encodeRoute } from "./encode-route.js";
import { encodeRule } from "./encode-rule.js";

/** What is not there, or whose interface is not. */
const GONE: ReadonlySet<string> = new Set(["ESRCH", "ENOENT", "ENODEV", "EADDRNOTAVAIL", "ENXIO"]);

export type IndexOf = (interfaceName: string) => number | null;

export interface FixtureOrder {
  readonly config: FixtureConfig;
  /** null: an interface that it names is not there. */
  readonly encoded: EncodedFixture | null;
}

/** @returns null: an interface that it names is not there */
export function encodeFixture(fixture: Fixture, indexOf: IndexOf): EncodedFixture | null {
  if (fixture.kind === "route") return encodeRoute(fixture, indexOf);
  if (fixture.kind === "rule") return encodeRule(fixture);
  const index = indexOf(fixture.interface);
  return index === null ? null : encodeFixedAddress(index, fixture);
}

export class FixtureRequests {
  readonly #batch = new Batch();

  close(): void {
    this.#batch.close();
  }

  /** One outcome for each, in their order. */
  carryOut(operation: "add" | "remove", orders: readonly FixtureOrder[]): FixtureOutcome[] {
    const sent = orders.flatMap(({ encoded }) => (encoded === null ? [] : [encoded[operation]]));
    const errnos = this.#batch.send(sent).values();
    return orders.map(({ config: { key }, encoded }): FixtureOutcome => {
      const errno = encoded === null ? null : errnos.next().value!;
      const code = encoded === null ? "ENODEV" : codeOf(errno);
      if (code === null) return { fixture: key, result: "done", changed: true };
      const isSo = operation === "add" ? code === "EEXIST" : GONE.has(code);
      if (isSo) return { fixture: key, result: "done", changed: false };
      return { fixture: key, result: "refused", code };
    });
  }
}

/** @param errno null: the kernel has not answered */
function codeOf(errno: number | null | undefined): string | null {
  if (errno === null || errno === undefined) return "ENOBUFS";
  return errno === 0 ? null : errnoName(errno);
}
