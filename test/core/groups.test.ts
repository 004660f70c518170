/** Sync groups: their members change together, and say so in Keepalived's order. */
import t from "tap";
import type { CoreConfig, GroupConfig } from "../../src/core/config.js";
import { type RouterId, routerId } from "../../src/core/identity.js";
import type { LinkState } from "../../src/core/input.js";
import {
  checkConfig,
  coreConfig,
  faultTracks,
  notifyCommand,
  type RouterOverrides,
} from "./configurations.js";
import { Scenario } from "./scenario.js";
import { advertOf, ip, LINK, OUR_SOURCE } from "./values.js";

const A = routerId("eth0", "ipv4", 1);
const B = routerId("eth1", "ipv4", 2);
const ADDRESSES: Readonly<Record<string, string>> = { [A]: "192.0.2.10", [B]: "192.0.2.20" };
const THEIRS = "192.0.2.3";

interface Overrides {
  readonly both?: RouterOverrides;
  readonly a?: RouterOverrides;
  readonly b?: RouterOverrides;
  readonly groups?: readonly GroupConfig[];
}

function group(members: readonly RouterId[] = [A, B], name = "G"): GroupConfig {
  return { name, members, notify: [notifyCommand()] };
}

function configOf({ both = {}, a = {}, b = {}, groups = [group()] }: Overrides = {}): CoreConfig {
  const notify = [notifyCommand()];
  const routers: RouterOverrides[] = [
    {
      name: "a",
      interface: "eth0",
      virtualRouterId: 1,
      virtualAddresses: [ADDRESSES[A]!],
      notify,
      ...both,
      ...a,
    },
    {
      name: "b",
      interface: "eth1",
      virtualRouterId: 2,
      virtualAddresses: [ADDRESSES[B]!],
      notify,
      ...both,
      ...b,
    },
  ];
  return coreConfig(routers, { groups, checks: [checkConfig()] });
}

/** Two interfaces with one virtual router each. */
class Pair extends Scenario {
  static up(overrides: Overrides = {}): Pair {
    const pair = new Pair(configOf(overrides));
    pair.begin("eth0", "eth1");
    pair.take();
    return pair;
  }

  static masters(overrides: Overrides = {}): Pair {
    const pair = Pair.up(overrides);
    pair.advance(5);
    if (pair.states !== "MASTER MASTER") throw new Error(`not masters: ${pair.states}`);
    pair.take();
    return pair;
  }

  /** In the daemon's own order. */
  begin(...names: string[]): void {
    const source = ip(OUR_SOURCE);
    for (const name of names) {
      this.send({ type: "addresses", interface: name, addresses: [] });
      this.send({ type: "source", interface: name, family: "ipv4", source, detail: null });
      this.port(name, {});
    }
  }

  port(name: string, change: Partial<LinkState> | null): void {
    const index = name === "eth0" ? 2 : 3;
    this.send({ type: "link", interface: name, link: change && { ...LINK, index, ...change } });
  }

  hears(router: RouterId, priority: number): void {
    const virtualRouterId = router === A ? 1 : 2;
    this.advert({ from: THEIRS, router, priority, virtualRouterId, addresses: [ADDRESSES[router]!] });
  }

  /** It has the address of the first one under an id of its own. */
  foreign(): void {
    const advert = advertOf({ virtualRouterId: 77, addresses: [ADDRESSES[A]!] });
    this.send({ type: "foreignAdvert", interface: "eth0", family: "ipv4", source: ip(THEIRS), advert });
  }

  /** Both masters of the other node go on speaking, for so many seconds. */
  bothHeard(priorities: readonly [number, number], seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.advance(1);
      this.hears(A, priorities[0]);
      this.hears(B, priorities[1]);
    }
  }

  adopt(overrides: Overrides): void {
    this.send({ type: "configure", config: configOf(overrides) });
  }

  get states(): string {
    return this.core
      .status()
      .routers.map(({ state }) => state)
      .join(" ");
  }

  get groupState(): string {
    return this.core.status().groups[0]!.state;
  }

  /** Scripts, in the order in which they are started, without the times. */
  told(): string[] {
    return this.take("notify").map((line) => line.split(" ").slice(2).join(" "));
  }
}

