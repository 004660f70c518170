/** What the standards demand, and what vrrpd does about it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `do`: done, and a contrary case refused. `kernel`: the kernel does it with what vrrpd installs. `not-applicable`:
 * nothing here that it speaks of. `deviates`: done otherwise, on purpose.
 */
export type Kind = "do" | "kernel" | "not-applicable" | "deviates";

export interface Requirement {
  /** Section, "-", number or word, as the titles of tests have it; of RFC 3768 with "v2-" before it. */
  readonly id: string;
  /** The RFC's word; "-": none. */
  readonly level: string;
  readonly kind: Kind;
  readonly demand: string;
  /** Why it is not done, or done otherwise; of what is done, its limits. */
  readonly reason?: string;
}

export interface Standard {
  /** "RFC 9568" */
  readonly standard: string;
  readonly title: string;
  readonly rows: readonly Requirement[];
}

const FILES = ["rfc9568.json", "rfc3768.json"];

/** @param root of the project */
export function readStandards(root: string): Standard[] {
  return FILES.map((file) => JSON.parse(readFileSync(join(root, "test/conformance", file), "utf8")));
}
