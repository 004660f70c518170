/** Virtual routers, addresses and checks come, change and go while others go on as if nothing had happened. */
import t from "tap";
import { secondsToMicros } from "../../src/base/time.js";
import type { CoreConfig } from "../../src/core/config.js";
import {
  checkConfig,
  coreConfig,
  faultTracks,
  notifyCommand,
  type RouterOverrides,
  weightTrack,
} from "./configurations.js";
import { Scenario } from "./scenario.js";
import { ip, kernelAddress, LINK, OUR_SOURCE } from "./values.js";

const A: RouterOverrides = { name: "a", virtualRouterId: 1, virtualAddresses: ["192.0.2.10", "192.0.2.11"] };
const B: RouterOverrides = { name: "b", virtualRouterId: 2, virtualAddresses: ["192.0.2.20"] };
const C: RouterOverrides = { name: "c", virtualRouterId: 3, virtualAddresses: ["192.0.2.30"] };
const ID_A = "eth0/ipv4/1";
const ID_C = "eth0/ipv4/3";

/** A host whose kernel holds what it was asked to; the daemon's part of a `configure` is played as well. */
class Running extends Scenario {
  readonly held = new Set<string>();
  /** Removals of these are refused. */
  readonly stuck = new Set<string>();

  constructor(config: CoreConfig) {
    super(config);
    this.kernel = (operation, address) => {
      if (operation === "remove" && this.stuck.has(address)) return "EBUSY";
      if (operation === "add") this.held.add(address);
      else this.held.delete(address);
      return null;
    };
    this.start();
  }

  static masters(config: CoreConfig): Running {
    const running = new Running(config);
    running.advance(20);
    running.take();
    return running;
  }

  adopt(config: CoreConfig): void {
    this.send({ type: "configure", config });
    this.addresses([...this.held].map((text) => kernelAddress(text, { marked: true })));
    this.send({ type: "source", interface: "eth0", family: "ipv4", source: ip(OUR_SOURCE), detail: null });
    this.deadline();
  }

  get states(): string {
    return this.core
      .status()
      .routers.map(({ name, state }) => `${name} ${state}`)
      .join(", ");
  }

  get addressesHeld(): string {
    return [...this.held].sort().join(" ");
  }
}

t.test(
  "a new virtual router starts as at the start of the daemon, and the others notice nothing",
  async (t) => {
    const running = Running.masters(coreConfig([A, B]));
    const before = running.status(0);
    running.adopt(coreConfig([C, A, B]));
    t.equal(running.states, "c BACKUP, a MASTER, b MASTER");
    t.equal(running.status(1).since, before.since);
    t.equal(running.status(1).counters.becomeMaster, 1);
    running.advance(4);
    t.equal(running.states, "c MASTER, a MASTER, b MASTER");
    t.equal(running.addressesHeld, "192.0.2.10/32 192.0.2.11/32 192.0.2.20/32 192.0.2.30/32");
    t.equal(running.take("advert").filter((line) => line.includes(ID_A)).length, 4, "one a second, as ever");
  },
);

t.test("one that is gone releases, removes, and tells its scripts; nothing of it is left", async (t) => {
  const running = Running.masters(coreConfig([A, { ...B, notify: [notifyCommand()] }]));
  running.adopt(coreConfig([A]));
  t.equal(running.states, "a MASTER");
  t.equal(running.addressesHeld, "192.0.2.10/32 192.0.2.11/32");
  const said = running.take().map((line) => line.replace(/^\S+ /, ""));
  t.same(said.slice(0, 4), [
    "release [eth0/ipv4/2]",
    "release [eth0/ipv4/2]",
    "remove [eth0/ipv4/2] 192.0.2.20/32",
    "INIT: it is no longer in the configuration",
  ]);
  t.ok(said.includes("notify [eth0/ipv4/2] STOP 100"));
  running.advance(10);
  t.same(running.take("advert [eth0/ipv4/2]", "announce [eth0/ipv4/2]", "add [eth0/ipv4/2]"), []);
  running.adopt(coreConfig([A, B]));
  t.equal(running.states, "a MASTER, b BACKUP", "it may come back");
  t.equal(running.status(1).counters.becomeMaster, 0, "as one that was never there");
});

