/**
 * What a new configuration may not change of a virtual router that stays. It is looked for before anything is applied, so
 * that a configuration is taken as a whole or not at all. Whoever wants it all the same takes the virtual router out, and
 * then in again.
 */
import { sameBytes } from "../base/bytes.js";
import { VrrpdError } from "../base/errors.js";
import { type CoreConfig, checksTracked, type VirtualRouterConfig } from "./config.js";
import type { RouterId } from "./identity.js";
import type { VirtualRouter } from "./router/router.js";
import { takesPart } from "./router/state.js";
import { placeOf } from "./virtual-address.js";

type Running = Pick<VirtualRouter, "id" | "config" | "state">;

/** Throws VrrpdError `ECONFIGURE`, with every difference by name, when `config` cannot be taken over. */
export function assertApplicable(running: ReadonlyMap<RouterId, Running>, config: CoreConfig): void {
  const checks = new Set(config.checks.map(({ name }) => name));
  const differences = [
    ...repeated(config.routers.map(({ id }) => id)).map((id) => `virtual router ${id} is there twice`),
    ...repeated(config.routers.map(({ name }) => name)).map(
      (name) => `two virtual routers are called ${name}`,
    ),
    ...config.routers.flatMap((next) => unknownChecks(next, checks)),
    ...groupMistakesOf(config),
    ...config.routers.flatMap((next) => {
      const known = running.get(next.id);
      return known?.config === next ? [] : [...repeatedAddresses(next), ...differencesOf(known, next)];
    }),
  ];
  if (differences.length === 0) return;
  const what = `the configuration was not taken over, and the one before stays: ${differences.join("; ")}`;
  throw new VrrpdError("ECONFIGURE", `${what}. Restart vrrpd to change these`);
}

function repeatedAddresses(next: VirtualRouterConfig): string[] {
  const places = next.virtualAddresses.map((entry) => placeOf(entry, next.interface));
  return repeated(places).map((text) => `virtual router ${next.id}: address ${text} is there twice`);
}

function unknownChecks(next: VirtualRouterConfig, checks: ReadonlySet<string>): string[] {
  return checksTracked(next)
    .filter((name) => !checks.has(name))
    .map((name) => `virtual router ${next.id}: there is no check ${name}`);
}

function groupMistakesOf({ routers, groups = [] }: CoreConfig): string[] {
  const known = new Set(routers.map(({ id }) => id));
  const members = groups.flatMap((group) => group.members);
  return [
    ...repeated(groups.map(({ name }) => name)).map((name) => `two sync groups are called ${name}`),
    ...repeated(members).map((id) => `virtual router ${id} is in a sync group twice, or in two`),
    ...members
      .filter((id) => !known.has(id))
      .map((id) => `virtual router ${id} of a sync group does not exist`),
    ...groups.filter((group) => group.members.length === 0).map(({ name }) => `sync group ${name} is empty`),
  ];
}

function differencesOf(running: Running | undefined, next: VirtualRouterConfig): string[] {
  if (running === undefined) return [];
  const { config, state } = running;
  const of = `virtual router ${next.id}:`;
  // On its interface the addresses would stay behind.
  const moves = takesPart(state) && config.interface !== next.interface;
  return [
    ...(moves ? [`${of} it moves from ${config.interface} to ${next.interface}`] : []),
    ...(sameVmacs(config, next) ? [] : [`${of} it has other virtual MAC addresses`]),
    ...(config.name === next.name ? [] : [`${of} it is called ${next.name}, and was called ${config.name}`]),
    ...(config.version === next.version ? [] : [`${of} it speaks another version`]),
    ...(samePassword(config, next) ? [] : [`${of} it has another password`]),
  ];
}

/** Those on the virtual router's own interface go where it goes: whether it may is another question. */
function sameVmacs(one: VirtualRouterConfig, other: VirtualRouterConfig): boolean {
  const textOf = (of: VirtualRouterConfig) =>
    of.vmacs
      .map(({ name, on, mac, adverts }) => `${name} ${on === of.interface ? "" : on} ${mac.text} ${adverts}`)
      .join();
  return one.vmacs === other.vmacs || textOf(one) === textOf(other);
}

function samePassword(
  { password: one }: VirtualRouterConfig,
  { password: other }: VirtualRouterConfig,
): boolean {
  return one === null || other === null ? one === other : sameBytes(one, other);
}

function repeated<T>(values: readonly T[]): T[] {
  const seen = new Set<T>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
