/**
 * As migration.quiet.test.ts, for more files of the corpus, each on both nodes as it stands: the priorities are equal, so
 * that whoever serves goes on to when another one comes. Each exchange is that of the master.
 */
import t from "tap";
import { CORPUS, type CorpusCase, MORE } from "../../config/keepalived/corpus.js";
import { exchange, noMore } from "./exchange.js";
import type { Mode, Program } from "./node.js";
import { type NodeName, Site } from "./site.js";

const FILES = [
  "s09-excluded-addresses",
  "s16-definitions-and-id",
  "s18-master-with-nopreempt",
  "s20-passwords",
  "nginx-plus",
  "dual-stack-apart",
];
/** More than a newcomer that hears nobody would wait for. */
const ADVERTS = 5;

const STEPS: readonly (readonly [NodeName, Program, Mode])[] = [
  ["b", "vrrpd", "foreground"],
  ["a", "vrrpd", "background"],
  ["b", "keepalived", "background"],
  ["a", "keepalived", "foreground"],
];

/** Its own addresses, and those of its peer. */
function partnerOf(one: CorpusCase): CorpusCase {
  const others: Readonly<Record<string, string>> = { "11": "12", "12": "11" };
  const text = one.text.replace(
    /((?:192\.0\.2\.|198\.51\.100\.|2001:db8::))(11|12)\b/g,
    (_all, network: string, last: string) => `${network}${others[last]}`,
  );
  return { ...one, text };
}

for (const name of FILES)
  t.test(name, async (t) => {
    const file = [...CORPUS, ...MORE].find((one) => one.name === name)!;
    const site = await Site.create(file, partnerOf(file));
    t.teardown(() => site.close());
    const [onA, onB] = [site.allOn("a"), site.allOn("b")];
    await site.nodes.a.start("keepalived", "foreground");
    await site.settled(onA, ADVERTS);
    await site.nodes.b.start("keepalived", "background");
    await site.untilServed(onA, ADVERTS);
    const measure = await exchange(t, site, ["a", "keepalived", "background"], [onA, onB, onB], ADVERTS);
    for (const step of STEPS) {
      const [before, after] = step[0] === "a" ? [onA, onB] : [onB, onA];
      noMore(t, site, await exchange(t, site, step, [before, after, after], ADVERTS), measure);
    }
    t.strictSame(site.doubles(), [], "never two masters");
  });
