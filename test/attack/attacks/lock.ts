/** Local users without any right, at the lock's name in the abstract socket namespace. */
import type { HostProcess } from "../../netns/index.js";
import { advert } from "../../netns/index.js";
import { type Attack, type AttackOptions, atMost, type Row } from "../attack.js";
import { held, onTime, pause, Watch } from "../figures.js";
import { INTERFACE, Site, VIRTUAL_ROUTER_ID } from "../site.js";

const USERS = [4001, 4002, 4003, 4004] as const;
const NAME = `vrrpd/${INTERFACE}/ipv4/${VIRTUAL_ROUTER_ID}`;
/** The name, and those that a daemon falls back to. */
const NAMES = [NAME, ...[2, 3, 4, 5, 6, 7, 8].map((number) => `${NAME}/${number}`)];
/** Under the same load as ever, and nothing that a start has to wait for; a machine is not that exact. */
const MOST_LONGER_SECONDS = 0.5;
/** What is in the way of a start is in the way of each; a machine that is busy elsewhere is so for a moment. */
const TRIES = 3;
const START_INTERVAL_SECONDS = 0.25;

type Mode = "connect" | "bound" | "full" | "stopped";

function beset(site: Site, mode: Mode, names: readonly string[] = NAMES): Promise<HostProcess[]> {
  return Promise.all(
    USERS.map((user) => {
      const become = ["setpriv", "--reuid", `${user}`, "--regid", `${user}`, "--clear-groups", "--"];
      return site.program("a", "lock.pl", { mode, names }, become);
    }),
  );
}

async function underConnects({ seconds }: AttackOptions): Promise<Row[]> {
  return Site.with({}, async (site) => {
    const master = site.daemon("a");
    await site.untilHeld("a");
    await site.untilCalm("a");
    const watch = new Watch(site, master);
    await beset(site, "connect");
    await pause(seconds * 1000);
    const watched = await watch.end();
    const what = `${USERS.length} users connect without end`;
    return [onTime(watched, `${what}: longest pause between adverts`), held(watched, `${what}: the address`)];
  });
}

/** Seconds from the start of a daemon to its first advert, while the users do this to these names. */
function startTakes(mode: Mode, names: readonly string[]): Promise<number> {
  return Site.with({ intervalSeconds: START_INTERVAL_SECONDS }, async (site) => {
    await beset(site, mode, names);
    const startedMicros = Date.now() * 1000;
    site.daemon("a");
    return site.captures.a.waitFor(advert({ from: "a" }), { timeoutMs: 20_000 }).then(
      ({ atMicros }) => (atMicros - startedMicros) / 1e6,
      () => Number.POSITIVE_INFINITY,
    );
  });
}

/** The users cost the processor the same at names that the daemon does not have. */
async function startCompared(mode: Mode, what: string): Promise<Row> {
  const elsewhere = NAMES.map((name) => `elsewhere/${name}`);
  let longer = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && longer > MOST_LONGER_SECONDS; tries += 1) {
    const usual = await startTakes(mode, elsewhere);
    longer = Math.min(longer, (await startTakes(mode, NAMES)) - usual);
  }
  return atMost(`${what}: a start takes longer by`, longer, MOST_LONGER_SECONDS, " s");
}

const SQUATS: readonly [mode: Mode, what: string][] = [
  ["bound", "the names are bound, and nobody listens"],
  ["full", "the names listen, their queues full"],
  ["stopped", "the names are a stopped process's"],
  ["connect", "4 users connect without end"],
];

export const lock: Attack = {
  name: "lock",
  title: "4 local users at the lock's abstract socket",
  run: async (options) => {
    const rows = await underConnects(options);
    for (const [mode, what] of SQUATS) {
      options.say(what);
      rows.push(await startCompared(mode, what));
    }
    return rows;
  },
};
