/** What a metric that is read from the status is: name, type, labels, and its values at one moment. */
import type { CauseCode } from "../../../core/router/cause.js";
import type { State } from "../../../core/router/state.js";
import type {
  CheckDocument,
  InstanceDocument,
  ProblemDocument,
  StatusDocument,
  VirtualAddressDocument,
} from "../../status/types.js";

export interface Sample {
  readonly value: number;
  /** Some or all of the metric's. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Definition {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (status: StatusDocument, measured: Figures) => readonly Sample[];
}

/** What the status does not have: counted while the daemon works. */
export interface Figures {
  /** Whether a run of this check is under way. */
  isRunning(check: string): boolean;
  /** How often an instance, by its labels, went from a state to another one. */
  transitions(instance: InstanceLabels, from: State, to: State): number;
  /** How often any instance changed its state for this cause. */
  caused(code: CauseCode): number;
  /** Problems that were listed once, by code and severity. */
  readonly problems: ReadonlyMap<string, ProblemKind>;
}

export interface ProblemKind {
  readonly code: string;
  readonly severity: ProblemDocument["severity"];
}

/** As the exporter beside Keepalived has them. */
export const INSTANCE_LABELS = ["iname", "intf", "vrid"] as const;

export type InstanceLabels = Readonly<Record<(typeof INSTANCE_LABELS)[number], string>>;

export function instanceLabels(
  instance: Pick<InstanceDocument, "name" | "interface" | "virtualRouterId">,
): InstanceLabels {
  return { iname: instance.name, intf: instance.interface, vrid: String(instance.virtualRouterId) };
}

/** Labels and samples of a metric that each instance has: its own labels, and those of each sample. */
export function ofInstances(
  more: readonly string[],
  samplesOf: (instance: InstanceDocument, measured: Figures) => readonly Sample[],
): Pick<Definition, "labels" | "samples"> {
  return {
    labels: [...INSTANCE_LABELS, ...more],
    samples: ({ instances }, measured) =>
      instances.flatMap((instance) =>
        samplesOf(instance, measured).map(({ value, labels }) => {
          return { value, labels: { ...instanceLabels(instance), ...labels } };
        }),
      ),
  };
}

/**
 * One for each name of a record of counts.
 * @param known names that begin with 0: what a counter starts with is no increase to whoever watches it
 */
export function countsBy(
  label: string,
  counts: Readonly<Record<string, number>>,
  known: readonly string[] = [],
): Sample[] {
  const names = new Set([...known, ...Object.keys(counts)]);
  return [...names].map((name) => ({ value: counts[name] ?? 0, labels: { [label]: name } }));
}

/** One address may be on several interfaces, and a sample stands once. */
export function firstOfEach(addresses: readonly VirtualAddressDocument[]): VirtualAddressDocument[] {
  const firsts = new Map<string, VirtualAddressDocument>();
  for (const one of addresses) {
    const bare = bareAddress(one.address);
    if (!firsts.has(bare)) firsts.set(bare, one);
  }
  return [...firsts.values()];
}

/** Without prefix length. */
export function bareAddress(address: string): string {
  return address.replace(/\/.*/, "");
}

/** Several instances may depend on one check: each once. */
export function checksOf({ instances }: StatusDocument): CheckDocument[] {
  const checks = new Map(
    instances.flatMap((instance) => instance.checks.map((check) => [check.name, check])),
  );
  return [...checks.values()];
}