t.test("all wait until all may, then go together, adverts before addresses", async (t) => {
  const pair = Pair.up({ a: { priority: 200 } });
  t.match([pair.states, pair.groupState], ["BACKUP BACKUP", "BACKUP"]);
  pair.until(3.4);
  t.match(pair.status(0), { state: "BACKUP", code: "group-waits", reason: /waits for b of sync group G/ });
  t.same(pair.core.status().groups[0], {
    name: "G",
    state: "BACKUP",
    since: 0,
    members: [A, B],
    awaited: [B],
  });
  pair.take();
  pair.nextDeadline();
  t.equal(pair.states, "MASTER MASTER");
  const lines = pair.take("advert", "add", "notify");
  t.equal(
    lines.every((line) => line.startsWith("3.609")),
    true,
    "in one wake-up",
  );
  t.same(
    lines.filter((line) => line.includes("notify")).map((line) => line.slice(6)),
    [`notify [${B}] MASTER 100`, `notify [${A}] MASTER 200`, "notify G MASTER"],
  );
  t.match(pair.status(0), { code: "no-master", group: "G" });
});

t.test("at the start the group is told first, at a change after its members", async (t) => {
  const pair = new Pair(configOf());
  pair.begin("eth0", "eth1");
  t.same(pair.told(), ["G BACKUP", `[${A}] BACKUP 100`, `[${B}] BACKUP 100`]);
  pair.advance(5);
  pair.take();
  pair.port("eth1", { carrier: false });
  t.equal(pair.states, "FAULT FAULT");
  t.match(pair.status(0), { code: "group-fault", reason: /b, of the same sync group G, cannot take part/ });
  t.same(pair.told(), [`[${B}] FAULT 100`, `[${A}] FAULT 100`, "G FAULT"]);
  pair.port("eth1", {});
  t.same(pair.told(), [`[${B}] BACKUP 100`, `[${A}] BACKUP 100`, "G BACKUP"]);
  pair.advance(5);
  t.equal(pair.states, "MASTER MASTER");
  pair.take();
  pair.shutdown();
  t.same(pair.told(), [`[${A}] STOP 100`, `[${B}] STOP 100`, "G STOP"]);
});

t.test("one that is outranked takes the others along, who release", async (t) => {
  const pair = Pair.masters();
  pair.hears(A, 150);
  t.equal(pair.states, "BACKUP BACKUP");
  t.match(pair.status(1), { code: "group-backup", reason: /a, of the same sync group G, is not master/ });
  t.match(pair.take("release", "remove", "advert"), [
    new RegExp(`remove \\[${A}\\]`),
    new RegExp(`release \\[${B}\\]`),
    new RegExp(`release \\[${B}\\]`),
    new RegExp(`remove \\[${B}\\]`),
  ]);
  pair.bothHeard([150, 150], 5);
  t.equal(pair.states, "BACKUP BACKUP");
});

t.test("readiness is kept until an advert that has to be followed", async (t) => {
  const pair = Pair.up();
  const follow = (router: RouterId, seconds: number, priority = 150) => {
    for (let second = 0; second < seconds; second += 1) {
      pair.advance(1);
      pair.hears(router, priority);
    }
  };
  follow(B, 5);
  t.match(pair.status(0), { state: "BACKUP", code: "group-waits" });
  // A lower one does not have to be followed, and a release says that nobody is master.
  pair.hears(A, 50);
  pair.hears(A, 0);
  t.same(pair.core.status().groups[0]!.awaited, [B]);
  follow(B, 5);
  t.equal(pair.status(0).code, "group-waits");
  pair.hears(A, 150);
  t.equal(pair.status(0).code, "ready");
  follow(A, 5);
  t.match([pair.states, pair.status(1).code], ["BACKUP BACKUP", "group-waits"]);
  pair.advance(4);
  t.equal(pair.states, "MASTER MASTER");
});

