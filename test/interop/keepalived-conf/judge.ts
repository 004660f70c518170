/** Holds vrrpd to what Keepalived made of each file. All of them run at the same time, each on a host of its own. */
import { setTimeout as delay } from "node:timers/promises";
import type { Test } from "tap";
import type { CorpusCase, SeenAdvert, SeenInstance } from "../../config/keepalived/corpus.js";
import type { Capture } from "../../netns/index.js";
import { advertsIn } from "./adverts.js";
import {
  byText,
  createHosts,
  type Kernel,
  kernelOf,
  nameOf,
  pictureOf,
  refusalOf,
  start,
  type Trial,
} from "./run.js";

/** What is decided otherwise than Keepalived has it. */
export interface Decided {
  readonly why: string;
  /** Keywords that are not served yet: the file is refused, and compared with what it does without them. */
  readonly partial?: true;
  /** It is refused, whatever is allowed. */
  readonly refused?: true;
  /** Whether it is said that something is wrong, where Keepalived has it otherwise. */
  readonly warns?: boolean;
  /** Instances that are not compared. */
  readonly without?: readonly string[];
  /** By instance. */
  readonly priorities?: Readonly<Record<string, number>>;
  /** What becomes of each of Keepalived's adverts; null: it is not sent. */
  readonly adverts?: (advert: SeenAdvert) => SeenAdvert | null;
}

/** The daemon as somebody sees it who looks at the host and listens on the wire. */
interface Picture {
  /** null: it runs. */
  readonly exitCode: number | null;
  readonly warned: boolean;
  readonly states: Readonly<Record<string, { readonly state: string; readonly priority: number | null }>>;
  readonly kernel: Kernel;
  readonly adverts: readonly SeenAdvert[];
}

const PATIENCE_MILLIS = 60_000;
const POLL_MILLIS = 500;
/** So long Keepalived ran, where nothing else is said. */
const DEFAULT_SECONDS = 5;

export function judge(
  t: Test,
  cases: readonly CorpusCase[],
  decided: Readonly<Record<string, Decided>>,
): void {
  const outcomes = new Map<string, Promise<Outcome>>();
  t.before(async () => {
    const lan = await createHosts(cases);
    t.teardown(() => lan.destroy());
    const capture = await lan.capture();
    for (const [index, one] of cases.entries()) {
      const outcome = tryOut(one, { capture, host: lan.host(nameOf(index)) }, decided[one.name] ?? null);
      outcome.catch(() => {});
      outcomes.set(one.name, outcome);
    }
  });
  for (const { name } of cases) {
    t.test(decided[name] === undefined ? name : `${name}, but: ${decided[name].why}`, async (t) => {
      const { ours, theirs, refusal, end } = await outcomes.get(name)!;
      t.same(ours, theirs, "while it runs");
      if (refusal !== null)
        t.match(refusal, { code: 2, stderr: "VRRPD_PARTIAL=on" }, "as it stands it is refused");
      if (theirs.exitCode === null) t.same(end, { code: 0, clean: true }, "the end leaves nothing behind");
    });
  }
  t.test("what is decided is about files that there are", async (t) => {
    t.same(
      Object.keys(decided).filter((name) => !outcomes.has(name)),
      [],
    );
  });
}

interface Outcome {
  readonly ours: Picture;
  readonly theirs: Picture;
  /** Of a file that is served in parts: what is said without leave to do so. */
  readonly refusal: { readonly code: number | null; readonly stderr: string } | null;
  readonly end: { readonly code: number | null; readonly clean: boolean };
}

async function tryOut(
  one: CorpusCase,
  { host, capture }: Pick<Trial, "host"> & { readonly capture: Capture },
  decided: Decided | null,
): Promise<Outcome> {
  const trial = await start(one, host, decided?.partial ? { VRRPD_PARTIAL: "on" } : {});
  const theirs = expected(trial, decided);
  const ours = await settle(trial, theirs, capture, decided);
  const refusal = decided?.partial ? await refusalOf(trial) : null;
  const { code } = await trial.daemon.stop(10_000);
  const clean = JSON.stringify(await kernelOf(host)) === JSON.stringify(trial.before);
  return { ours, theirs, refusal, end: { code, clean } };
}

