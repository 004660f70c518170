/** Routes, rules and static addresses that should be there and are not. */
import type { FixtureDocument, InstanceDocument, StatusDocument } from "../types.js";
import { type Found, plain } from "./found.js";

/** So many are told one by one. */
const MOST_TOLD = 8;

export function routeProblems({
  instances,
  statics,
}: Pick<StatusDocument, "instances" | "statics">): Found[] {
  return [...instances.flatMap(({ name, routes }) => missing(routes, name)), ...missing(statics, null)];
}

function missing(fixtures: readonly FixtureDocument[], instance: InstanceDocument["name"] | null): Found[] {
  const found = fixtures.filter(({ expected, present }) => expected && !present);
  const told = found.slice(0, MOST_TOLD).map((one) => {
    const { kind, words, problem } = one;
    const whose = instance === null ? "static " : "";
    const text = `${whose}${kind} ${words}: ${problem ?? "it is not there yet"}`;
    return plain("error", `${kind}-missing`, instance, text, actionOf(one));
  });
  const more = found.length - told.length;
  if (more <= 0) return told;
  const text = `${more} more routes and rules are missing`;
  const action = actionOf(found.at(-1)!);
  return [...told, plain("error", "route-missing", instance, text, action)];
}

const UNREACHABLE =
  "Its gateway is on no network of this host: give a dev and onlink, or the address that reaches it.";

/** By what the kernel says. */
const ADVICE: Readonly<Record<string, string>> = {
  ENETUNREACH: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETDOWN: "The interface that it needs is down: bring it up.",
  ENODEV: "The interface that it names is not there: wait for it, or name another one.",
  EPERM: "vrrpd needs the capability CAP_NET_ADMIN.",
};

function actionOf({ problem }: FixtureDocument): string {
  const code = problem?.split(" ").at(-1) ?? "";
  const known = Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  return known ?? "vrrpd tries again by itself; ip route and ip rule show by hand what is in the way.";
}
