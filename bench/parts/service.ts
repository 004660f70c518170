/** How long a successor takes until all its addresses are in service. */

import type { VirtualRouter } from "../../test/lab/daemons/daemon.js";
import type { CapturedFrame } from "../../test/netns/index.js";
import { HarnessError, until } from "../../test/netns/index.js";
import { Lab, PRIORITY, sourceOf } from "../lab/lab.js";
import { Pair } from "../lab/pair.js";
import { type Sides, sides } from "./part.js";

/** Short, so that many takeovers fit into a minute; the time from the first advert on does not depend on it. */
const INTERVAL_SECONDS = 0.1;
const TIMEOUT_MS = 15_000;

/** In milliseconds since the successor's first advert. */
export interface ServiceTimes {
  readonly announced: Sides;
  readonly answering: Sides;
}

/** Kills masters of both kinds in turn. A machine that stands still for too long spoils a run: it is made once more. */
export async function serviceTimes(
  routers: readonly VirtualRouter[],
  kills: number,
  say: (what: string) => void,
): Promise<ServiceTimes> {
  try {
    return await attempt(routers, kills);
  } catch (error) {
    if (!(error instanceof HarnessError && error.code === "ETIMEOUT")) throw error;
    say(`once more: ${error.message}`);
    return attempt(routers, kills);
  }
}

async function attempt(routers: readonly VirtualRouter[], kills: number): Promise<ServiceTimes> {
  const times = { announced: sides(), answering: sides() };
  const setup = { routers, intervalSeconds: INTERVAL_SECONDS, priority: PRIORITY };
  const labs: Lab[] = [];
  try {
    for (const kind of ["vrrpd", "keepalived"] as const) labs.push(await Lab.open(kind, setup));
    const pairs: Pair[] = [];
    for (const lab of labs) {
      const addresses = routers.flatMap((router) => router.addresses);
      await lab.program("c", "asker.mjs", { source4: sourceOf("c"), source6: "2001:db8::43", addresses });
      pairs.push(await Pair.open(lab, routers.length, INTERVAL_SECONDS));
    }
    for (let kill = 0; kill < kills; kill += 1) {
      for (const [index, pair] of pairs.entries()) {
        const { announced, answering } = await serve(pair, routers);
        const side = index === 0 ? "ours" : "theirs";
        times.announced[side].push(announced);
        times.answering[side].push(answering);
        if (kill === kills - 1) continue;
        await pair.restart();
        await pair.settled();
      }
    }
  } finally {
    await Promise.all(labs.map((lab) => lab.close()));
  }
  return times;
}

async function serve(
  pair: Pair,
  routers: readonly VirtualRouter[],
): Promise<{ announced: number; answering: number }> {
  const mark = pair.capture.frames.length;
  const { firstOfNew } = await pair.takeover();
  const successor = pair.backup.host.name;
  const from = Math.min(...firstOfNew.values());
  const wanted = routers.flatMap(({ addresses }) => addresses);
  const seen = () => firstTimes(pair.capture.frames.slice(mark), successor, from);
  await until(() => isComplete(seen(), wanted), {
    what: `${wanted.length} addresses of ${pair.backup.kind} in service`,
    timeoutMs: TIMEOUT_MS,
    intervalMs: 100,
  });
  const { announcedAt, answeredAt } = seen();
  const announced = wanted.map((address) => announcedAt.get(address)!);
  const answering = wanted.map((address, index) => Math.max(announced[index]!, answeredAt.get(address)!));
  return {
    announced: (Math.max(...announced) - from) / 1000,
    answering: (Math.max(...answering) - from) / 1000,
  };
}

interface FirstTimes {
  readonly announcedAt: Map<string, number>;
  readonly answeredAt: Map<string, number>;
}

function firstTimes(frames: readonly CapturedFrame[], from: string, sinceMicros: number): FirstTimes {
  const times: FirstTimes = { announcedAt: new Map(), answeredAt: new Map() };
  for (const frame of frames) {
    if (frame.from !== from || frame.atMicros < sinceMicros) continue;
    if (frame.kind === "arp")
      note(frame.gratuitous ? times.announcedAt : times.answeredAt, frame.sender, frame);
    if (frame.kind === "neighbor-advertisement")
      note(frame.solicited ? times.answeredAt : times.announcedAt, frame.target, frame);
  }
  return times;
}

function note(times: Map<string, number>, address: string, { atMicros }: CapturedFrame): void {
  if (!times.has(address)) times.set(address, atMicros);
}

function isComplete({ announcedAt, answeredAt }: FirstTimes, wanted: readonly string[]): boolean {
  return wanted.every((address) => announcedAt.has(address) && answeredAt.has(address));
}
