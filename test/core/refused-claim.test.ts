import t from "tap";
import type { RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";

const TWO: RouterOverrides = { virtualAddresses: ["192.0.2.10", "192.0.2.11"] };

function refused(which: (address: string) => boolean): Scenario {
  const scenario = new Scenario(TWO);
  scenario.kernel = (operation, address) => (operation === "add" && which(address) ? "EPERM" : null);
  scenario.start();
  return scenario;
}

t.test("a master for which the kernel takes no address gives way, with the errno", async (t) => {
  const scenario = refused(() => true);
  scenario.until(6.5);
  t.equal(scenario.state, "MASTER", "a shortage may pass");
  scenario.until(15);
  t.match(scenario.status(), {
    state: "FAULT",
    code: "addresses-refused",
    reason: "the kernel takes none of its addresses (EPERM)",
  });
  t.equal(scenario.take("release").length, 2, "others take over at once");
  t.match(scenario.status().counters.addressesRefusedByErrno, {
    EPERM: scenario.status().counters.addressesRefused,
  });
});

t.test(
  "it tries one address from time to time, takes it off again, and takes part once that works",
  async (t) => {
    const scenario = refused(() => true);
    scenario.until(15);
    scenario.take();
    scenario.until(400);
    t.equal(scenario.state, "FAULT");
    const times = scenario.take("add").map((line) => Number(line.split(" ")[0]));
    const pauses = times
      .slice(-3)
      .map((at, index, all) => (index === 0 ? 60 : Math.round(at - all[index - 1]!)));
    t.same(pauses, [60, 60, 60]);
    scenario.kernel = () => null;
    scenario.advert({ priority: 200 });
    scenario.adverts({ priority: 200 }, 61);
    t.equal(scenario.state, "BACKUP");
    t.match(scenario.take("add", "remove", "announce"), [
      / add 192\.0\.2\.10\/32$/,
      / remove 192\.0\.2\.10\/32$/,
    ]);
    t.ok(scenario.status().virtualAddresses.every(({ presence }) => presence === "absent"));
  },
);

t.test("one of several refused: still master", async (t) => {
  const scenario = refused((address) => address.startsWith("192.0.2.11"));
  scenario.until(200);
  t.equal(scenario.state, "MASTER");
  t.match(scenario.status().virtualAddresses[1], { presence: "absent", refusal: /EPERM/ });
});

t.test("refused for a moment: still master, however often that happens", async (t) => {
  const scenario = refused(() => false);
  scenario.until(20);
  for (let round = 0; round < 10; round += 1) {
    scenario.kernel = () => "ENOMEM";
    scenario.advance(1);
    scenario.kernel = () => null;
    scenario.advance(10);
  }
  t.equal(scenario.state, "MASTER");
});