t.test(
  "an address that is new, and that an earlier run left there, goes: this node is not master",
  async (t) => {
    const running = new Running(coreConfig([A, B]));
    running.held.add("192.0.2.12/32");
    running.take();
    running.adopt(coreConfig([{ ...A, virtualAddresses: ["192.0.2.10", "192.0.2.12"] }, B]));
    t.equal(running.states, "a BACKUP, b BACKUP");
    t.equal(running.addressesHeld, "");
    running.held.add("192.0.2.12/32");
    running.take();
    running.addresses([kernelAddress("192.0.2.12/32", { marked: true })]);
    running.advance(1);
    t.same(running.take("remove"), [], "what somebody adds later is no leftover");
  },
);

t.test("a backup that is gone has nothing to release", async (t) => {
  const running = new Running(coreConfig([A, B]));
  running.take();
  running.adopt(coreConfig([A]));
  t.same(running.take("release", "remove"), []);
  running.advance(5);
  t.same(running.take("MASTER").length, 1);
});

t.test("what the kernel does not let go is tried again, unless somebody has it anew", async (t) => {
  const running = Running.masters(coreConfig([A, B]));
  running.stuck.add("192.0.2.20/32");
  running.adopt(coreConfig([A]));
  running.advance(3);
  t.equal(running.addressesHeld, "192.0.2.10/32 192.0.2.11/32 192.0.2.20/32");
  t.ok(running.take("remove").length >= 3);
  running.stuck.clear();
  running.advance(2);
  t.equal(running.addressesHeld, "192.0.2.10/32 192.0.2.11/32");
  running.take();
  running.advance(5);
  t.same(running.take("remove"), []);

  running.stuck.add("192.0.2.11/32");
  running.adopt(coreConfig([{ ...A, virtualAddresses: ["192.0.2.10"] }]));
  running.adopt(coreConfig([A]));
  running.take();
  running.advance(5);
  t.same(running.take("remove"), [], "the virtual router has it again");
});

t.test("what a backup that is gone could not remove before is tried on, once a second", async (t) => {
  const running = Running.masters(coreConfig([A, { ...B, virtualAddresses: ["192.0.2.20"] }]));
  running.stuck.add("192.0.2.20/32");
  running.advert({ router: "eth0/ipv4/2" as never, priority: 200, addresses: ["192.0.2.20"] });
  running.advance(1);
  t.equal(running.states, "a MASTER, b BACKUP");
  running.take();
  running.adopt(coreConfig([A]));
  running.advance(4);
  t.equal(running.take("remove").length, 5, "at once, and four times more");
  running.stuck.clear();
  running.advance(2);
  t.equal(running.addressesHeld, "192.0.2.10/32 192.0.2.11/32");
});

t.test("one that is gone tries nothing again by itself", async (t) => {
  const running = Running.masters(coreConfig([A, B]));
  running.stuck.add("192.0.2.20/32");
  running.advert({ router: "eth0/ipv4/2" as never, priority: 200, addresses: ["192.0.2.20"] });
  t.equal(running.states, "a MASTER, b BACKUP");
  running.adopt(coreConfig([A]));
  running.take();
  running.advance(1.5);
  t.equal(running.take("remove").length, 1, "a second later, by who looks after what is left");
});

t.test("addresses of a master come and go, and it stays one", async (t) => {
  const running = Running.masters(coreConfig([A]));
  const { since } = running.status();
  running.adopt(coreConfig([{ ...A, virtualAddresses: ["192.0.2.12", "192.0.2.10"] }]));
  t.equal(running.addressesHeld, "192.0.2.10/32 192.0.2.12/32");
  t.match(running.take("announce"), [/announce 192.0.2.12\/32$/], "the new one, and no other");
  t.match(running.status(), { state: "MASTER", since });
  running.shutdown();
  t.equal(running.addressesHeld, "");
});

