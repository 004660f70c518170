/** The loop and its timer: when it is armed, and what happens in which order when it fires. */
import t from "tap";
import { Core } from "../../src/core/core.js";
import type { Effect } from "../../src/core/effect.js";
import type { Input } from "../../src/core/input.js";
import type { UntilDue } from "../../src/daemon/loop/effects.js";
import { Lateness } from "../../src/daemon/loop/lateness.js";
import { AHEAD_MICROS, LAST_LOOK_MICROS, Loop } from "../../src/daemon/loop/loop.js";
import { coreConfig } from "../core/configurations.js";
import { advertOf, ip, LINK, OUR_SOURCE, ROUTER } from "../core/values.js";

/** Priority 100 at 1 s (RFC 9568 §6.1). */
const DOWN_MICROS = 3_609_375;
const SECOND = 1_000_000;

/** A backup that started at time 0, with a clock that the test turns, and a spin that turns it too. */
class Backup {
  now = 0;
  armedAt: number | null = null;
  readonly spunUntil: number[] = [];
  readonly log: string[] = [];
  /** By how much each spin is longer than it should be, and what arrives during the first. */
  oversleepsMicros = 0;
  arriveMeanwhile: Input[] = [];
  /** What the next reading of the sockets finds. */
  arrived: Input[] = [];
  /** How many of it at a time, and how long that takes. */
  mostRead = Number.POSITIVE_INFINITY;
  readingMicros = 0;
  readonly lateness = new Lateness(() => {});
  readonly core = new Core(0, coreConfig([{}]));
  readonly #loop: Loop;

  /** @param untold what `catchUp` hands over */
  constructor({ spins, untold = [] }: { spins: boolean; untold?: Input[] }) {
    const spin = (at: number) => {
      this.spunUntil.push(at);
      this.now = at + this.oversleepsMicros;
      this.arrived.push(...this.arriveMeanwhile.splice(0));
    };
    this.#loop = new Loop({
      core: this.core,
      now: () => this.now,
      timer: {
        arm: (at) => {
          this.armedAt = at;
        },
        disarm: () => {
          this.armedAt = null;
        },
      },
      ...(spins ? { spin } : {}),
      catchUp: () => {
        for (const input of untold.splice(0)) this.#loop.input(input);
      },
      carryOut: (effects, _consult, untilDue) => this.#carryOut(effects, untilDue),
      readArrived: () => {
        this.log.push("read");
        this.now += this.readingMicros;
        for (const input of this.arrived.splice(0, this.mostRead)) this.#loop.input(input);
        return this.arrived.length > 0;
      },
      lateness: this.lateness,
    });
    this.#loop.input({ type: "link", interface: "eth0", link: LINK });
    this.#loop.input({ type: "addresses", interface: "eth0", addresses: [] });
    this.#loop.input({
      type: "source",
      interface: "eth0",
      family: "ipv4",
      source: ip(OUR_SOURCE),
      detail: null,
    });
  }

  /** A socket has woken the loop. */
  hear(input: Input, trueSince?: number): void {
    this.#loop.input(input, trueSince);
  }

  /** The timer fires at the time for which it is armed, or later. */
  fire(lateMicros = 0): void {
    this.now = Math.max(this.now, this.armedAt!) + lateMicros;
    this.#loop.expired();
  }

  get state(): string {
    return this.core.status().routers[0]!.state;
  }

  #carryOut(effects: readonly Effect[], untilDue: UntilDue): Input[] {
    for (const { type } of effects) {
      if (type !== "sendAdvert") continue;
      untilDue();
      this.log.push(`advert at ${this.now}`);
    }
    return effects.flatMap((effect): Input[] =>
      effect.type === "acquireLock" ? [{ type: "lock", router: effect.router, holder: null }] : [],
    );
  }
}

function advertOfMaster(): Input {
  const advert = advertOf({ priority: 200 });
  return { type: "advert", router: ROUTER, source: ip("192.0.2.3"), listed: true, advert };
}

t.test("the end of a down timer is awaited awake, and met", async (t) => {
  const backup = new Backup({ spins: true });
  t.equal(backup.armedAt, DOWN_MICROS - AHEAD_MICROS);
  backup.fire(100);
  t.strictSame(backup.spunUntil, [DOWN_MICROS - LAST_LOOK_MICROS, DOWN_MICROS]);
  t.equal(backup.state, "MASTER");
  t.strictSame(
    backup.log,
    ["read", "read", `advert at ${DOWN_MICROS}`],
    "what came in meanwhile is read shortly before, and nothing stands between the end and the advert",
  );
  t.equal(backup.lateness.maxMicros, 0);
  t.equal(backup.core.deadline()!.at, DOWN_MICROS + SECOND, "it was decided for the end, whenever that was");
});

t.test("a master that speaks while somebody waits stays master", async (t) => {
  const backup = new Backup({ spins: true });
  backup.arriveMeanwhile.push(advertOfMaster());
  backup.fire();
  t.strictSame(backup.spunUntil, [DOWN_MICROS - LAST_LOOK_MICROS]);
  t.equal(backup.state, "BACKUP");
});

t.test("who oversleeps reads once more before anything else", async (t) => {
  const backup = new Backup({ spins: true });
  backup.oversleepsMicros = SECOND / 2;
  backup.fire();
  const { spunUntil, lateness } = backup;
  t.strictSame(
    spunUntil,
    [DOWN_MICROS - LAST_LOOK_MICROS],
    "the end has passed: there is nothing to wait for",
  );
  t.strictSame(backup.log.slice(0, 3), ["read", "read", "read"]);
  t.equal(backup.state, "MASTER");
  t.equal(lateness.maxMicros, SECOND / 2 - LAST_LOOK_MICROS, "and it says so");
});

