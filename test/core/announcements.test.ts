import { readFileSync } from "node:fs";
import t from "tap";
import { macFromBytes } from "../../src/base/mac.js";
import { Announcements } from "../../src/core/addresses/announcements.js";
import { routerConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { kernelAddress, keyOf, LINK, ROUTER, VIRTUAL_ADDRESS } from "./values.js";

/** As an operator reads them, in seconds since the takeover. */
function documentedRounds(): number[] {
  const text = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
  const sentence = /ten times when it is new on a node: after ([\d., and]+) seconds\./.exec(
    text.replaceAll("\n", " "),
  );
  return sentence![1]!.split(/, | and /).map(Number);
}

t.test("rounds: when the document says so, all addresses in each", async (t) => {
  const scenario = Scenario.started({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
  scenario.until(60);
  const rounds = scenario.take("announce");
  const takeover = 3.609;
  t.same(
    rounds.map((line) => line.split(" ")[0]),
    documentedRounds().map((seconds) => (takeover + seconds).toFixed(3)),
  );
  t.equal(rounds.length, 10);
  t.ok(rounds.every((line) => line.endsWith("announce 192.0.2.10/32 192.0.2.11/32")));
});

t.test("what a stall made late is sent once, not caught up", async (t) => {
  const schedule = new Announcements(routerConfig());
  schedule.start(0);
  t.equal(schedule.take(700_000), true);
  t.equal(schedule.take(700_000), false);
  t.equal(schedule.nextAt, 800_000);
  schedule.stop();
  t.equal(schedule.nextAt, null);
});

t.test("a rival's lower advert repeats them within a second", async (t) => {
  const scenario = Scenario.master();
  scenario.until(60);
  scenario.take();
  scenario.advert({ priority: 50 });
  scenario.until(61);
  t.equal(scenario.take("announce").length, 5);
});

t.test("a rival that goes on does not start the rounds anew before they are over", async (t) => {
  const scenario = Scenario.master();
  scenario.until(60);
  scenario.take();
  for (let count = 0; count < 100; count += 1) {
    scenario.advert({ priority: 50 });
    scenario.advance(0.01);
  }
  t.same(
    scenario.take("announce").map((line) => line.split(" ")[0]),
    ["60.000", "60.200", "60.400", "60.600", "60.800"],
  );
});

t.test("a MAC address that changes is announced by a master, not by a backup", async (t) => {
  const mac = { text: "02:00:00:00:00:99", bytes: Uint8Array.of(2, 0, 0, 0, 0, 0x99) };
  const master = Scenario.master();
  master.until(60);
  master.take();
  master.link({ mac: LINK.mac, mtu: 9000 });
  t.same(master.take(), [], "the same MAC address");
  master.link({ mac });
  t.same(master.take("announce"), ["60.000 announce 192.0.2.10/32"]);
  const backup = new Scenario();
  backup.link({});
  backup.addresses([kernelAddress("192.0.2.10/24")]);
  backup.source("192.0.2.2");
  backup.advert({ priority: 200 });
  backup.link({ mac });
  backup.changed("added", kernelAddress("192.0.2.10/24"));
  backup.advance(1);
  t.same(backup.take("announce"), []);
});

t.test("an answer to ARP by somebody else is reported and announced against, by a master", async (t) => {
  const conflict = (scenario: Scenario) =>
    scenario.send({
      type: "addressConflict",
      router: ROUTER,
      address: keyOf(VIRTUAL_ADDRESS),
      mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 0x77)),
    });
  const master = Scenario.master();
  master.until(60);
  master.take();
  conflict(master);
  t.match(master.take(), [/error address-conflict: .*192.0.2.10 is also answered by 02:00/, /announce/]);
  const backup = Scenario.started();
  backup.take();
  conflict(backup);
  t.same(backup.take(), []);
});

t.test("no announcement after the mastership", async (t) => {
  const scenario = Scenario.master();
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.adverts({ priority: 200 }, 10);
  t.same(scenario.take("announce"), []);
});
