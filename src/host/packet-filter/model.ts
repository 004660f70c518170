/**
 * What a packet filter does with a packet, as far as its rules say it in terms that are known here. What is not known
 * (a rate limit, a set, an extension) makes the verdict uncertain, never wrong.
 */

/** null: it cannot be told. */
export type Matching = boolean | null;

export type Action =
  | { readonly type: "accept" | "drop" | "return" }
  | { readonly type: "jump" | "goto"; readonly chain: string }
  /** Counts, logs, marks: the packet goes on. */
  | { readonly type: "continue" };

export interface Rule {
  /** As the program shows it. */
  readonly text: string;
  readonly matching: Matching;
  readonly action: Action;
}

export interface Chain {
  readonly rules: readonly Rule[];
  readonly policy: "accept" | "drop" | null;
}

export interface Judgement {
  readonly verdict: "accept" | "drop" | "maybe-drop";
  /** The rule, or the policy, that decides; empty for a plain accept. */
  readonly by: string;
}

/** More than any sane rule set; also what ends a loop of jumps. */
const MOST_JUMPS = 64;

interface Walk {
  maybeAccepted: boolean;
  maybeDroppedBy: string | null;
}

/** @param name of the base chain that the packet enters. */
export function judge(chains: ReadonlyMap<string, Chain>, name: string): Judgement {
  const walk: Walk = { maybeAccepted: false, maybeDroppedBy: null };
  const end = walkChain(chains, name, walk, 0) ?? { verdict: "accept" as const, by: "" };
  if (end.verdict === "drop") return { verdict: walk.maybeAccepted ? "maybe-drop" : "drop", by: end.by };
  if (walk.maybeDroppedBy !== null) return { verdict: "maybe-drop", by: walk.maybeDroppedBy };
  return { verdict: "accept", by: "" };
}

/** null: it came to the end of the chain without a verdict. */
function walkChain(
  chains: ReadonlyMap<string, Chain>,
  name: string,
  walk: Walk,
  depth: number,
): { verdict: "accept" | "drop"; by: string } | null {
  const chain = chains.get(name);
  if (chain === undefined || depth > MOST_JUMPS) return null;
  for (const { text, matching, action } of chain.rules) {
    if (matching === false || action.type === "continue") continue;
    if (action.type === "jump" || action.type === "goto") {
      const inner = walkChain(chains, action.chain, walk, depth + 1);
      if (inner === null) {
        if (action.type === "goto" && matching === true) break;
        continue;
      }
      if (matching === true) return inner;
      note(walk, inner.verdict, inner.by);
    } else if (action.type === "return") {
      if (matching === true) break;
    } else if (matching === true) return { verdict: action.type, by: text };
    else note(walk, action.type, text);
  }
  if (chain.policy === null) return null;
  return { verdict: chain.policy, by: `the policy of chain ${name}` };
}

function note(walk: Walk, verdict: "accept" | "drop", by: string): void {
  if (verdict === "accept") walk.maybeAccepted = true;
  else walk.maybeDroppedBy ??= by;
}

/** A rule with several conditions. */
export function all(conditions: readonly Matching[]): Matching {
  if (conditions.includes(false)) return false;
  return conditions.includes(null) ? null : true;
}

export function not(matching: Matching): Matching {
  return matching === null ? null : !matching;
}
