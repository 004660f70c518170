/** Our `keepalived` command dumps what Keepalived dumped of each file. All of them run at the same time, each on a host of its own. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Test } from "tap";
import { CORPUS, type CorpusCase } from "../../config/keepalived/corpus.js";
import { ROOT } from "../../lab/daemons/vrrpd.js";
import { type Host, type HostProcess, until } from "../../netns/index.js";
import { createHosts, nameOf, prepare } from "../keepalived-conf/run.js";
import { type Decisive, decisiveOf } from "./decisive.js";
import { DIFFERENCES, judged, type Verdict } from "./differences.js";

const COMMAND = [`${ROOT}/dist/bin/keepalived.js`, "-n", "-l", "-P"];
const PID_FILE = "/run/vrrp.pid";
/** Each host has its own. */
const DUMP = "/run/keepalived.data";
/** Nothing is elected before the early dump, however slow the machine is. */
const ENVIRONMENT = { VRRPD_PARTIAL: "on", VRRPD_START_GRACE: "10", TMPDIR: "/run" };
const PATIENCE_MILLIS = 60_000;
const POLL_MILLIS = 500;
/** Without one. */
const NOTHING: Decisive = { router_id: null, instances: {}, sync_groups: {}, scripts: {} };

interface Outcome extends Verdict {
  readonly exitCode: number | null;
}

export function judge(t: Test, cases: readonly CorpusCase[]): void {
  const outcomes = new Map<string, Promise<Outcome>>();
  t.before(async () => {
    const lan = await createHosts(cases);
    t.teardown(() => lan.destroy());
    for (const [index, one] of cases.entries()) {
      const outcome = tryOut(one, lan.host(nameOf(index)));
      outcome.catch(() => {});
      outcomes.set(one.name, outcome);
    }
  });
  for (const { name, decisive } of cases) {
    t.test(name, async (t) => {
      const { unexpected, exitCode } = await outcomes.get(name)!;
      t.strictSame(unexpected, []);
      t.equal(exitCode, decisive.exit_code);
    });
  }
  t.test("each known difference is one still", async (t) => {
    const all = await Promise.all(outcomes.values());
    const met = all.flatMap((outcome) => outcome.met);
    const ofAny = DIFFERENCES.filter((one) => one.case === "*" && !met.includes(one));
    t.strictSame([...all.flatMap((outcome) => outcome.unmet), ...ofAny], []);
  });
  t.test("and of a file that there is", async (t) => {
    const names = CORPUS.map(({ name }) => name);
    t.strictSame(
      DIFFERENCES.filter((one) => one.case !== "*" && !names.includes(one.case)),
      [],
    );
  });
}

async function tryOut(one: CorpusCase, host: Host): Promise<Outcome> {
  await prepare(one, host);
  const id = one.options.id === undefined ? [] : ["-i", one.options.id];
  const daemon = host.start([...COMMAND, ...id], { env: ENVIRONMENT });
  const early = await earlyDump(host, daemon);
  const outcome = await settle(one, host, daemon, early);
  await daemon.stop(10_000);
  return outcome;
}

/** Once its checks have had their first results; null: it has ended. */
async function earlyDump(host: Host, daemon: HostProcess): Promise<string | null> {
  const patience = { what: `${PID_FILE} of ${host.name}`, timeoutMs: PATIENCE_MILLIS, intervalMs: 20 };
  await until(() => existsSync(host.pathOf(PID_FILE)) || !daemon.running, patience);
  if (!daemon.running) return null;
  const looked = { what: `first results on ${host.name}`, timeoutMs: PATIENCE_MILLIS };
  const withResults = async () => {
    const text = await dump(host, daemon);
    return text.includes("   State = INIT\n") ? null : text;
  };
  return until(withResults, looked);
}

async function dump(host: Host, daemon: HostProcess): Promise<string> {
  const path = host.pathOf(DUMP);
  rmSync(path, { force: true });
  daemon.kill("SIGUSR1");
  await until(() => existsSync(path), { what: `a dump of ${host.name}`, timeoutMs: PATIENCE_MILLIS });
  return readFileSync(path, "utf8");
}

/** @returns when all is as expected, or patience has an end */
async function settle(
  { name, decisive }: CorpusCase,
  host: Host,
  daemon: HostProcess,
  early: string | null,
): Promise<Outcome> {
  const { router_id, instances, sync_groups, scripts } = { ...NOTHING, ...decisive } as unknown as Decisive;
  const theirs = { router_id, instances, sync_groups, scripts };
  const end = performance.now() + PATIENCE_MILLIS;
  for (;;) {
    const exitCode = daemon.running ? null : (await daemon.exited).code;
    const ours = exitCode === null ? decisiveOf(early, await dump(host, daemon)) : NOTHING;
    const verdict = judged(name, theirs, ours);
    const isDone = verdict.unexpected.length === 0 && verdict.unmet.length === 0;
    if (isDone || exitCode !== null || performance.now() > end) return { ...verdict, exitCode };
    await delay(POLL_MILLIS);
  }
}
