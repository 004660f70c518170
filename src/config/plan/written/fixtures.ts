/** Routes, rules and static addresses of a plan as lines of their blocks. */
import type { Fixture, FixtureConfig } from "../../../core/fixture.js";
import { fixtureWords, routeWords } from "../../fixture-words.js";
import { addressOf } from "./address.js";
import { comment, type Written, word } from "./text.js";

/** Blocks for what is there of each kind. */
export function blocksOf(
  fixtures: readonly FixtureConfig[],
  keywords: Partial<Readonly<Record<Fixture["kind"], string>>>,
): Written[] {
  return Object.entries(keywords).flatMap(([kind, keyword]) => {
    const lines = fixtures.filter(({ fixture }) => fixture.kind === kind).map(lineOf);
    return lines.length === 0 ? [] : [[keyword, lines] as const];
  });
}

function lineOf({ fixture, guarded }: FixtureConfig): string {
  const noTrack = guarded ? [] : ["no_track"];
  if (fixture.kind === "address") return addressOf({ ...fixture, tracked: guarded, advertised: false }, "");
  const words = fixture.kind === "route" ? routeWords(fixture, noTrack) : [fixtureWords(fixture), ...noTrack];
  const line = words.join(" ");
  const isPlain = line.split(" ").every((one) => word(one) === one);
  return isPlain ? line : comment(`Keepalived cannot be told a name of the ${fixture.kind} ${line}`);
}
