/** Removal of routes, rules and static addresses that no daemon looks after any more. */
import { formatWithPrefix } from "../base/address.js";
import type { InterfaceFacts } from "../config/plan/facts.js";
import type { CoreConfig } from "../core/config.js";
import { bearsMark, type FixtureConfig } from "../core/fixture.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { encodeFixture, FixtureRequests } from "../host/netlink/fixtures.js";

/** Those that are told by their mark. Returns sentences: what was removed, and what could not be. */
export function removeFixtures({ routers, statics = [] }: Pick<CoreConfig, "routers" | "statics">): string[] {
  const configs = [...routers.flatMap(({ fixtures }) => fixtures), ...statics];
  if (configs.length === 0) return [];
  const { interfaces } = gatherHostFacts();
  const indexOf = (name: string) => interfaces.find((on) => on.name === name)?.link.index ?? null;
  const orders = configs
    .filter((config) => isLeft(config, interfaces))
    .map((config) => ({ config, encoded: encodeFixture(config.fixture, indexOf) }));
  const requests = new FixtureRequests();
  try {
    return requests.carryOut("remove", orders).flatMap((outcome) => {
      if (outcome.result === "refused") return [`${outcome.fixture} could not be removed (${outcome.code})`];
      return outcome.changed ? [`${outcome.fixture} was removed`] : [];
    });
  } finally {
    requests.close();
  }
}

function isLeft({ fixture }: FixtureConfig, interfaces: readonly InterfaceFacts[]): boolean {
  if (fixture.kind !== "address") return bearsMark(fixture);
  const on = interfaces.find(({ name }) => name === fixture.interface);
  const there = on?.addresses.find((one) => formatWithPrefix(one) === formatWithPrefix(fixture));
  return there?.marked === true;
}
