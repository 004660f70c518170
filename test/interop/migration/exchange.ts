/** One program ends on a node, and another one starts there: what the client went without, and who answered. */
import type { Test } from "tap";
import { type Mode, nowMicros, type Program } from "./node.js";
import type { NodeName, Places, Site } from "./site.js";

/** For how long the client went without the address that it missed most, when a daemon went and when one came. */
export interface Cost {
  readonly goesMicros: number;
  readonly comesMicros: number;
}

/** @param places before, while nothing runs on the node, and after. @param adverts see `Site.settled` */
export async function exchange(
  t: Test,
  site: Site,
  [name, to, mode]: readonly [NodeName, Program, Mode],
  [before, between, after]: readonly [Places, Places, Places],
  adverts: number,
): Promise<Cost> {
  const node = site.nodes[name];
  const what = `${name}: ${node.runs.at(-1)!.kind} → ${to}, ${mode}`;
  const goesMicros = await half(t, site, `${what}: stop`, [before, between, adverts], () => node.stop());
  const comesMicros = await half(t, site, `${what}: start`, [between, after, adverts], () =>
    node.start(to, mode),
  );
  return { goesMicros, comesMicros };
}

export async function half(
  t: Test,
  site: Site,
  what: string,
  [from, to, adverts]: readonly [Places, Places, number],
  act: () => Promise<void>,
): Promise<number> {
  const sinceMicros = nowMicros();
  await act();
  await site.settled(to, adverts);
  t.strictSame(site.strayAnswers(sinceMicros, from, to), [], `${what}: who answers changes once`);
  const longest = site.longestInterruption(sinceMicros);
  t.comment(`${what}: ${longest / 1000} ms without an answer`);
  return longest;
}

/** But for an advert interval: who goes without a goodbye costs three. */
export function noMore(t: Test, site: Site, ours: Cost, measure: Cost): void {
  for (const half of ["goesMicros", "comesMicros"] as const)
    t.ok(
      ours[half] <= measure[half] + site.intervalMicros,
      `${half}: ${ours[half]} beside Keepalived's ${measure[half]}`,
    );
}
