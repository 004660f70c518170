/** Announcements as a schedule says, which need not be the environment's: Keepalived's bursts, and pauses. */
import t from "tap";
import { Announcements } from "../../src/core/addresses/announcements.js";
import type { AnnouncementSchedule } from "../../src/core/config.js";
import { announcements, coreConfig, type RouterOverrides, routerConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";

const TWO = ["192.0.2.10", "192.0.2.11"];
const SECOND = 1_000_000;
const TAKEOVER = 3.609;

/** As Keepalived's: all of a burst at once. */
function burst(times: number, againSeconds: number | null) {
  return { times, spacingMicros: 0, againAfterMicros: againSeconds === null ? null : againSeconds * SECOND };
}

function schedule(overrides: Partial<AnnouncementSchedule> = {}): RouterOverrides {
  const claimed = burst(5, 5);
  return { announcements: announcements({ claimed, contested: claimed, ...overrides }) };
}

function pause(ipv4: number, ipv6 = 0): Partial<AnnouncementSchedule> {
  return { pauseMicros: { ipv4: ipv4 * SECOND, ipv6: ipv6 * SECOND } };
}

/** `seconds since the takeover: last parts of the addresses`, one for each announcement. */
function told(scenario: Scenario, since = TAKEOVER): string[] {
  return scenario.take("announce").map((line) => {
    const [at, ...rest] = line.split(" ");
    const lasts = rest.flatMap((word) => /\.(\d+)\/32$/.exec(word)?.[1] ?? []);
    return `${(Number(at) - since).toFixed(3)}: ${lasts.join(" ")}`;
  });
}

t.test("bursts: so many rounds over all addresses at once, and once more after the delay", (t) => {
  const scenario = Scenario.started({ ...schedule(), virtualAddresses: TWO });
  scenario.until(60);
  t.same(told(scenario), [...Array(5).fill("0.000: 10 11"), ...Array(5).fill("5.000: 10 11")]);
  const once = Scenario.started({ ...schedule({ claimed: burst(2, null) }), virtualAddresses: TWO });
  once.until(60);
  t.same(told(once), ["0.000: 10 11", "0.000: 10 11"], "no delay: not again");
  t.end();
});

t.test("a burst that a stall made late is sent, but not the one before it", (t) => {
  const late = new Announcements(routerConfig(schedule({ claimed: burst(3, 2) })));
  late.start(0);
  t.equal(late.take(0), true);
  const taken = Array.from({ length: 5 }, () => late.take(2.5 * SECOND));
  t.same(taken, [true, true, true, false, false]);
  t.equal(late.nextAt, null);
  t.end();
});

t.test("without a cause: so many at once, each time", (t) => {
  const refresh = { everyMicros: 10 * SECOND, times: 2 };
  const scenario = Scenario.started({
    ...schedule({ claimed: burst(1, null), refresh }),
    virtualAddresses: TWO,
  });
  scenario.until(24);
  t.same(told(scenario), [
    "0.000: 10 11",
    ...Array(2).fill("10.000: 10 11"),
    ...Array(2).fill("20.000: 10 11"),
  ]);
  t.end();
});

t.test("a lower advert: a burst at once and one after its delay, of its own", (t) => {
  const router = schedule({ contested: burst(3, 2) });
  const scenario = Scenario.master({ ...router, contestedPerMinute: 600 });
  scenario.until(60);
  scenario.take();
  scenario.advert({ priority: 50 });
  scenario.advance(3);
  t.same(told(scenario, 60), [...Array(3).fill("0.000: 10"), ...Array(3).fill("2.000: 10")]);
  t.end();
});

t.test("lower adverts without end: bursts, too, keep to the limit", (t) => {
  const scenario = Scenario.master({ ...schedule(), contestedPerMinute: 20 });
  scenario.until(60);
  scenario.take();
  for (let heard = 0; heard < 60; heard += 1) {
    scenario.advert({ priority: 50 });
    scenario.advance(1);
  }
  const { length } = told(scenario);
  t.ok(length >= 10 && length <= 20, `${length} in the minute`);
  t.end();
});

t.test("a pause between any two: rounds over all addresses, one at a time", (t) => {
  const scenario = Scenario.started({
    ...schedule({ claimed: burst(2, 5), ...pause(0.1) }),
    virtualAddresses: [...TWO, "192.0.2.12"],
  });
  scenario.until(60);
  const turns = ["10", "11", "12", "10", "11", "12"];
  t.same(
    told(scenario),
    [0, 5].flatMap((from) => turns.map((last, turn) => `${(from + turn / 10).toFixed(3)}: ${last}`)),
  );
  t.equal(scenario.core.deadline()?.reason === "announce", false, "and nothing is left");
  t.end();
});

t.test("more than the pauses leave room for: each address has its turn, what is over is left out", (t) => {
  const virtualAddresses = Array.from({ length: 100 }, (_, index) => `192.0.2.${100 + index}`);
  const scenario = Scenario.started({ ...schedule(pause(0.1)), virtualAddresses });
  scenario.until(120);
  const lines = told(scenario);
  t.equal(new Set(lines.slice(0, 100).map((line) => line.split(" ")[1])).size, 100);
  const times = lines.map((line) => Number(line.split(":")[0]));
  const gaps = times.slice(1).map((at, index) => at - times[index]!);
  t.ok(Math.min(...gaps) > 0.0999, "never closer than the pause");
  t.equal(lines.length, 500 + 50, "the first burst until the second is due, then that one");
  t.end();
});

t.test(
  "virtual routers of one interface share its pause; another interface and family have their own",
  (t) => {
    const claimed = { claimed: burst(2, null) };
    const routers: RouterOverrides[] = [
      { ...schedule({ ...claimed, ...pause(1, 1) }), name: "a" },
      { ...schedule({ ...claimed, ...pause(1, 1) }), name: "b", virtualAddresses: ["192.0.2.11"] },
      {
        ...schedule({ ...claimed, ...pause(1, 1) }),
        name: "c",
        family: "ipv6",
        virtualAddresses: ["2001:db8::12"],
      },
    ];
    const scenario = new Scenario(coreConfig(routers));
    scenario.link({});
    scenario.addresses([]);
    scenario.source("192.0.2.2");
    scenario.source("fe80::2");
    scenario.until(30);
    const lines = scenario.take("announce");
    const at = (pattern: RegExp) =>
      lines.filter((line) => pattern.test(line)).map((line) => Number(line.split(" ")[0]));
    const ipv4 = at(/192\.0\.2/);
    t.equal(ipv4.length, 4);
    t.ok(
      ipv4.slice(1).every((time, index) => time - ipv4[index]! > 0.999),
      `${ipv4}`,
    );
    const ipv6 = at(/2001/);
    t.equal(ipv6.length, 2);
    t.ok(ipv6[0]! - ipv4[0]! < 0.5, "IPv6 does not wait for IPv4");
    t.end();
  },
);

t.test("no longer master: what waits for its turn is not sent", (t) => {
  const scenario = Scenario.started({ ...schedule(pause(1)), virtualAddresses: TWO });
  scenario.until(5);
  scenario.advert({ priority: 200, addresses: TWO });
  scenario.take();
  scenario.adverts({ priority: 200, addresses: TWO }, 30);
  t.same(told(scenario), []);
  t.notOk(scenario.status().deadlines.some(({ reason }) => reason === "announce"));
  t.end();
});
