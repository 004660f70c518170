import t from "tap";
import { ORIGINS } from "../../src/config/env/table.js";
import type { RouterId } from "../../src/core/identity.js";
import { onLinkPeer, type RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { advertOf, type Heard, ip, ROUTER } from "./values.js";

t.test(
  "[7.1-stranger +] a stranger, none of whose addresses is ours, is reported and never obeyed",
  async (t) => {
    const scenario = Scenario.master();
    const stranger = { priority: 200, addresses: ["203.0.113.1", "203.0.113.2"] };
    scenario.adverts(stranger, 120);
    t.equal(scenario.state, "MASTER");
    t.equal(scenario.status().counters.strangers, 120);
    const lines = scenario.take("warn");
    t.equal(lines.length, 2, "once a minute");
    t.match(lines[0], /192.0.2.1 uses our virtual router id for other addresses: 203.0.113.1, 203.0.113.2/);
  },
);

t.test("[7.1-stranger -] a stranger does not keep a backup from becoming master", async (t) => {
  const scenario = Scenario.started();
  scenario.adverts({ priority: 200, addresses: ["203.0.113.1"] }, 4);
  t.equal(scenario.state, "MASTER");
});

t.test(
  "[7.1-list +] an address list that differs counts, and is reported once a peer and minute",
  async (t) => {
    const scenario = Scenario.started({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
    scenario.take();
    scenario.adverts({ priority: 200, addresses: ["192.0.2.11", "192.0.2.12"] }, 30);
    t.equal(scenario.state, "BACKUP");
    t.equal(scenario.status().counters.addressListMismatches, 30);
    t.match(scenario.take("warn"), [/differ from ours: 192.0.2.11, 192.0.2.12/]);
  },
);

t.test("[7.1-list -] the same list in another order is the same list", async (t) => {
  const scenario = Scenario.started({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
  scenario.advert({ addresses: ["192.0.2.11", "192.0.2.10"] });
  t.equal(scenario.status().counters.addressListMismatches, 0);
  t.equal(scenario.status().speakers[0]?.relation, "same");
});

t.test("[7.1-list -] an address that is held but not advertised is none to miss", async (t) => {
  const scenario = Scenario.started({ virtualAddresses: ["192.0.2.10", "192.0.2.11"], advertisedCount: 1 });
  scenario.advert({ addresses: ["192.0.2.10"] });
  t.equal(scenario.status().speakers[0]?.relation, "same");
});

t.test("[5.2.7 +-] an interval other than ours is logged, learned, not dropped", async (t) => {
  const scenario = Scenario.started();
  scenario.take();
  scenario.advert({ priority: 200, advertIntervalMicros: 2_000_000 });
  t.match(scenario.take(), [/info interval: \(web\) 192.0.2.1 advertises every 2 s, we every 1 s/]);
  t.equal(scenario.status().counters.intervalMismatches, 1);
  t.same(scenario.status().counters.drops, {});
});

t.test("[5.2.7 -] the same interval is not worth a line", async (t) => {
  const scenario = Scenario.started();
  scenario.take();
  scenario.advert({ priority: 200 });
  t.same(scenario.take(), []);
});

t.test("[7.1-owner +-] [8.3.2 +-] equal priorities and rival owners are logged", async (t) => {
  const equal = Scenario.started();
  equal.advert({ priority: 100 });
  t.match(equal.take("warn"), [/has the same priority \(100\); the greater address decides/]);
  const owner = Scenario.started({ priority: 255 });
  owner.advert({ priority: 255 });
  t.match(owner.take("warn"), [/also claims to own the addresses \(255\)/]);
  const single = Scenario.started();
  single.advert({ priority: 255, addresses: ["192.0.2.10"] });
  t.match(single.take("warn"), [
    /192.0.2.1 claims to own the addresses \(priority 255\), so that no other node can: 192.0.2.10$/,
  ]);
  const challenged = Scenario.started({ priority: 255 });
  challenged.advert({ priority: 254 });
  t.same(challenged.take("warn"), [], "no owner, and not our priority");
  const other = Scenario.started();
  other.advert({ priority: 101 });
  t.same(other.take("warn"), []);
});

t.test("[7.1-4 -] a foreign id with one of our addresses is an alarm that changes nothing", async (t) => {
  const scenario = Scenario.master();
  const foreign = (address: string) =>
    scenario.send({
      type: "foreignAdvert",
      interface: "eth0",
      family: "ipv4",
      source: ip("192.0.2.9"),
      advert: advertOf({ virtualRouterId: 77, priority: 255, addresses: [address] }),
    });
  foreign("203.0.113.1");
  t.same(scenario.take("error"), [], "none of ours: just counted");
  foreign("192.0.2.10");
  t.match(scenario.take("error"), [/192.0.2.9 advertises our 192.0.2.10 under virtual router id 77/]);
  t.equal(scenario.state, "MASTER");
  t.same(scenario.core.status().unclaimedDrops, { eth0: { "unknown-virtual-router": 2 } });
});

t.test("unicast: a speaker that is not listed counts and is reported", async (t) => {
  const scenario = Scenario.started({ unicastPeers: [onLinkPeer(ip("192.0.2.1"))] });
  scenario.adverts({ priority: 200, from: "192.0.2.9", listed: false }, 10);
  t.equal(scenario.state, "BACKUP");
  t.match(scenario.take("warn"), [/192.0.2.9 is not one of the unicast peers/]);
});

t.test("what is refused for the way that it came changes nothing, whatever it says", async (t) => {
  const scenario = Scenario.started({ priority: 100 });
  scenario.adverts({ priority: 50 }, 3);
  const before = scenario.core.deadline();
  for (const priority of [0, 1, 100, 200, 255]) {
    scenario.refused("ttl", { priority, from: "192.0.2.9", advertIntervalMicros: 40_950_000 });
    t.same(scenario.core.deadline(), before, `priority ${priority}`);
  }
  t.equal(scenario.status().counters.drops.ttl, 5);
  t.same(scenario.status().speakers.length, 1);
});

t.test("one that would have won is an error that says what accepts it, and is kept by reason", async (t) => {
  const scenario = Scenario.started({ priority: 100 });
  const lost = [
    { priority: 99 },
    { priority: 0 },
    { priority: 255, addresses: ["203.0.113.1"] },
    { priority: 100, from: "192.0.2.1" },
  ];
  for (const advert of lost) scenario.refused("ttl", { from: "192.0.2.9", ...advert });
  t.same(scenario.take("error"), []);
  t.same(scenario.status().attempts, []);
  scenario.refused("ttl", { priority: 100, from: "192.0.2.9" });
  scenario.refused("ttl", { priority: 255, from: "198.51.100.9" });
  scenario.refused("min-ttl", { priority: 101, from: "192.0.2.9" });
  t.match(scenario.take("error"), [
    /192\.0\.2\.9 with priority 100 .* refused: ttl\. Nothing accepts it/,
    /198\.51\.100\.9 with priority 255 .* refused: ttl/,
    /priority 101 .* refused: min-ttl\. VRRPD_UNICAST_MIN_TTL accepts it/,
  ]);
  t.match(scenario.status().attempts, [
    { reason: "ttl", source: "198.51.100.9", priority: 255, count: 2 },
    { reason: "min-ttl", source: "192.0.2.9", priority: 101, count: 1 },
  ]);
  for (let host = 0; host < 200; host += 1) {
    scenario.refused("ttl", { priority: 255, from: `203.0.113.${host}` });
  }
  t.equal(scenario.status().attempts.length, 2, "forged sources do not fill the memory");
  t.ok(scenario.take("error").length <= 10, "nor the log");
});

t.test("what a flood would have won is put into words only for the lines that are logged", async (t) => {
  let spelt = 0;
  const origins = {
    ...ORIGINS,
    get unicastMinTtl() {
      spelt += 1;
      return ORIGINS.unicastMinTtl;
    },
  };
  const scenario = Scenario.started({ priority: 100, origins });
  for (let packet = 0; packet < 200; packet += 1) {
    scenario.refused("min-ttl", { priority: 255, from: "192.0.2.9" });
  }
  t.match(scenario.status().attempts, [{ count: 200 }]);
  t.equal(scenario.take("error").length, 1);
  t.equal(spelt, 1);
});

t.test("version 2 would have won with any priority where we would have yielded to it", async (t) => {
  const advert = { version: 2, priority: 1, checksumForm: null } as const;
  const auto = Scenario.started({ priority: 100, yieldsToVersion2: true });
  auto.refused("ttl", advert);
  t.match(auto.status().attempts, [{ priority: 1 }]);
  const three = Scenario.started({ priority: 100 });
  three.refused("ttl", advert);
  t.same(three.status().attempts, [], "who speaks version 3 alone would have refused it anyway");
});

t.test("between equals the source decides that is really sent to that peer", async (t) => {
  const peer = { ...onLinkPeer(ip("192.0.2.9")), source: ip("192.0.2.99") };
  const scenario = Scenario.started({ unicastPeers: [peer] });
  scenario.advance(10);
  t.equal(scenario.state, "MASTER");
  scenario.advert({ priority: 100, from: "192.0.2.9" });
  t.equal(scenario.state, "MASTER", "we speak to it from .99, which is greater");
  scenario.advert({ priority: 100, from: "192.0.2.8", listed: false });
  t.equal(scenario.state, "BACKUP", "to others from .2");
});

t.test(
  "[7.1-6 -] what failed a check is counted by its reason, logged once a minute, and moves nothing",
  async (t) => {
    const scenario = Scenario.started({ priority: 50 });
    const failed = { type: "drop", interface: "eth0", family: "ipv4", router: ROUTER } as const;
    const source = ip("192.0.2.9");
    const drops = () => {
      scenario.send({ ...failed, source, reason: "checksum" });
      scenario.send({ ...failed, source, reason: "ttl" });
    };
    for (let second = 0; second < 120; second += 1) {
      scenario.adverts({ priority: 200 }, 1);
      const before = scenario.core.deadline();
      drops();
      t.same(scenario.core.deadline(), before);
    }
    t.equal(scenario.state, "BACKUP");
    const { drops: counted, advertsReceived } = scenario.status().counters;
    t.same([counted, advertsReceived], [{ checksum: 120, ttl: 120 }, 120]);
    const lines = scenario.take("warn packet", "warn drop", "warn");
    t.equal(lines.length, 4, "two reasons, twice each");
  },
);

t.test("what was refused before it was an advert is counted where it belongs", async (t) => {
  const scenario = Scenario.started();
  const drop = (router: RouterId | null) =>
    scenario.send({
      type: "drop",
      interface: "eth0",
      family: "ipv4",
      router,
      source: ip("192.0.2.9"),
      reason: "ttl",
    });
  drop(ROUTER);
  drop(null);
  t.equal(scenario.status().counters.drops.ttl, 1);
  t.same(scenario.core.status().unclaimedDrops, { eth0: { ttl: 1 } });
  t.match(scenario.take("warn", "debug"), [/refused: ttl/, /refused: ttl/]);
  t.equal(scenario.state, "BACKUP");
});

t.test("forged sources do not fill the memory", async (t) => {
  const scenario = Scenario.started();
  for (let host = 0; host < 500; host += 1)
    scenario.advert({ priority: 200, from: `198.51.100.${host % 250}` });
  for (let host = 0; host < 250; host += 1) scenario.advert({ priority: 200, from: `203.0.113.${host}` });
  t.equal(scenario.status().speakers.length, 16);
});

t.test("[7.1-6 +] forged sources do not fill the log", async (t) => {
  const scenario = Scenario.started();
  const lines = (send: (source: string) => void) => {
    scenario.take();
    for (let host = 1; host <= 250; host += 1) send(`203.0.113.${host}`);
    return scenario.take("warn", "error", "info").length;
  };
  t.equal(
    lines((from) => scenario.advert({ from, addresses: ["198.51.100.1"] })),
    10,
    "strangers",
  );
  t.equal(
    lines((from) => scenario.refused("foreign-peer", { from, priority: 1 })),
    10,
    "refused",
  );
  t.equal(
    lines((from) =>
      scenario.send({
        type: "foreignAdvert",
        interface: "eth0",
        family: "ipv4",
        source: ip(from),
        advert: { ...advertOf({}), virtualRouterId: 9 },
      }),
    ),
    10,
    "our address under another id",
  );
});

t.test("a speaker that changes its list is looked at anew", async (t) => {
  const scenario = Scenario.started();
  for (const [address, relation] of [
    ["203.0.113.1", "stranger"],
    ["192.0.2.10", "same"],
    ["203.0.113.1", "stranger"],
  ] as const) {
    scenario.advert({ priority: 200, addresses: [address] });
    t.equal(scenario.status().speakers[0]?.relation, relation);
  }
});

t.test("several adverts that are alike may be told as one", async (t) => {
  const heard = { priority: 200 };
  const one = Scenario.started();
  const all = Scenario.started();
  for (let number = 0; number < 250; number += 1) {
    one.advance(1);
    one.advert(heard);
  }
  const counts = [1, 2, 3, 1, 3];
  for (let number = 0; number < 250; number += 10) {
    for (const count of counts) {
      all.advance(count);
      all.advert(heard, count);
    }
  }
  t.equal(all.state, "BACKUP");
  t.same(all.status(), one.status(), "counters, loss, when it was heard last, and what follows");
  t.same(all.core.deadline(), one.core.deadline());
});

t.test(
  "routine is what a better master says again, and nothing that is reported or waited for",
  async (t) => {
    const cases: [string, boolean, RouterOverrides, Heard][] = [
      ["a better master", true, {}, { priority: 200 }],
      ["a lower master", false, { preempt: { mode: "never", delaySeconds: 0 } }, { priority: 50 }],
      ["the same priority", false, {}, { priority: 100 }],
      ["an owner", false, {}, { priority: 255 }],
      ["other addresses", false, {}, { priority: 200, addresses: ["192.0.2.10", "192.0.2.11"] }],
      ["another interval", false, {}, { priority: 200, advertIntervalMicros: 2_000_000 }],
    ];
    for (const [what, expected, overrides, heard] of cases) {
      const scenario = Scenario.started(overrides);
      const advert = advertOf(heard);
      const input = {
        type: "advert",
        router: scenario.router,
        source: ip("192.0.2.1"),
        listed: true,
        advert,
      } as const;
      t.equal(scenario.core.isRoutine(input), false, "not before it was heard");
      scenario.send(input);
      t.equal(scenario.core.isRoutine(input), expected, what);
      t.equal(scenario.core.isRoutine({ ...input, listed: false }), false);
      t.equal(scenario.core.isRoutine({ ...input, advert: { ...advert } }), false, "another advert");
    }
    const master = Scenario.master();
    const rival = advertOf({ priority: 200 });
    const input = {
      type: "advert",
      router: master.router,
      source: ip("192.0.2.1"),
      listed: true,
      advert: rival,
    } as const;
    t.equal(master.core.isRoutine(input), false, "a master has no routine");
    const unknown = { ...input, router: "eth1/ipv4/9" as RouterId };
    t.equal(master.core.isRoutine(unknown), false, "one that is about to be configured has none either");
  },
);
