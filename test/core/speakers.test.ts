/** What is kept of those who speak, when forged sources are many. */
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t from "tap";
import { onLinkPeer } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { advertOf, ip, ROUTER } from "./values.js";

/** 500 of them. */
const forged = (number: number) => `${number % 2 === 0 ? "198.51.100" : "203.0.113"}.${(number >> 1) % 250}`;

t.test(
  "500 forged sources push out neither the master that is followed nor who is heard often",
  async (t) => {
    const scenario = Scenario.started({ priority: 50 });
    scenario.advert({ priority: 200, from: "192.0.2.1" });
    for (let number = 0; number < 5; number += 1) scenario.advert({ priority: 20, from: "192.0.2.77" });
    scenario.advert({ priority: 200, from: "192.0.2.1" });
    for (let number = 0; number < 500; number += 1) {
      scenario.advert({ priority: 10, from: forged(number), addresses: ["203.0.113.1"] });
    }
    const { speakers, master } = scenario.status();
    t.equal(speakers.length, 16);
    t.equal(master?.address, "192.0.2.1");
    const known = speakers.map(({ address }) => address);
    t.ok(known.includes("192.0.2.1") && known.includes("192.0.2.77"), known.join());
  },
);

t.test("configured peers are kept, however many there are", async (t) => {
  const peers = Array.from({ length: 30 }, (_, index) => `192.0.2.${100 + index}`);
  const scenario = Scenario.started({ unicastPeers: peers.map((text) => onLinkPeer(ip(text))) });
  for (const from of peers) scenario.advert({ priority: 10, from });
  for (let number = 0; number < 100; number += 1)
    scenario.advert({ priority: 10, from: forged(number), listed: false });
  const known = scenario.status().speakers.map(({ address }) => address);
  t.same(
    peers.filter((peer) => !known.includes(peer)),
    [],
  );
  t.ok(known.length <= 30 + 16, `${known.length} are known`);
});

t.test("of refusals those that happen again and again stay", async (t) => {
  const scenario = Scenario.started();
  const drop = (from: string) =>
    scenario.send({
      type: "drop",
      interface: "eth0",
      family: "ipv4",
      router: ROUTER,
      source: ip(from),
      reason: "checksum",
    });
  for (let number = 0; number < 3; number += 1) drop("192.0.2.9");
  for (let number = 0; number < 500; number += 1) drop(forged(number));
  const { refusals } = scenario.status();
  t.equal(refusals.length, 16);
  t.ok(refusals.some(({ source, count }) => source === "192.0.2.9" && count === 3));
});

t.test("foreign ids have a bound of their own, and keep who is heard often", async (t) => {
  const scenario = Scenario.started();
  const hear = (from: string, virtualRouterId: number) =>
    scenario.send({
      type: "foreignAdvert",
      interface: "eth0",
      family: "ipv4",
      source: ip(from),
      advert: advertOf({ virtualRouterId, addresses: ["203.0.113.1"] }),
    });
  for (let number = 0; number < 3; number += 1) hear("192.0.2.9", 77);
  for (let number = 0; number < 500; number += 1) hear(forged(number), 1 + (number % 200));
  const { foreign } = scenario.core.status();
  t.equal(foreign.length, 256);
  t.ok(foreign.some(({ address, virtualRouterId }) => address === "192.0.2.9" && virtualRouterId === 77));
});

t.test("a list is told by its size and its first addresses", async (t) => {
  const scenario = Scenario.started();
  scenario.take();
  const addresses = ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"];
  scenario.advert({ priority: 10, addresses, addressCount: 255 });
  t.match(scenario.take("warn"), [/203\.0\.113\.3, 203\.0\.113\.4 and 251 more/]);
  t.equal(scenario.status().speakers[0]?.addressCount, 255);
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options?: { type: "minor" }) => void;
const oldSpaceBytes = () =>
  getHeapSpaceStatistics().find((space) => space.space_name === "old_space")!.space_used_size;

t.test("who is forgotten needs no full collection to leave the memory", async (t) => {
  const scenario = Scenario.started({ priority: 50 });
  const flood = () => {
    for (let number = 0; number < 4_000; number += 1) {
      scenario.advert({ priority: 10, from: forged(number), addresses: ["203.0.113.1"] });
      // They have become old by now, as far as the engine sees.
      if (number % 20 === 0) collect({ type: "minor" });
    }
  };
  flood();
  collect();
  const before = oldSpaceBytes();
  flood();
  const grown = oldSpaceBytes() - before;
  t.ok(grown < 256 * 1024, `${grown} bytes more`);
});
