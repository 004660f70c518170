/** Hosts and environments for the tests of the configuration. */
import {
  contradictionsOf,
  type HostFacts,
  type Intent,
  keepalivedConfOf,
  type Plan,
  type PlanOptions,
  parseEnvironment,
  peersOf,
  plan,
} from "../../src/config/index.js";
import type { PeerRoute } from "../../src/config/plan/facts.js";
import type { InterfaceAddress } from "../../src/core/input.js";
import { ip, kernelAddress } from "../core/values.js";

export { ip };

export type Env = Readonly<Record<string, string>>;

/** The smallest environment without problems and warnings. */
export const MINIMAL: Env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100", OPENSHIFT_HA_VRRP_ID_OFFSET: "0" };

export const FIRST_LOOK: PlanOptions = { namedInterfaceGivenUp: false, before: [] };

/** "192.0.2.1/24" as the kernel would have it, changed by `more`. */
export function held(text: string, more: Partial<InterfaceAddress> = {}): InterfaceAddress {
  return kernelAddress(text, { scope: text.startsWith("fe80") ? "link" : "global", ...more });
}

type Addresses = readonly (string | InterfaceAddress)[];

/** A host with these interfaces and addresses. */
export function host(
  interfaces: Readonly<Record<string, Addresses>>,
  defaultRoute: HostFacts["defaultRoute"] = null,
  mtu = 1500,
  routes: Readonly<Record<string, PeerRoute>> = {},
): HostFacts {
  return {
    interfaces: Object.entries(interfaces).map(([name, addresses], index) => ({
      name,
      link: { index: index + 1, up: true, carrier: true, mac: null, mtu },
      master: null,
      addresses: addresses.map((entry) => (typeof entry === "string" ? held(entry) : entry)),
    })),
    defaultRoute,
    routes: new Map(Object.entries(routes)),
  };
}

/** The intent of an environment that must have no problems. */
export function intentOf(env: Env): Intent {
  const { intent, problems } = parseEnvironment(env);
  if (intent === null) throw new Error(JSON.stringify(problems));
  return intent;
}

export const ONE_HOST = host({ eth0: ["192.0.2.10/24"] });

/** The plan of the minimal environment, changed by `env`, for a host. */
export function planOf(
  env: Env,
  facts: HostFacts = ONE_HOST,
  options: PlanOptions = FIRST_LOOK,
): OneInterface {
  return onOneInterface(plan(intentOf({ ...MINIMAL, ...env }), facts, options));
}

/** A plan of one interface, with what is said of that at hand. */
export type OneInterface = Plan & ReturnType<typeof partsOf>;

export function onOneInterface(made: Plan): OneInterface {
  return { ...made, ...partsOf(made) };
}

function partsOf(made: Plan) {
  const [on, ...others] = made.interfaces;
  if (on === undefined || others.length > 0) throw new Error(`${made.interfaces.length} interfaces`);
  const { name, reason, nodeAddress, sources } = on;
  const checks = [...made.checks.values()];
  const probe = checks.find((check) => check.kind === "tcp") ?? null;
  const script = checks.find((check) => check.kind === "script") ?? null;
  const [contradiction = null] = contradictionsOf(made);
  const sentences = made.warnings.map(({ text }) => text);
  const peers = peersOf(made).map(({ peer }) => peer);
  return {
    interface: name,
    interfaceReason: reason,
    nodeAddress,
    sources,
    probe,
    script,
    sentences,
    peers,
    contradiction,
  };
}

/** The keepalived.conf that vrrpd writes of it. */
export function writtenOf(made: Plan): string {
  return [...keepalivedConfOf(made)].join("");
}
