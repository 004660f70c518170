/** Clients of the metrics listener: no advert waits for them, nothing grows with them, and health is still answered. */
import type { HostProcess } from "../../netns/index.js";
import { type Attack, type AttackOptions, atMost, must, type Row } from "../attack.js";
import { flat, held, onTime, pause, Watch } from "../figures.js";
import { Site } from "../site.js";

const PORT = 9650;
const ASK_EVERY_MILLIS = 200;
const MOST_MEGABYTES = 16;
const MOST_HEALTH_MILLIS = 250;
const CONNECTS_TIMEOUT_MILLIS = 300_000;

interface Crowd {
  readonly what: string;
  readonly mode: "pipeline" | "idle" | "connects";
  readonly connections: number;
}

export const httpPipeline: Attack = {
  name: "http-pipeline",
  title: "connections to the metrics listener of a master that send requests without end",
  run: (options) =>
    underAll(options, [
      { what: "one that pipelines", mode: "pipeline", connections: 1 },
      { what: "64 that pipeline", mode: "pipeline", connections: 64 },
    ]),
};

export const httpCrowd: Attack = {
  name: "http-crowd",
  title: "more connections to the metrics listener of a master than it could serve",
  run: (options) =>
    underAll(options, [
      { what: "5,000 idle", mode: "idle", connections: 5_000 },
      { what: "100,000 connects", mode: "connects", connections: 100_000 },
    ]),
};

async function underAll(options: AttackOptions, crowds: readonly Crowd[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const crowd of crowds) {
    options.say(crowd.what);
    rows.push(...(await under(crowd, options)));
  }
  return rows;
}

/** A fresh daemon for each, since what one leaves behind would be counted to the next. */
function under(crowd: Crowd, { seconds, strength }: AttackOptions): Promise<Row[]> {
  const environment = { VRRPD_METRICS_LISTEN: `127.0.0.1:${PORT}` };
  return Site.with({ environment }, async (site) => {
    const master = site.daemon("a");
    await site.untilHeld("a");
    await site.untilCalm("a");
    const asker = await site.watcher("a", "health-asker.mjs", { port: PORT, everyMillis: ASK_EVERY_MILLIS });
    await asker.waitForLine(/^\d/);
    const watch = new Watch(site, master);
    const before = asker.lines.length;
    const isWeak = strength < 1 && crowd.connections > 64;
    const connections = isWeak ? Math.ceil(crowd.connections * strength) : crowd.connections;
    const crowding = await site.program("a", "http-crowd.mjs", {
      port: PORT,
      seconds,
      ...crowd,
      connections,
    });
    await crowding.waitForLine(/^done/, { timeoutMs: CONNECTS_TIMEOUT_MILLIS });
    await pause(ASK_EVERY_MILLIS);
    const watched = await watch.end();
    return [
      onTime(watched, `${crowd.what}: longest pause between adverts`),
      flat(watched, MOST_MEGABYTES, `${crowd.what}: growth of memory`),
      ...answered(crowd, asker, before),
      held(watched, `${crowd.what}: the address at its master`),
    ];
  });
}

function answered({ what }: Crowd, asker: HostProcess, before: number): Row[] {
  const said = asker.lines.slice(before).map(({ text }) => text);
  const failed = said.filter((text) => text.startsWith("failed"));
  const millis = said.filter((text) => !text.startsWith("failed")).map(Number);
  const slowest = millis.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...millis);
  return [
    must(
      `${what}: health is answered`,
      failed.length === 0 && millis.length > 0,
      "each time",
      `not ${failed.length} of ${said.length} times (${failed[0] ?? "nothing was asked"})`,
    ),
    atMost(`${what}: the slowest answer`, slowest, MOST_HEALTH_MILLIS, " ms", 0),
  ];
}
