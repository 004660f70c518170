/** Signals that any process of the same user may send by mistake, and variables of Node's: no debugger, no death. */
import { readFileSync, readlinkSync } from "node:fs";
import { constants } from "node:os";
import { until } from "../../netns/index.js";
import { type Attack, must, type Row } from "../attack.js";
import { pause } from "../figures.js";
import { Site } from "../site.js";

/** After the exec of Node: before its first instruction, while it loads, and long after. */
const DELAYS_MILLIS = [0, 2, 5, 10, 20, 40, 80, 160, 320, 1_000];
const SIGRTMIN = 34;
const SIGRTMAX = 64;
const SETTLE_MILLIS = 500;
const LISTEN = "0A";

/** Listening TCP ports of a process's network. */
function listening(pid: number): number[] {
  return ["tcp", "tcp6"].flatMap((table) => {
    const rows = readFileSync(`/proc/${pid}/net/${table}`, "latin1").trim().split("\n").slice(1);
    const fields = rows.map((row) => row.trim().split(/\s+/));
    return fields
      .filter(([, , , state]) => state === LISTEN)
      .map(([, local]) => Number.parseInt(local!.split(":")[1]!, 16));
  });
}

interface Fate {
  readonly ports: readonly number[];
  readonly isAlive: boolean;
}

/** One daemon, and signals so long after the exec. @param delayMillis null: none */
async function tryOnce(
  site: Site,
  signals: readonly number[],
  delayMillis: number | null,
  env = {},
): Promise<Fate> {
  const anchor = site.anchor("a");
  const daemon = site.daemon("a", env);
  const isNode = () => {
    try {
      return readlinkSync(`/proc/${daemon.pid}/exe`) === process.execPath;
    } catch {
      return false;
    }
  };
  // Waiting for a turn of the loop could miss the first milliseconds.
  const deadline = performance.now() + 10_000;
  while (!isNode() && performance.now() < deadline);
  if (delayMillis !== null) {
    if (delayMillis > 0) await pause(delayMillis);
    for (const signal of signals) process.kill(daemon.pid, signal);
  }
  const isAtWork = () => daemon.output.includes("Entering BACKUP STATE");
  await until(() => !daemon.running || isAtWork(), { what: "a daemon at work", timeoutMs: 10_000 }).catch(
    () => null,
  );
  await pause(SETTLE_MILLIS);
  const fate = { ports: listening(anchor), isAlive: daemon.running && isAtWork() };
  await daemon.stop();
  return fate;
}

function judge(what: string, fates: readonly (Fate & { readonly when: string })[]): Row[] {
  const open = fates.filter(({ ports }) => ports.length > 0);
  const dead = fates.filter(({ isAlive }) => !isAlive);
  const at = (some: typeof fates) => some.map(({ when }) => when).join(", ");
  return [
    must(
      `${what}: nothing listens`,
      open.length === 0,
      "never",
      `${open.length} of ${fates.length} times: ${at(open)}`,
    ),
    must(
      `${what}: the daemon lives`,
      dead.length === 0,
      "each time",
      `not ${dead.length} of ${fates.length} times: ${at(dead)}`,
    ),
  ];
}

export const inspector: Attack = {
  name: "inspector",
  title: "SIGUSR1 and real-time signals from the exec on, NODE_OPTIONS",
  run: ({ strength }) =>
    Site.with({}, async (site) => {
      const delays = strength < 1 ? [0, 20, 160] : DELAYS_MILLIS;
      const realTime = Array.from({ length: SIGRTMAX - SIGRTMIN + 1 }, (_, index) => SIGRTMIN + index);
      const rows: Row[] = [];
      for (const [what, signals] of [
        ["SIGUSR1", [constants.signals.SIGUSR1]],
        ["real-time signals", realTime],
      ] as const) {
        const fates = [];
        for (const delay of delays) {
          fates.push({ ...(await tryOnce(site, signals, delay)), when: `after ${delay} ms` });
        }
        rows.push(...judge(what, fates));
      }
      const options = ["--inspect", "--inspect=127.0.0.1:9333", "--inspect-brk=0.0.0.0:9334"];
      const fates = [];
      for (const option of strength < 1 ? options.slice(0, 1) : options) {
        fates.push({ ...(await tryOnce(site, [], null, { NODE_OPTIONS: option })), when: option });
      }
      return [...rows, ...judge("NODE_OPTIONS", fates)];
    }),
};
