/**
 * What a new configuration may not change while virtual routers run. It is looked for before anything is applied, so
 * that a configuration is taken as a whole or not at all.
 */
import { VrrpdError } from "../base/errors.js";
import { type CoreConfig, checksTracked, type VirtualRouterConfig } from "./config.js";
import type { RouterId } from "./identity.js";
import type { VirtualRouter } from "./router/router.js";
import { placeOf } from "./virtual-address.js";

type Running = Pick<VirtualRouter, "id" | "config" | "state">;

/** Throws VrrpdError `ECONFIGURE`, with every difference by name, when the running routers cannot take `config` over. */
export function assertApplicable(
  running: ReadonlyMap<RouterId, Running>,
  checks: ReadonlyMap<string, unknown>,
  config: CoreConfig,
): void {
  const wanted = new Set(config.routers.map(({ id }) => id));
  const gone = [...running.keys()].filter((id) => !wanted.has(id));
  const differences = [
    ...gone.map((id) => `virtual router ${id} is gone`),
    ...repeated(config.routers.map(({ id }) => id)).map((id) => `virtual router ${id} is there twice`),
    ...config.routers.flatMap((next) => differencesOf(running.get(next.id), checks, next)),
  ];
  if (differences.length === 0) return;
  const what = `the configuration was not taken over, and the one before stays: ${differences.join("; ")}`;
  throw new VrrpdError("ECONFIGURE", `${what}. Restart vrrpd to change these`);
}

function differencesOf(
  running: Running | undefined,
  checks: ReadonlyMap<string, unknown>,
  next: VirtualRouterConfig,
): string[] {
  if (running === undefined) return [`virtual router ${next.id} is new`];
  const [before, after] = [new Set(textsOf(running.config)), new Set(textsOf(next))];
  const of = `virtual router ${next.id}:`;
  // On its interface the addresses would stay behind.
  const takesPart = running.state === "MASTER" || running.state === "BACKUP";
  const moves = takesPart && running.config.interface !== next.interface;
  return [
    ...[...before].filter((text) => !after.has(text)).map((text) => `${of} address ${text} is gone`),
    ...[...after].filter((text) => !before.has(text)).map((text) => `${of} address ${text} is new`),
    ...repeated(textsOf(next)).map((text) => `${of} address ${text} is there twice`),
    ...checksTracked(next)
      .filter((name) => !checks.has(name))
      .map((name) => `${of} check ${name} is new`),
    ...(moves ? [`${of} it moves from ${running.config.interface} to ${next.interface}`] : []),
  ];
}

function textsOf({ virtualAddresses, interface: on }: VirtualRouterConfig): string[] {
  return virtualAddresses.map((entry) => placeOf(entry, on));
}

function repeated<T>(values: readonly T[]): T[] {
  const seen = new Set<T>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