t.test("the longest preemption delay counts, and never is the longest", async (t) => {
  const immediate = Pair.up();
  immediate.bothHeard([50, 50], 5);
  t.equal(immediate.states, "MASTER MASTER");
  const delayed = Pair.up({ b: { preempt: { mode: "delay", delaySeconds: 20 } } });
  delayed.bothHeard([50, 50], 20);
  t.equal(delayed.states, "BACKUP BACKUP");
  delayed.bothHeard([50, 50], 6);
  t.equal(delayed.states, "MASTER MASTER");
  const never = Pair.up({ a: { preempt: { mode: "never", delaySeconds: 0 } } });
  never.bothHeard([50, 50], 60);
  t.match([never.states, never.status(1).code], ["BACKUP BACKUP", "group-waits"]);
});

t.test("silence of one, with the other heard, moves nobody", async (t) => {
  const pair = Pair.up();
  pair.bothHeard([150, 150], 3);
  for (let second = 0; second < 10; second += 1) {
    pair.advance(1);
    pair.hears(A, 150);
  }
  t.equal(pair.states, "BACKUP BACKUP");
});

t.test("one release of each is enough for all", async (t) => {
  const pair = Pair.up();
  pair.bothHeard([150, 150], 3);
  pair.hears(A, 0);
  pair.hears(B, 0);
  pair.advance(1);
  t.equal(pair.states, "MASTER MASTER");
});

t.test("a check without a result holds all, and a failed one is a fault for all", async (t) => {
  const pair = Pair.up({ b: { tracks: faultTracks("probe") } });
  t.match([pair.states, pair.status(0).code], ["INIT INIT", "group-fault"]);
  t.same(pair.told(), []);
  pair.check("pass");
  t.equal(pair.states, "BACKUP BACKUP");
  pair.advance(5);
  pair.take();
  pair.check("fail");
  t.equal(pair.states, "FAULT FAULT");
  t.equal(pair.take("release").length, 4);
});

t.test("owners begin as masters if all of them are, and nothing is in anybody's way", async (t) => {
  t.equal(Pair.up({ both: { priority: 255 } }).states, "MASTER MASTER");
  t.equal(Pair.up({ a: { priority: 255 } }).states, "BACKUP BACKUP");
  const waiting = Pair.up({ both: { priority: 255 }, b: { tracks: faultTracks("probe") } });
  t.equal(waiting.states, "INIT INIT");
  waiting.check("pass");
  t.equal(waiting.states, "MASTER MASTER");
});

t.test("what the kernel refuses to one stops all, and they come back together", async (t) => {
  const pair = Pair.up();
  pair.kernel = (operation, address) =>
    operation === "add" && address.startsWith(ADDRESSES[B]!) ? "EPERM" : null;
  pair.advance(12);
  t.match([pair.states, pair.status(1).code], ["FAULT FAULT", "addresses-refused"]);
  pair.kernel = () => null;
  pair.advance(10);
  t.equal(pair.states, "MASTER MASTER");
});

t.test("an id conflict that comes while one is ready holds the group's claim", async (t) => {
  const pair = Pair.up();
  for (let second = 0; second < 4; second += 1) {
    pair.advance(1);
    pair.hears(B, 150);
  }
  t.equal(pair.status(0).code, "group-waits");
  for (let second = 0; second < 6; second += 1) {
    pair.advance(1);
    pair.foreign();
  }
  t.match(
    [pair.states, pair.status(0).code, pair.status(1).code],
    ["BACKUP BACKUP", "id-conflict", "group-waits"],
  );
  pair.advance(5);
  t.match([pair.states, pair.status(0).code], ["MASTER MASTER", "id-conflict-over"]);
});

