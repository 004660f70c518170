/** One of 255 virtual routers changes in the file: how long the loop stands still, and how late the others' adverts are. */
import { confOf, KEEPALIVED_FILE } from "../../test/lab/daemons/keepalived.js";
import { type KeepalivedConf, renderKeepalivedConf } from "../../test/lab/daemons/keepalived-conf.js";
import { ROOT, startVrrpd, VRRPD } from "../../test/lab/daemons/vrrpd.js";
import type { CapturedAdvert, HostProcess } from "../../test/netns/index.js";
import { percentile, spacingErrors } from "../figures/numbers.js";
import { type Row, row } from "../figures/results.js";
import { pause } from "../lab/clock.js";
import { Lab, PRIORITY } from "../lab/lab.js";
import { singles } from "../lab/routers.js";
import { Stamps, timesByRouter, untilMaster } from "../lab/stamps.js";
import { type Part, sides } from "./part.js";
import { CALM_MILLIS } from "./processor.js";

const ROUTERS = 255;
const INTERVAL_SECONDS = 0.1;
const ROUNDS = 20;
const QUICK_ROUNDS = 8;
/** From one reload to the next. */
const ROUND_MILLIS = 1_500;
const MOST_HELD_MILLIS = 10;
const PATIENCE = { timeoutMs: 60_000 };
const PATH = "/run/keepalived/keepalived.conf";

export const reload: Part = {
  name: "reload",
  title: "Reload",
  async run(options) {
    const [late, transitions] = [sides(), sides()];
    const rounds = options.quick ? QUICK_ROUNDS : ROUNDS;
    options.say(`${ROUTERS} routers, ${rounds} reloads of vrrpd`);
    const ours = await measure("vrrpd", rounds);
    options.say(`${ROUTERS} routers, ${rounds} reloads of Keepalived`);
    const theirs = await measure("keepalived", rounds);
    for (const [side, found] of [
      ["ours", ours],
      ["theirs", theirs],
    ] as const) {
      late[side].push(...found.late);
      transitions[side].push(found.transitions);
    }
    const rows: Row[] = [
      row({
        what: `the loop stands still at once, ${ROUTERS} routers, one changes`,
        unit: "ms",
        ours: ours.held,
        aim: { of: "value", most: MOST_HELD_MILLIS },
        note: `${ours.heldAtRest.toFixed(1)} ms in as long a time without a reload`,
      }),
      row({
        what: "latest advert of the others in a reload",
        unit: "ms",
        ...late,
        aim: { of: "ratio", most: 1 },
      }),
      row({ what: "transitions of the others, all reloads", unit: "", ...transitions, hasRatio: false }),
    ];
    return { rows };
  },
};

interface Found {
  /** For each reload. */
  readonly held: number[];
  readonly late: number[];
  readonly heldAtRest: number;
  readonly transitions: number;
}

async function measure(kind: "vrrpd" | "keepalived", rounds: number): Promise<Found> {
  const setup = { routers: singles(ROUTERS), intervalSeconds: INTERVAL_SECONDS, priority: PRIORITY };
  const lab = await Lab.open(kind, setup);
  try {
    const host = lab.host("a");
    const conf = confOf(setup, host.interface);
    const write = (path: string, round: number) =>
      host.writeFile(path, renderKeepalivedConf(changed(conf, round)));
    await host.ok(["mkdir", "-p", "/run/keepalived"]);
    await write(PATH, 0);
    const running = kind === "vrrpd" ? vrrpdOf(lab) : await keepalivedOf(lab);
    await untilMaster(lab, "a", ROUTERS);
    await pause(CALM_MILLIS);
    await running.held();
    await pause(ROUND_MILLIS);
    const heldAtRest = await running.held();
    const before = running.transitions();
    const [held, late]: [number[], number[]] = [[], []];
    for (let round = 1; round <= rounds; round += 1) {
      const stamps = await Stamps.start(lab, "c");
      await running.held();
      await write(running.path, round);
      running.reload();
      await pause(ROUND_MILLIS);
      held.push(await running.held());
      late.push(latest(await stamps.adverts()));
    }
    return { held, late, heldAtRest, transitions: running.transitions() - before };
  } finally {
    await lab.close();
  }
}

/** The last one has another priority each time. */
function changed(conf: KeepalivedConf, round: number): KeepalivedConf {
  const last = conf.instances.at(-1)!;
  const other = { ...last, priority: PRIORITY + 1 + (round % 50) };
  return { ...conf, instances: [...conf.instances.slice(0, -1), other] };
}

/** Of the others, by how much the worst gap was too long. */
function latest(adverts: readonly CapturedAdvert[]): number {
  const others = adverts.filter(({ advert }) => advert.virtualRouterId !== ROUTERS);
  const errors = timesByRouter(others, "a").flatMap((times) => spacingErrors(times, INTERVAL_SECONDS * 1e6));
  return percentile(errors, 1) / 1000;
}

interface Running {
  readonly path: string;
  readonly reload: () => void;
  /** How long its loop stood still at most since the last call, in milliseconds; 0: it does not say. */
  readonly held: () => Promise<number>;
  readonly transitions: () => number;
}

const TRANSITION = /Entering (MASTER|BACKUP|FAULT) STATE/;

function transitionsOf({ lines }: HostProcess): number {
  return lines.filter(({ text }) => TRANSITION.test(text) && !text.includes(`_${ROUTERS})`)).length;
}

function vrrpdOf(lab: Lab): Running {
  const watch = ["--expose-gc", "--import", `${ROOT}/test/lab/loop-watch.mjs`];
  const command = [process.execPath, ...watch, ...VRRPD];
  const environment = { VRRPD_LOG_FORMAT: "text", WATCH_COLLECTS: "no" };
  const daemon = startVrrpd(lab.host("a"), environment, command, PATH);
  return {
    path: PATH,
    reload: () => daemon.kill("SIGHUP"),
    transitions: () => transitionsOf(daemon),
    held: async () => {
      const after = daemon.lines.length;
      daemon.kill("SIGPWR");
      const { text } = await daemon.waitForLine(/loopWatch/, { after, ...PATIENCE });
      return (JSON.parse(text) as { loopWatch: { longestHoldMillis: number } }).loopWatch.longestHoldMillis;
    },
  };
}

async function keepalivedOf(lab: Lab): Promise<Running> {
  const daemon = lab.daemon("a");
  await daemon.start();
  const lines = () => daemon.output.split("\n").filter((line) => TRANSITION.test(line));
  return {
    path: KEEPALIVED_FILE,
    reload: () => process.kill(daemon.pids[0]!, "SIGHUP"),
    transitions: () => lines().filter((line) => !line.includes(`_${ROUTERS})`)).length,
    held: async () => 0,
  };
}
