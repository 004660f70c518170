/** A master that goes in good order: from the reason to the first advert of its peer, less the peer's skew. */
import { skewMicros } from "../figures/protocol.js";
import { type Row, row } from "../figures/results.js";
import { pause, wallMicros } from "../lab/clock.js";
import { Lab, PRIORITY } from "../lab/lab.js";
import { Pair } from "../lab/pair.js";
import { oneWith } from "../lab/routers.js";
import { type Part, type Sides, sides } from "./part.js";

const INTERVAL_SECONDS = 0.1;
const ROUNDS = 15;
const QUICK_ROUNDS = 5;
const SKEW_MICROS = skewMicros(PRIORITY, INTERVAL_SECONDS * 1e6);

/** The check runs once a second; after it has passed the old master is a backup again. */
const RECOVERY_MILLIS = 2_000;

const CHECK_FILE = "/run/bench/check.sh";
/** Fails while a file is there, and notes by the wall clock when it did so first. */
const CHECK = `#!/bin/sh
[ -e /run/bench/fail ] || exit 0
[ -e /run/bench/failed-at ] || date +%s%N > /run/bench/failed-at
exit 1
`;

export const release: Part = {
  name: "release",
  title: "Release",
  async run({ quick, say }) {
    const rounds = quick ? QUICK_ROUNDS : ROUNDS;
    const rows: Row[] = [];
    for (const [what, begin] of [
      ["SIGTERM to the peer's first advert", stopped],
      ["failed check to the peer's first advert", failed],
    ] as const) {
      say(what);
      const values = await measure(rounds, begin);
      rows.push(
        row({ what: `${what}, less its skew`, unit: "ms", ...values, aim: { of: "ratio", most: 1 } }),
      );
    }
    return { rows };
  },
};

/** Ends the mastership; returns why and when it was to end, and how the old master comes back as a backup. */
type Begin = (pair: Pair) => Promise<{ atMicros: () => Promise<number>; comeBack: () => Promise<void> }>;

async function measure(rounds: number, begin: Begin): Promise<Sides> {
  const values = sides();
  const setup = {
    routers: oneWith(1),
    intervalSeconds: INTERVAL_SECONDS,
    priority: PRIORITY,
    ...(begin === failed ? { check: CHECK_FILE } : {}),
  };
  const labs: Lab[] = [];
  try {
    const pairs: Pair[] = [];
    for (const kind of ["vrrpd", "keepalived"] as const) {
      const lab = await Lab.open(kind, setup);
      labs.push(lab);
      for (const name of ["a", "b"] as const) {
        await lab.host(name).ok(["mkdir", "-p", "/run/bench"]);
        await lab.host(name).writeFile(CHECK_FILE, CHECK, 0o755);
      }
      pairs.push(await Pair.open(lab, 1, INTERVAL_SECONDS));
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, pair] of pairs.entries()) {
        const mark = pair.capture.frames.length;
        const { atMicros, comeBack } = await begin(pair);
        const { firstOfNew } = await pair.succeeded(mark);
        const overhead = (Math.min(...firstOfNew.values()) - (await atMicros()) - SKEW_MICROS) / 1000;
        values[index === 0 ? "ours" : "theirs"].push(overhead);
        await comeBack();
        await pair.settled();
      }
    }
  } finally {
    await Promise.all(labs.map((lab) => lab.close()));
  }
  return values;
}

async function stopped(pair: Pair): ReturnType<Begin> {
  const at = wallMicros();
  void pair.master.stop();
  return { atMicros: async () => at, comeBack: () => pair.restart() };
}

async function failed(pair: Pair): ReturnType<Begin> {
  const { host } = pair.master;
  await host.ok(["sh", "-c", "rm -f /run/bench/failed-at; : > /run/bench/fail"]);
  return {
    atMicros: async () => Number(await host.ok(["cat", "/run/bench/failed-at"])) / 1000,
    comeBack: async () => {
      await host.ok(["rm", "-f", "/run/bench/fail"]);
      pair.swap();
      await pause(RECOVERY_MILLIS);
    },
  };
}
