/** `vrrpd status`: who holds the addresses here, and why. */
import { ExitCode } from "../base/errors.js";
import { ask, theOnlySocket } from "../daemon/control-client.js";
import type { InstanceDocument, StatusDocument } from "../daemon/status-document.js";
import { table } from "./table.js";

export interface StatusOptions {
  readonly json: boolean;
  readonly socket: string | null;
}

/** Throws VrrpdError where no daemon answers. */
export async function status(options: StatusOptions, print: (text: string) => ExitCode): Promise<ExitCode> {
  const path = options.socket ?? (process.env.VRRPD_SOCKET?.trim() || theOnlySocket());
  const document = (await ask(path, "status")) as StatusDocument;
  print(options.json ? JSON.stringify(document, null, 2) : describe(document));
  return ExitCode.ok;
}

function describe({ instances, warnings }: StatusDocument): string {
  const head = ["INSTANCE", "STATE", "PRIO", "MASTER", "SINCE", "ADDRESSES", "CAUSE"];
  const rows = instances.map((instance) => [
    instance.name,
    instance.state,
    `${instance.priority ?? "-"}`,
    instance.master?.address ?? "-",
    instance.since.replace(/\.\d+Z$/, "Z"),
    heldOf(instance),
    instance.reason,
  ]);
  return [table([head, ...rows]), ...checksOf(instances), ...warnings.map((text) => `warning: ${text}`)].join(
    "\n",
  );
}

/** "2 of 2 here" */
function heldOf({ virtualAddresses }: InstanceDocument): string {
  const present = virtualAddresses.filter((address) => address.present).length;
  return `${present} of ${virtualAddresses.length} here`;
}

function checksOf(instances: readonly InstanceDocument[]): string[] {
  const checks = new Map(
    instances.flatMap(({ checks: all }) => all.map((check) => [check.name, check] as const)),
  );
  return [...checks.values()].map(({ name, state, detail }) => `check ${name}: ${state} (${detail})`);
}
