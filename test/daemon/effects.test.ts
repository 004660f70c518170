/** In which order the effects of one wake-up are carried out. */
import t from "tap";
import type { Effect } from "../../src/core/effect.js";
import type { FixtureConfig } from "../../src/core/fixture.js";
import type { AddressKey, RouterId } from "../../src/core/identity.js";
import type { AddressOutcome, FixtureOutcome, Input } from "../../src/core/input.js";
import { type Consult, carryOut, type Host, type RouterAddresses } from "../../src/daemon/loop/effects.js";

const A = "a" as RouterId;
const B = "b" as RouterId;

const addressesOf = (router: RouterId, count: number) =>
  Array.from({ length: count }, (_, index) => `${router}${index}` as AddressKey);

/** What a host was asked for, in order: "add a0 … a63". */
class Recorder implements Host {
  readonly calls: string[] = [];

  sendAdverts = (effects: readonly { router: RouterId }[]) =>
    this.#note("adverts", ...effects.map(({ router }) => router));
  announce = (of: readonly RouterAddresses[]) => this.#note("announce", ...of.map(spanOf));
  probe = (of: readonly RouterAddresses[]) => this.#note("probe", ...of.map(spanOf));
  introduce = (routers: readonly RouterId[]) => this.#note("introduce", ...routers);
  notify = ({ router }: { router: RouterId }) => this.#note("notify", router);
  notifyGroup = () => this.#note("notify a group");
  logTransition = ({ router }: { router: RouterId }) => this.#note("transition", router);
  log = ({ message }: { message: string }) => this.#note("log", message);

  changeAddresses(operation: "add" | "remove", of: readonly RouterAddresses[]): AddressOutcome[][] {
    this.#note(operation, ...of.map(spanOf));
    return of.map(({ addresses }) => addresses.map((address) => ({ address, result: "done" })));
  }

  changeFixtures(effects: Parameters<Host["changeFixtures"]>[0]): FixtureOutcome[][] {
    return effects.map(({ type, fixtures }) => {
      this.#note(type, ...fixtures.map(({ key }) => key));
      return fixtures.map(({ key }) => ({ fixture: key, result: "done", changed: true }));
    });
  }

  acquireLock(router: RouterId): string | null {
    this.#note("lock", router);
    return null;
  }

  #note(...words: readonly string[]): void {
    this.calls.push(words.join(" "));
  }
}

function spanOf({ addresses }: RouterAddresses): string {
  return addresses.length === 1 ? addresses[0]! : `${addresses[0]}–${addresses.at(-1)}`;
}

/** As a core that announces what has been added, twice, and says so. */
const announcesTwice: Consult = (answers) =>
  answers.flatMap((answer): Effect[] => {
    const { router, outcomes } = answer as Extract<Input, { type: "addressResults" }>;
    const announce: Effect = { type: "announce", router, addresses: outcomes.map(({ address }) => address) };
    return [announce, { ...announce }, logLine(`${outcomes.length} of ${router}`)];
  });

const logLine = (message: string): Effect => ({
  type: "log",
  level: "info",
  code: "x",
  router: null,
  message,
  facts: {},
});

const takesOver = (router: RouterId, count: number): Effect[] => [
  { type: "sendAdvert", router, what: "advert", priority: 100 },
  { type: "addAddresses", router, addresses: addressesOf(router, count) },
  { type: "notify", router, state: "MASTER", priority: 100 },
  logLine(`${router} is master`),
];

t.test(
  "adverts of all, then part by part addresses and what announces them, then what may wait",
  async (t) => {
    const host = new Recorder();
    const left = carryOut(host, [...takesOver(A, 70), ...takesOver(B, 3)], announcesTwice);
    t.strictSame(left, [], "the core has been told of all that was added");
    t.strictSame(host.calls, [
      "adverts a b",
      "add a0–a63",
      "announce a0–a63",
      "add a64–a69",
      "announce a64–a69",
      "add b0–b2",
      "announce b0–b2",
      // Each address once before any again.
      "announce a0–a63 a64–a69 b0–b2",
      "notify a",
      "notify b",
      "log a is master",
      "log b is master",
      "log 64 of a",
      "log 6 of a",
      "log 3 of b",
    ]);
  },
);

t.test("few addresses of one router are added at once, and answered as ever", async (t) => {
  const host = new Recorder();
  const consult = () => t.fail("there is nothing to consult about") as never;
  const answers = carryOut(host, takesOver(A, 64), consult);
  t.strictSame(host.calls, ["adverts a", "add a0–a63", "notify a", "log a is master"]);
  t.equal(answers.length, 1);
});

t.test("where something is removed as well, additions and removals keep their order", async (t) => {
  const host = new Recorder();
  const addresses = addressesOf(A, 2);
  const effects: Effect[] = [
    ...takesOver(A, 2),
    { type: "announce", router: A, addresses },
    { type: "removeAddresses", router: A, addresses, why: "no longer wanted" },
    { type: "announce", router: B, addresses: addressesOf(B, 1) },
    ...takesOver(B, 1),
  ];
  const answers = carryOut(host, effects, announcesTwice);
  const changes = ["adverts a b", "add a0–a1", "remove a0–a1", "add b0", "announce b0"];
  t.strictSame(host.calls.slice(0, 5), changes, "and nothing that is removed later is announced");
  t.equal(answers.length, 3);
});

t.test("what the core gives up while parts are added is removed after the last of them", async (t) => {
  const host = new Recorder();
  // The first answer for A lets B go, whose addresses are still to be added.
  let isFirst = true;
  const consult: Consult = (answers) => {
    const announcing = announcesTwice(answers);
    if (!isFirst) return announcing;
    isFirst = false;
    return [
      ...announcing,
      { type: "removeAddresses", router: B, addresses: addressesOf(B, 2), why: "fault" },
    ];
  };
  const answers = carryOut(host, [...takesOver(A, 2), ...takesOver(B, 2)], consult);
  t.strictSame(
    host.calls.filter((call) => /^(add|remove|announce)/.test(call)),
    ["add a0–a1", "announce a0–a1", "add b0–b1", "announce b0–b1", "remove b0–b1", "announce a0–a1"],
    "and nothing of it is announced again",
  );
  t.equal(answers.length, 1, "the removal's answer");
});

t.test("routes go before addresses change and come after that, in their order", async (t) => {
  const fixtureOf = (key: string) => ({ key }) as unknown as FixtureConfig;
  const one = fixtureOf("route one");
  const two = fixtureOf("route two");
  const host = new Recorder();
  const left = carryOut(
    host,
    [
      ...takesOver(A, 1),
      { type: "addFixtures", router: A, fixtures: [one] },
      { type: "removeAddresses", router: B, addresses: addressesOf(B, 1), why: "x" },
    ],
    announcesTwice,
  );
  t.same(host.calls.slice(0, 4), ["adverts a", "add a0", "remove b0", "addFixtures route one"]);
  t.match(left.at(-1), { type: "fixtureResults", router: A, operation: "add" });

  const other = new Recorder();
  carryOut(
    other,
    [
      { type: "removeFixtures", router: A, fixtures: [one], why: "x" },
      { type: "removeAddresses", router: A, addresses: addressesOf(A, 1), why: "x" },
      { type: "addFixtures", router: B, fixtures: [two] },
      { type: "removeFixtures", router: B, fixtures: [two], why: "x" },
    ],
    announcesTwice,
  );
  t.same(other.calls, [
    "removeFixtures route one",
    "remove a0",
    "addFixtures route two",
    "removeFixtures route two",
  ]);
});
