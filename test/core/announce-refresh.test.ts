import t from "tap";
import { announcements } from "./configurations.js";
import { Scenario } from "./scenario.js";

const timesOf = (lines: readonly string[]) => lines.map((line) => Number(line.split(" ")[0]));

t.test("a master announces once an interval, all that it holds, in one batch", async (t) => {
  const scenario = new Scenario({
    announcements: announcements({ refresh: { everyMicros: 60_000_000, times: 1 } }),
    virtualAddresses: ["192.0.2.10", "192.0.2.11", "192.0.2.12"],
  });
  scenario.kernel = (operation, address) =>
    operation === "add" && address === "192.0.2.12/32" ? "EINVAL" : null;
  scenario.start();
  scenario.until(30);
  t.match(scenario.take("announce").length, 10, "the takeover's");
  scenario.until(210);
  t.same(scenario.take("announce"), [
    "63.609 announce 192.0.2.10/32 192.0.2.11/32",
    "123.609 announce 192.0.2.10/32 192.0.2.11/32",
    "183.609 announce 192.0.2.10/32 192.0.2.11/32",
  ]);
});

t.test("a backup does not, and a new mastership counts from its beginning", async (t) => {
  const scenario = Scenario.master({
    announcements: announcements({ refresh: { everyMicros: 60_000_000, times: 1 } }),
  });
  scenario.until(40);
  scenario.advert({ priority: 200 });
  scenario.take();
  t.notOk(scenario.status().deadlines.some(({ reason }) => reason === "announce refresh"));
  scenario.adverts({ priority: 200 }, 160);
  t.same(scenario.take("announce"), []);
  scenario.until(270);
  const times = timesOf(scenario.take("announce"));
  t.equal(times.length, 11);
  t.equal(Math.round(times.at(-1)! - times[0]!), 60);
});

t.test("none by default", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.take();
  scenario.until(100_000);
  t.same(scenario.take("announce"), []);
});
