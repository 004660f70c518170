/**
 * Two nodes with Keepalived on one keepalived.conf of two instances, checks and notify scripts. One after the other gets
 * our `keepalived` command in its place, and Keepalived back, while a client asks; once each after SIGKILL. The measure is
 * Keepalived: what it costs to stop it and to start it again.
 */
import t, { type Test } from "tap";
import { CORPUS, type CorpusCase } from "../../config/keepalived/corpus.js";
import { type Cost, exchange, half, noMore } from "./exchange.js";
import { type Mode, nowMicros, type Program } from "./node.js";
import { type NodeName, type Places, Site } from "./site.js";

const FILE = CORPUS.find(({ name }) => name === "s06-active-active")!;
/** Each of the two is meant to have one of the instances. */
const HOME: Places = { VI_1: "a", VI_2: "b" };
/** The address of VI_1. */
const OF_FIRST = "192.0.2.251";
const ADVERTS = 2;

/** As its comment says: the partner has the priorities of the two instances the other way round. */
function partnerOf(one: CorpusCase): CorpusCase {
  const others: Readonly<Record<string, string>> = {
    "priority 100": "priority 99",
    "priority 99": "priority 100",
  };
  return {
    ...one,
    text: one.text
      .replace(/priority (100|99)\b/g, (found) => others[found]!)
      .replace(/state (MASTER|BACKUP)/g, (found) =>
        found === "state MASTER" ? "state BACKUP" : "state MASTER",
      ),
  };
}

t.test("Keepalived is exchanged for our command on each node, and back", async (t) => {
  const site = await Site.create(FILE, partnerOf(FILE));
  t.teardown(() => site.close());
  const { a, b } = site.nodes;
  await Promise.all([a.start("keepalived", "background"), b.start("keepalived", "foreground")]);
  await site.settled(HOME, ADVERTS);

  const change = (name: NodeName, program: Program, mode: Mode) =>
    exchange(t, site, [name, program, mode], [HOME, site.allOn(name === "a" ? "b" : "a"), HOME], ADVERTS);
  const measure = await change("a", "keepalived", "background");
  const steps: readonly (readonly [NodeName, Program, Mode])[] = [
    ["a", "vrrpd", "background"],
    ["b", "vrrpd", "foreground"],
    ["a", "keepalived", "foreground"],
    ["b", "keepalived", "background"],
  ];
  for (const [name, program, mode] of steps) noMore(t, site, await change(name, program, mode), measure);
  for (const program of ["vrrpd", "keepalived"] as const)
    noMore(t, site, await replaceKilled(t, site, program), measure);

  t.strictSame(await lifetimes(site), [null, null], "Keepalived's addresses outlive the lease of before");
  t.strictSame(site.doubles(), [], "never two masters");
});

/** On the first node. The other one becomes master, while the addresses still are on this one. */
async function replaceKilled(t: Test, site: Site, to: Program): Promise<Cost> {
  const node = site.nodes.a;
  const what = `a: ${node.runs.at(-1)!.kind}, killed → ${to}`;
  const away = site.allOn("b");
  const sinceMicros = nowMicros();
  await node.kill();
  await site.untilServed(away, ADVERTS);
  const goesMicros = site.longestInterruption(sinceMicros);
  t.comment(`${what}: ${goesMicros / 1000} ms without an answer`);
  t.ok(await node.host.hasAddress(OF_FIRST), `${what}: it leaves its address`);
  const comesMicros = await half(t, site, `${what}: start`, [away, HOME, ADVERTS], async () => {
    await node.start(to, "foreground");
    if (to === "vrrpd")
      t.notOk(await node.host.hasAddress(OF_FIRST), `${what}: what was left goes at the start`);
    await site.untilLeftoversAreGone("a", sinceMicros);
  });
  return { goesMicros, comesMicros };
}

/** In seconds; null: for ever. */
async function lifetimes(site: Site): Promise<(number | null)[]> {
  const held = await Promise.all([site.nodes.a, site.nodes.b].map(({ host }) => host.addresses()));
  return held
    .flat()
    .flatMap(({ address, validSeconds }) => (site.addresses.includes(address) ? [validSeconds] : []));
}
