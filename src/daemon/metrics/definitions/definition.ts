/** What a metric that is read from the status is: name, type, labels, and its values at one moment. */
import type {
  CheckDocument,
  InstanceDocument,
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
  /** @param isRunning whether a run of this check is under way */
  readonly samples: (status: StatusDocument, isRunning: (check: string) => boolean) => readonly Sample[];
}

/** As the exporter beside Keepalived has them. */
export const INSTANCE_LABELS = ["iname", "intf", "vrid"] as const;

export function instanceLabels(instance: Pick<InstanceDocument, "name" | "interface" | "virtualRouterId">) {
  return { iname: instance.name, intf: instance.interface, vrid: String(instance.virtualRouterId) };
}

/** Labels and samples of a metric that each instance has: its own labels, and those of each sample. */
export function ofInstances(
  more: readonly string[],
  samplesOf: (instance: InstanceDocument) => readonly Sample[],
): Pick<Definition, "labels" | "samples"> {
  return {
    labels: [...INSTANCE_LABELS, ...more],
    samples: ({ instances }) =>
      instances.flatMap((instance) =>
        samplesOf(instance).map(({ value, labels }) => {
          return { value, labels: { ...instanceLabels(instance), ...labels } };
        }),
      ),
  };
}

/** One for each name of a record of counts. */
export function countsBy(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ value, labels: { [label]: name } }));
}

/** Without prefix length, as the label `ip_address` has it. */
/** One address may be on several interfaces, and a sample stands once. */
export function firstOfEach(addresses: readonly VirtualAddressDocument[]): VirtualAddressDocument[] {
  const firsts = new Map<string, VirtualAddressDocument>();
  for (const one of addresses) {
    const bare = bareAddress(one.address);
    if (!firsts.has(bare)) firsts.set(bare, one);
  }
  return [...firsts.values()];
}

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
