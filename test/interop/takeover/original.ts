/**
 * The existing installation: the environment of the specification's Deployment, and the keepalived.conf that the
 * original image makes of it on each of two nodes, by the fields that were taken from it (ipfailover-vectors.json).
 * Addresses are moved into the LAN of the test; the last octets, on which the priorities depend, stay.
 */
import { readFileSync } from "node:fs";
import type { KeepalivedConf } from "../../lab/daemons/keepalived-conf.js";

interface Vector {
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
  readonly expect: {
    readonly global: { readonly router_id: string };
    readonly check: { readonly name: string; readonly script: string; readonly interval_s: number };
    readonly instances: readonly {
      readonly name: string;
      readonly interface: string;
      readonly virtual_router_id: number;
      readonly initial_state: "MASTER" | "BACKUP";
      readonly preempt: string;
      readonly auth_pass: string;
      readonly vips: readonly string[];
      /** A range where the original adds a random number. */
      readonly priority: number | { readonly from: number; readonly to: number };
    }[];
  };
}

const FILE = new URL("../../config/ipfailover-vectors.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(FILE, "utf8")) as readonly Vector[];

export interface Node {
  /** With prefix length. */
  readonly address: string;
  readonly conf: KeepalivedConf;
}

export const NODES: Readonly<Record<"a" | "b", Node>> = {
  a: { address: "192.0.2.40/24", conf: confOf(find("seed-example")) },
  b: { address: "192.0.2.41/24", conf: confOf(find("seed-example-second-node")) },
};

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ...find("seed-example").env,
  OPENSHIFT_HA_VIRTUAL_IPS: moved(find("seed-example").env.OPENSHIFT_HA_VIRTUAL_IPS!),
};
export const SERVICE_PORT = Number(ENVIRONMENT.OPENSHIFT_HA_MONITOR_PORT);
export const CHECK_SCRIPT = ENVIRONMENT.OPENSHIFT_HA_CHECK_SCRIPT!;
export const INTERFACE = ENVIRONMENT.OPENSHIFT_HA_NETWORK_INTERFACE!;

function find(id: string): Vector {
  return VECTORS.find((vector) => vector.id === id)!;
}

/** 1.1.1.1-2 becomes 192.0.2.101-102. */
function moved(addresses: string): string {
  return addresses.replace(/^1\.1\.1\.(\d)(?:-(\d))?$/, (_all, first, last) =>
    last ? `192.0.2.10${first}-10${last}` : `192.0.2.10${first}`,
  );
}

function confOf({ expect }: Vector): KeepalivedConf {
  const { name, script, interval_s } = expect.check;
  return {
    routerId: expect.global.router_id,
    checks: [{ name, command: script, intervalSeconds: interval_s }],
    instances: expect.instances.map((instance) => ({
      name: instance.name,
      state: instance.initial_state,
      interface: instance.interface,
      virtualRouterId: instance.virtual_router_id,
      priority: typeof instance.priority === "number" ? instance.priority : instance.priority.from,
      preemption: instance.preempt,
      password: instance.auth_pass,
      trackedChecks: [name],
      virtualAddresses: instance.vips.map(moved),
    })),
  };
}