t.test("in a flood nobody waits", async (t) => {
  const backup = new Backup({ spins: true });
  const stranger = advertOfMaster() as Extract<Input, { type: "advert" }>;
  const flood = { ...stranger, advert: { ...stranger.advert, addresses: [ip("203.0.113.1")] } };
  backup.arrived = Array.from({ length: 20 }, () => flood);
  backup.mostRead = 1;
  backup.fire();
  t.strictSame(backup.spunUntil, []);
  t.equal(backup.arrived.length, 0, "all is read");
});

t.test("nobody waits when the master has spoken", async (t) => {
  const backup = new Backup({ spins: true });
  backup.arrived.push(advertOfMaster());
  backup.fire();
  t.strictSame(backup.spunUntil, []);
  t.equal(backup.state, "BACKUP");
  t.ok(backup.armedAt! > DOWN_MICROS, "armed for its next silence");
});

t.test("a timer that fires for a deadline that moved away is no reason to wait", async (t) => {
  const backup = new Backup({ spins: true });
  backup.now = SECOND;
  backup.hear(advertOfMaster());
  t.equal(backup.armedAt, DOWN_MICROS - AHEAD_MICROS, "left where it was");
  backup.fire();
  t.strictSame(backup.spunUntil, []);
  t.equal(backup.armedAt, SECOND + DOWN_MICROS - AHEAD_MICROS);
  backup.fire();
  t.equal(backup.spunUntil.at(-1), SECOND + DOWN_MICROS);
  t.equal(backup.state, "MASTER");
});

t.test("an advert that had to wait counts from its arrival", async (t) => {
  const backup = new Backup({ spins: false });
  backup.now = SECOND;
  backup.hear(advertOfMaster());
  t.equal(backup.core.deadline()!.at, SECOND + DOWN_MICROS);
  backup.hear(advertOfMaster(), SECOND - 4_000);
  t.equal(backup.core.deadline()!.at, SECOND - 4_000 + DOWN_MICROS);
});

t.test("one that fires late takes over at once", async (t) => {
  const backup = new Backup({ spins: true });
  backup.fire(AHEAD_MICROS + 7);
  t.strictSame(backup.spunUntil, []);
  t.strictSame(backup.log.at(-1), `advert at ${DOWN_MICROS + 7}`);
});

t.test("a master's own adverts are worth no waiting", async (t) => {
  const backup = new Backup({ spins: true });
  backup.fire();
  backup.spunUntil.length = 0;
  while (backup.now < DOWN_MICROS + SECOND) backup.fire();
  t.strictSame(backup.spunUntil, []);
  t.ok(backup.log.includes(`advert at ${DOWN_MICROS + SECOND}`));
});

t.test("without a spin the timer is armed for the deadline itself", async (t) => {
  const backup = new Backup({ spins: false });
  t.equal(backup.armedAt, DOWN_MICROS);
  backup.fire();
  t.equal(backup.log.at(-1), `advert at ${DOWN_MICROS}`);
});

t.test(
  "what arrives in a flood is read in parts, and adverts leave between them when they are due",
  async (t) => {
    const master = new Backup({ spins: false });
    master.fire();
    t.equal(master.state, "MASTER");
    master.log.length = 0;
    // A second of reading, a tenth at a time, of a stranger's adverts, which are not answered.
    const { advert, ...rest } = advertOfMaster() as Extract<Input, { type: "advert" }>;
    master.arrived = Array.from({ length: 125 }, () => ({
      ...rest,
      advert: { ...advert, addresses: [ip("203.0.113.1")] },
    }));
    master.mostRead = 10;
    master.readingMicros = SECOND / 10;
    master.fire();
    const [first, ...later] = master.log
      .flatMap((line) => /advert at (\d+)/.exec(line)?.[1] ?? [])
      .map(Number);
    t.equal(first, DOWN_MICROS + SECOND);
    const gaps = later.map((at, index) => at - (index === 0 ? first! : later[index - 1]!));
    t.ok(later.length > 0 && gaps.every((gap) => gap <= 1.1 * SECOND), `gaps of ${gaps.join(", ")} µs`);
    t.equal(master.arrived.length, 0, "and all has been read in the end");
  },
);

t.test("lateness counts what the reading took before a deadline was met", async (t) => {
  const backup = new Backup({ spins: false });
  backup.readingMicros = SECOND / 4;
  backup.fire();
  t.equal(backup.lateness.maxMicros, SECOND / 4);
});

t.test("a flood without end does not hold the loop", async (t) => {
  const backup = new Backup({ spins: false });
  backup.mostRead = 1;
  const endless = advertOfMaster();
  backup.arrived = Array.from({ length: 10_000 }, () => endless);
  backup.fire();
  t.ok(backup.arrived.length > 5_000, "some is left for later");
});

t.test("what was read and not told is told before anything else", async (t) => {
  const untold: Input[] = [];
  const backup = new Backup({ spins: false, untold });
  backup.now = SECOND;
  untold.push(advertOfMaster());
  backup.hear({ type: "link", interface: "eth0", link: LINK });
  t.equal(backup.core.deadline()!.at, SECOND + DOWN_MICROS);
  backup.now = 2 * SECOND;
  untold.push(advertOfMaster(), advertOfMaster());
  backup.hear(advertOfMaster());
  t.equal(backup.core.status().routers[0]!.counters.advertsReceived, 4);
});
