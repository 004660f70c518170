import t from "tap";
import { coreConfig, faultTracks, notifyCommand } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { OUR_SOURCE } from "./values.js";

t.test("a link that is down at start is a fault, not a wait", async (t) => {
  const scenario = new Scenario();
  scenario.source(OUR_SOURCE);
  scenario.link({ up: false, carrier: false });
  t.equal(scenario.state, "FAULT");
  t.equal(scenario.status().reason, "interface eth0 is down");
});

t.test("a master that loses carrier: FAULT, addresses removed, nothing sent over a dead link", async (t) => {
  const scenario = Scenario.master({ notify: [notifyCommand()] });
  scenario.until(5);
  scenario.take();
  scenario.link({ carrier: false });
  t.same(scenario.take(), [
    "5.000 remove 192.0.2.10/32",
    "5.000 notify FAULT 100",
    "5.000 FAULT: interface eth0 has no carrier",
  ]);
  scenario.until(60);
  t.same(scenario.take(), []);
});

t.test("a master whose check fails releases with priority 0, twice", async (t) => {
  const config = coreConfig([{ tracks: faultTracks("probe") }], {
    checks: [{ name: "probe", advisoryUntilFirstPass: false, rise: 1, fall: 1 }],
  });
  const scenario = new Scenario(config);
  scenario.start();
  scenario.check("pass");
  scenario.until(5);
  scenario.take();
  scenario.check("fail");
  t.same(scenario.take("advert", "release", "remove", "FAULT"), [
    "5.000 release",
    "5.000 release",
    "5.000 remove 192.0.2.10/32",
    "5.000 FAULT: check probe failed: connection refused",
  ]);
  t.equal(scenario.status().counters.priorityZeroSent, 2);
});

t.test("recovery goes to BACKUP with the whole down timer, and says what was mended", async (t) => {
  const scenario = Scenario.master();
  scenario.until(5);
  scenario.link({ carrier: false });
  scenario.until(100);
  scenario.take();
  scenario.link({});
  t.same(scenario.take("BACKUP", "advert"), [
    "100.000 BACKUP: recovered from “interface eth0 has no carrier”",
  ]);
  scenario.until(103.609374);
  t.equal(scenario.state, "BACKUP");
  scenario.until(103.609375);
  t.equal(scenario.state, "MASTER");
});

t.test("in FAULT adverts change nothing, and the reason follows what is wrong", async (t) => {
  const scenario = Scenario.started();
  scenario.link({ carrier: false });
  scenario.advert({ priority: 0 });
  scenario.until(60);
  t.equal(scenario.state, "FAULT");
  scenario.link({ up: false, carrier: false });
  t.equal(scenario.status().reason, "interface eth0 is down");
  scenario.link(null);
  t.equal(scenario.status().reason, "interface eth0 does not exist");
  t.equal(scenario.status().transitions.length, 2, "still the same FAULT");
});

t.test("what a backup loses later is a fault: source, priority, interface", async (t) => {
  const losses: [string, (scenario: Scenario) => void][] = [
    ["source", (scenario) => scenario.source(null)],
    ["priority", (scenario) => scenario.configure({ priority: null })],
    ["interface", (scenario) => scenario.link(null)],
  ];
  for (const [what, lose] of losses) {
    const scenario = Scenario.started();
    lose(scenario);
    t.equal(scenario.state, "FAULT", what);
  }
});

t.test("a master whose source has gone releases all the same; without a link it cannot", async (t) => {
  const losses: [string, (scenario: Scenario) => void, number][] = [
    ["source", (scenario) => scenario.source(null), 2],
    ["priority", (scenario) => scenario.configure({ priority: null }), 2],
    ["carrier", (scenario) => scenario.link({ carrier: false }), 0],
  ];
  for (const [what, lose, releases] of losses) {
    const scenario = Scenario.master();
    lose(scenario);
    t.equal(scenario.state, "FAULT", what);
    t.equal(scenario.take("release").length, releases, what);
  }
});

t.test("an owner that recovers is master at once", async (t) => {
  const scenario = Scenario.started({ priority: 255 });
  scenario.link({ carrier: false });
  scenario.link({});
  t.equal(scenario.state, "MASTER");
});

t.test("an interface that is made anew under its name: nothing of the old one is believed", async (t) => {
  const scenario = Scenario.master();
  scenario.until(5);
  scenario.link({ index: 3 });
  t.equal(scenario.state, "BACKUP");
  t.equal(scenario.status().virtualAddresses[0]?.presence, "absent");
  scenario.take();
  scenario.advance(4);
  t.same(scenario.take("add", "announce 1").slice(0, 2), [
    "8.609 add 192.0.2.10/32",
    "8.609 announce 192.0.2.10/32",
  ]);
});

t.test("the source changes while master: still master, ties by the new address", async (t) => {
  const scenario = Scenario.master();
  scenario.source("192.0.2.200");
  t.equal(scenario.state, "MASTER");
  scenario.advert({ from: "192.0.2.3" });
  t.equal(scenario.state, "MASTER");
  t.match(scenario.status().master, { address: "192.0.2.200", priority: 100 });
});

t.test("a priority that falls while master: the next higher advert ends it", async (t) => {
  const scenario = Scenario.master({ priority: 150 });
  scenario.advert({ priority: 120 });
  t.equal(scenario.state, "MASTER");
  scenario.configure({ priority: 100 });
  t.equal(scenario.state, "MASTER");
  scenario.advert({ priority: 120 });
  t.equal(scenario.state, "BACKUP");
});

t.test("what is bad beside what is not known yet: still INIT", async (t) => {
  const checks = [{ name: "probe", advisoryUntilFirstPass: false, rise: 1, fall: 1 }];
  const scenario = new Scenario(coreConfig([{ tracks: faultTracks("probe") }], { checks }));
  scenario.source(OUR_SOURCE);
  scenario.link({ carrier: false });
  t.equal(scenario.state, "INIT");
  t.equal(scenario.status().reason, "check probe has no result yet");
  scenario.check("pass");
  t.equal(scenario.state, "FAULT");
});