function expected({ one, before }: Trial, decided: Decided | null): Picture {
  const { decisive } = one;
  if (decided?.refused)
    return without({ exitCode: 2, warned: false, states: {}, kernel: before, adverts: [] }, one, decided);
  const instances = decisive.instances ?? {};
  const priorityOf = (name: string, { effective_priority }: SeenInstance) =>
    decided?.priorities?.[name] ?? effective_priority;
  const states = Object.entries(instances).map(
    ([name, instance]) => [name, { state: instance.state, priority: priorityOf(name, instance) }] as const,
  );
  const adverts = (decisive.adverts ?? []).map(
    ({ ah: _, ...advert }: SeenAdvert & { readonly ah?: boolean }) => {
      const speaker = Object.entries(instances).find(
        ([, { virtual_router_id: id }]) => id === advert.virtual_router_id,
      );
      return { ...advert, priority: decided?.priorities?.[speaker?.[0] ?? ""] ?? advert.priority };
    },
  );
  const picture = {
    exitCode: decisive.exit_code,
    warned: decided?.warns ?? decisive.verdict === "accepted with warnings",
    states: Object.fromEntries(states),
    kernel: decisive.kernel ?? before,
    adverts: adverts.flatMap((advert) => (decided?.adverts ?? ((same) => same))(advert) ?? []),
  };
  return without(picture, one, decided);
}

/** @returns when it is as expected, or patience has an end */
async function settle(
  trial: Trial,
  theirs: Picture,
  capture: Capture,
  decided: Decided | null,
): Promise<Picture> {
  const { one, host, daemon, startedAt } = trial;
  // Whoever does nothing yet may do it later.
  const waits = Object.values(theirs.states).some(({ state }) => state !== "MASTER");
  const leastMillis = waits ? (one.options.seconds ?? DEFAULT_SECONDS) * 1000 : 0;
  for (;;) {
    const exitCode = daemon.running ? null : (await daemon.exited).code;
    const { states, warned } = await pictureOf(host, theirs.warned);
    const frames = capture.frames.filter(({ from }) => from === host.name);
    const told = { exitCode, warned: exitCode === null ? warned : theirs.warned, states };
    const ours = without({ ...told, kernel: await kernelOf(host), adverts: advertsIn(frames) }, one, decided);
    const elapsed = performance.now() - startedAt;
    const same = JSON.stringify(ours) === JSON.stringify(theirs);
    if ((same && elapsed >= leastMillis) || (!same && exitCode !== null) || elapsed > PATIENCE_MILLIS)
      return ours;
    await delay(POLL_MILLIS);
  }
}

/** Less what is not compared, in an order of its own. */
function without(picture: Picture, { decisive }: CorpusCase, decided: Decided | null): Picture {
  const left = (decided?.without ?? []).map((name) => [name, decisive.instances![name]!] as const);
  const ids = left.map(([, { virtual_router_id }]) => virtual_router_id);
  const addresses = left.flatMap(([, instance]) => instance.addresses.map(({ address }) => address));
  const names = left.map(([name]) => name);
  return {
    exitCode: picture.exitCode,
    warned: picture.warned,
    states: inOrder(picture.states, (states) => states.filter(([name]) => !names.includes(name))),
    kernel: inOrder(picture.kernel, (interfaces) =>
      interfaces.map(([name, list]) => [
        name,
        list
          .filter(({ address }) => !addresses.includes(address))
          .map(ordered)
          .sort(byText),
      ]),
    ),
    adverts: picture.adverts
      .filter((one) => !ids.includes(one.virtual_router_id))
      .map(ordered)
      .sort(byText),
  };
}

function inOrder<T>(
  record: Readonly<Record<string, T>>,
  change: (entries: [string, T][]) => [string, T][],
): Record<string, T> {
  return Object.fromEntries(change(Object.entries(record)).sort(byText));
}

function ordered<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).sort(byText)) as T;
}
