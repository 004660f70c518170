/** The configuration that a command was given, as an intent, and what it means on this host. */
import {
  allPeers,
  environmentSource,
  type HostFacts,
  type Intent,
  type Plan,
  plan,
} from "../config/index.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { LOOKUPS } from "./lookups.js";

/** Throws `ConfigurationError` (exit code 2), one line a problem. */
export function readConfiguration(env: NodeJS.ProcessEnv): Intent {
  return environmentSource(env).read(LOOKUPS);
}

/** As a daemon that starts now would plan it. Throws `ConfigurationError`. */
export function planHere(env: NodeJS.ProcessEnv): { readonly facts: HostFacts; readonly planned: Plan } {
  const intent = readConfiguration(env);
  const facts = gatherHostFacts(allPeers(intent));
  return { facts, planned: plan(intent, facts, { namedInterfaceGivenUp: false, before: [] }) };
}
