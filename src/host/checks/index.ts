/** The kinds of checks by their names; whoever runs or describes a check does it by these. */
import type { CheckIntent, CheckPlan } from "../../config/index.js";
import { file } from "./file.js";
import { http } from "./http.js";
import type { CheckKind } from "./kind.js";
import { process } from "./process.js";
import { script } from "./script.js";
import { tcp } from "./tcp.js";

export type { CheckHooks, CheckKind, RunningCheck, TroubledVerdict } from "./kind.js";

/** In the order in which lists have them. */
const KINDS: { readonly [K in CheckIntent["kind"]]: CheckKind<Extract<CheckIntent, { kind: K }>> } = {
  tcp,
  script,
  http,
  file,
  process,
};

export function kindOf({ kind }: CheckIntent): CheckKind {
  return KINDS[kind];
}

export function allKinds(): readonly (readonly [CheckIntent["kind"], CheckKind])[] {
  return Object.entries(KINDS) as [CheckIntent["kind"], CheckKind][];
}

/** What `say` says of each check, by its name; null where a kind that lists name has none. */
export function byName<T>(
  checks: Iterable<CheckPlan>,
  say: (kind: CheckKind, check: CheckPlan) => T,
): Record<string, T | null> {
  const listed = allKinds().flatMap(([, { listedAs }]) => (listedAs === null ? [] : [[listedAs, null]]));
  const said = [...checks].map((check) => [check.name, say(kindOf(check), check)]);
  return Object.fromEntries([...listed, ...said]);
}