t.test("a new address that is the node's own stays the node's", async (t) => {
  const running = Running.masters(coreConfig([A]));
  running.send({
    type: "configure",
    config: coreConfig([{ ...A, virtualAddresses: ["192.0.2.10", "192.0.2.1/24"] }]),
  });
  running.addresses([kernelAddress("192.0.2.10/32", { marked: true }), kernelAddress("192.0.2.1/24")]);
  running.take();
  running.deadline();
  running.advance(100);
  t.same(running.take("add"), []);
  running.shutdown();
  t.same(running.take("remove"), ["120.000 remove 192.0.2.10/32"]);
});

t.test("addresses of a backup come and go without a word", async (t) => {
  const running = new Running(coreConfig([A]));
  running.advert({ priority: 200 });
  running.take();
  running.adopt(coreConfig([{ ...A, virtualAddresses: ["192.0.2.12"] }]));
  t.same(running.take(), []);
  running.advance(10);
  t.equal(running.addressesHeld, "192.0.2.12/32");
});

t.test("an address that moves from one master to another is there in the end, and announced", async (t) => {
  const running = Running.masters(coreConfig([A, B]));
  running.adopt(
    coreConfig([
      { ...A, virtualAddresses: ["192.0.2.10"] },
      { ...B, virtualAddresses: ["192.0.2.20", "192.0.2.11"] },
    ]),
  );
  t.equal(running.addressesHeld, "192.0.2.10/32 192.0.2.11/32 192.0.2.20/32");
  t.match(running.take("announce"), [/\[eth0\/ipv4\/2\] 192.0.2.11\/32$/]);
});

t.test(
  "with another interval a master speaks at once, and a backup waits as long as that says",
  async (t) => {
    const slow = { ...A, advertIntervalMicros: secondsToMicros(10) };
    const master = Running.masters(coreConfig([slow]));
    master.advance(60);
    master.take();
    master.adopt(coreConfig([A]));
    master.advance(3);
    t.same(
      master.take("advert").map((line) => line.slice(0, 6)),
      ["80.000", "81.000", "82.000", "83.000"],
    );
    const backup = new Running(coreConfig([slow]));
    backup.take();
    backup.adopt(coreConfig([A]));
    backup.advance(4);
    t.match(backup.take("MASTER"), [/^3\.6/]);
  },
);

t.test("a backup whose interval becomes shorter listens for the whole of it once more", async (t) => {
  const slow = { ...A, version: 2, advertIntervalMicros: secondsToMicros(10) } as const;
  const backup = new Running(coreConfig([slow]));
  backup.advance(15);
  backup.take();
  backup.adopt(coreConfig([{ ...A, version: 2 }]));
  backup.advance(5);
  t.match(backup.take("MASTER"), [/^18\.6/]);
});

t.test("what a backup waits for later than now begins no sooner with another interval", async (t) => {
  const config = (seconds: number) =>
    coreConfig([{ ...A, advertIntervalMicros: secondsToMicros(seconds) }], { startGraceMicros: 30_000_000 });
  const dark = new Running(config(10));
  dark.advance(28);
  dark.take();
  dark.adopt(config(1));
  dark.advance(10);
  t.match(dark.take("MASTER"), [/^33\.6/], "the grace of the start ends first");
  const late = new Running(coreConfig([A]));
  late.advert({ router: ID_A as never, priority: 200 });
  late.stall(10);
  late.deadline();
  late.take();
  late.adopt(coreConfig([{ ...A, advertIntervalMicros: secondsToMicros(2) }]));
  late.advance(1);
  late.advert({ router: ID_A as never, priority: 200 });
  late.advance(2);
  t.same(late.take("MASTER"), [], "the master's next advert is waited for");
});

