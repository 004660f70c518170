/** Where a configuration comes from. */
import { VrrpdError } from "../base/errors.js";
import type { UserName } from "../core/notify.js";
import type { Intent } from "./intent.js";
import { formatProblem, formatWarning, type Problem, type Warning } from "./problem.js";

/** What a source cannot know by itself, asked of this host. */
export interface Lookups {
  /** The end of the sentence "NAME=user …"; null: this host knows the user and the group. */
  readonly whyUnknown: (user: UserName) => string | null;
  /** The same of a group alone, by name or number. */
  readonly whyUnknownGroup: (group: string) => string | null;
  /** The name of the interface that has this name, or this alternative one, now; null: there is none. */
  readonly interfaceNamed: (name: string) => string | null;
  /** The kernel balances for somebody (IPVS). */
  readonly hasIpvsServices: () => boolean;
  readonly routingNames: RoutingNames;
}

/** What files of iproute2, and `ipproto` of the C library, call a number; null: it is not known there. */
export type RoutingNames = (
  kind: "table" | "scope" | "protocol" | "realm" | "dsfield" | "group" | "ipproto",
  name: string,
) => number | null;

export interface ConfigSource {
  /** Throws `ConfigurationError` with every problem at once. */
  read(lookups: Lookups): Intent;
}

/** One line a problem, and one a warning about the same configuration. Code `ECONFIG`, exit code 2; `EFILE`, exit code 6, where a file that must be there cannot be read. */
export class ConfigurationError extends VrrpdError {
  constructor(
    readonly problems: readonly Problem[],
    code: "ECONFIG" | "EFILE" = "ECONFIG",
    readonly warnings: readonly Warning[] = [],
    /** So many problems more, which are not among them. */
    more = 0,
  ) {
    const lines = [
      ...problems.map((problem) => `\n  ${formatProblem(problem)}`),
      ...(more > 0 ? [`\n  and ${more} problems more, which are not shown`] : []),
      ...warnings.map((warning) => `\n  warning: ${formatWarning(warning)}`),
    ];
    super(code, `the configuration cannot be used:${lines.join("")}`);
  }
}