t.test("a stall of one leaves both masters, and a rival meanwhile takes both down", async (t) => {
  const pair = Pair.masters({ b: { advertIntervalMicros: 100_000 } });
  pair.stall(0.6);
  pair.deadline();
  t.equal(pair.states, "MASTER MASTER");
  pair.advert({ from: THEIRS, router: B, priority: 50, virtualRouterId: 2, addresses: [ADDRESSES[B]!] });
  t.equal(pair.states, "BACKUP BACKUP");
});

t.test("a member that comes beside a master listens first, and joins", async (t) => {
  const pair = Pair.masters({ groups: [group([A])] });
  pair.port("eth1", { carrier: false });
  pair.port("eth1", {});
  t.equal(pair.states, "MASTER BACKUP");
  pair.adopt({});
  t.match([pair.states, pair.groupState], ["MASTER BACKUP", "MASTER"]);
  pair.advance(5);
  t.equal(pair.states, "MASTER MASTER");
});

t.test("a member that comes and follows another master takes the others down", async (t) => {
  const pair = Pair.masters({ groups: [group([A])] });
  pair.hears(B, 150);
  t.equal(pair.states, "MASTER BACKUP");
  pair.adopt({});
  t.equal(pair.states, "BACKUP BACKUP");
  const late = Pair.masters({ groups: [] });
  late.port("eth1", { carrier: false });
  late.port("eth1", {});
  late.adopt({});
  late.advance(1);
  late.hears(B, 150);
  t.equal(late.states, "BACKUP BACKUP");
});

t.test("a member that comes with a fault, or without a result, beside a master", async (t) => {
  const alone = (): Pair => {
    const pair = new Pair(
      coreConfig([configOf().routers[0]!], { groups: [group([A])], checks: [checkConfig()] }),
    );
    pair.begin("eth0");
    pair.advance(5);
    t.equal(pair.states, "MASTER");
    return pair;
  };
  const unchecked = alone();
  unchecked.adopt({ b: { tracks: faultTracks("probe") } });
  unchecked.begin("eth1");
  t.equal(unchecked.states, "MASTER INIT");
  unchecked.check("pass");
  t.equal(unchecked.states, "MASTER BACKUP");
  unchecked.advance(4);
  t.equal(unchecked.states, "MASTER MASTER");
  const failed = alone();
  failed.adopt({ b: { tracks: faultTracks("probe") } });
  failed.begin("eth1");
  failed.check("fail");
  t.equal(failed.states, "FAULT FAULT");
  const missing = alone();
  missing.adopt({});
  missing.port("eth1", null);
  t.equal(missing.states, "FAULT INIT");
});

t.test("without its group a member that was ready becomes master, and one in FAULT comes back", async (t) => {
  const pair = Pair.up();
  for (let second = 0; second < 5; second += 1) {
    pair.advance(1);
    pair.hears(B, 150);
  }
  t.equal(pair.states, "BACKUP BACKUP");
  pair.adopt({ groups: [] });
  t.equal(pair.states, "MASTER BACKUP");
  const faulty = Pair.masters();
  faulty.port("eth1", { up: false });
  faulty.adopt({ groups: [group([B])] });
  t.equal(faulty.states, "BACKUP FAULT");
});

t.test("whom all waited for leaves the group", async (t) => {
  const pair = Pair.up();
  for (let second = 0; second < 5; second += 1) {
    pair.advance(1);
    pair.hears(B, 150);
  }
  pair.adopt({ groups: [group([A])] });
  t.equal(pair.states, "MASTER BACKUP");
});

t.test("what cannot be a group is refused by name", async (t) => {
  const pair = Pair.up();
  const unknown = routerId("eth9", "ipv4", 9);
  const refused = (groups: readonly GroupConfig[], pattern: RegExp) =>
    t.throws(() => pair.adopt({ groups }), { message: pattern });
  refused([group([A, unknown])], /virtual router eth9\/ipv4\/9 of a sync group does not exist/);
  refused([group([A]), group([A], "H")], /eth0\/ipv4\/1 is in a sync group twice, or in two/);
  refused([group([A]), group([B])], /two sync groups are called G/);
  refused([group([])], /sync group G is empty/);
});