t.test("a master that has stalled listens first, whatever the configuration has changed", async (t) => {
  const running = Running.masters(coreConfig([A]));
  running.stall(30);
  running.take();
  running.send({
    type: "configure",
    config: coreConfig([{ ...A, advertIntervalMicros: secondsToMicros(2) }]),
  });
  t.same(running.take("advert", "add", "announce"), []);
});

t.test("a preemption delay goes on, as long as it is now; nopreempt ends it", async (t) => {
  const delayed = (delaySeconds: number) =>
    coreConfig([{ ...A, preempt: { mode: "delay", delaySeconds } }, B]);
  const running = new Running(delayed(100));
  running.advert({ router: ID_A as never, priority: 50 });
  running.advance(0.5);
  const hear = (seconds: number) => running.adverts({ router: ID_A as never, priority: 50 }, seconds, 0.5);
  hear(9.5);
  const { preemptDelayEndsAt } = running.status();
  t.equal(preemptDelayEndsAt, secondsToMicros(100));
  running.adopt(delayed(100));
  t.equal(running.status().preemptDelayEndsAt, preemptDelayEndsAt, "nothing has changed");
  running.adopt(delayed(30));
  t.equal(running.status().preemptDelayEndsAt, secondsToMicros(30));
  running.adopt(coreConfig([{ ...A, preempt: { mode: "never", delaySeconds: 0 } }, B]));
  t.match(running.status().preemptDelayNews, { event: "cancelled" });
  t.equal(running.status().preemptDelayEndsAt, null);
  hear(60);
  t.equal(running.status().state, "BACKUP");
});

t.test("a check keeps its verdict; a new one counts from its first result on", async (t) => {
  const one = { ...A, tracks: faultTracks("one") };
  const running = new Running(coreConfig([one], { checks: [checkConfig({ name: "one" })] }));
  running.check("pass", "fine", "one");
  running.advance(20);
  running.take();
  const checks = [checkConfig({ name: "two" }), checkConfig({ name: "one", fall: 3 })];
  running.adopt(
    coreConfig([{ ...A, tracks: [...faultTracks("one", "two"), weightTrack("two", -10)] }], { checks }),
  );
  t.equal(running.status().state, "MASTER", "a result that is still to come is no fault");
  t.match(running.status().checks, [
    { name: "one", state: "passing" },
    { name: "two", state: "pending" },
  ]);
  running.check("fail", "refused", "one");
  running.check("fail", "refused", "one");
  t.equal(running.status().state, "MASTER", "its limits are the new ones");
  running.check("fail", "refused", "two");
  t.equal(running.status().state, "FAULT");
  running.adopt(coreConfig([{ ...A, tracks: faultTracks("one") }], { checks: checks.slice(1) }));
  t.equal(running.status().state, "BACKUP", "what is not tracked any more is in nobody's way");
  running.check("fail", "late", "two");
});

t.test("whom the host listens for is asked again when a virtual router goes", async (t) => {
  const running = new Running(coreConfig([A, C]));
  const before = running.core.leaderChanges;
  running.adopt(coreConfig([A]));
  t.ok(running.core.leaderChanges > before);
});

t.test("a release that does not leave, of one that is gone, is no defect", async (t) => {
  const running = Running.masters(coreConfig([A, C]));
  running.mute = "ENETUNREACH";
  running.adopt(coreConfig([A]));
  t.equal(running.states, "a MASTER");
  t.match(running.take("release"), [new RegExp(ID_C), new RegExp(ID_C)]);
});

t.test("on a link that is not there yet, a new virtual router waits", async (t) => {
  const running = Running.masters(coreConfig([A]));
  running.send({ type: "configure", config: coreConfig([A, { ...C, interface: "eth1" }]) });
  t.equal(running.states, "a MASTER, c INIT");
  running.send({ type: "link", interface: "eth1", link: LINK });
  running.send({ type: "addresses", interface: "eth1", addresses: [] });
  running.send({ type: "source", interface: "eth1", family: "ipv4", source: ip(OUR_SOURCE), detail: null });
  t.equal(running.states, "a MASTER, c BACKUP");
});
