import t from "tap";
import { checkConfig, coreConfig, faultTracks, notifyCommand } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { kernelAddress, OUR_SOURCE, ROUTER } from "./values.js";

t.test("[6.4.1 +] [5.2.4-1 +] the owner, priority 255, is master at once", async (t) => {
  const scenario = Scenario.started({ priority: 255, notify: [notifyCommand()] });
  t.same(scenario.take("advert", "add", "announce", "MASTER", "BACKUP", "notify"), [
    "0.000 advert",
    "0.000 add 192.0.2.10/32",
    "0.000 notify MASTER 255",
    "0.000 MASTER: priority 255 owns the addresses",
    "0.000 announce 192.0.2.10/32",
  ]);
});

t.test("[6.4.1 +-] everyone else begins as backup and listens for a whole down interval", async (t) => {
  const scenario = Scenario.started({ priority: 254 });
  t.equal(scenario.state, "BACKUP");
  t.same(scenario.take("advert", "add", "announce"), []);
  scenario.until(3.007811);
  t.equal(scenario.state, "BACKUP");
  scenario.advance(0.000001);
  t.equal(scenario.state, "MASTER");
});

t.test("INIT says what it waits for, the thing to mend first, and is silent otherwise", async (t) => {
  const checks = [checkConfig()];
  const router = { priority: null, notify: [notifyCommand()], tracks: faultTracks("probe") };
  const scenario = new Scenario(coreConfig([router], { checks }));
  scenario.lockHolder = undefined;
  t.equal(scenario.status().reason, "starting");
  scenario.link(null);
  t.equal(scenario.status().reason, "interface eth0 does not exist");
  scenario.link({});
  t.equal(scenario.status().reason, "waiting for the lock of the virtual router");
  scenario.send({ type: "lock", router: ROUTER, holder: null });
  t.equal(scenario.status().reason, "interface eth0 has no address to send from yet");
  scenario.source(null, "fe80::1 is tentative");
  t.equal(scenario.status().reason, "fe80::1 is tentative");
  scenario.source(OUR_SOURCE);
  t.match(scenario.status().reason, /the priority cannot be derived/);
  scenario.send({ type: "configure", config: coreConfig([{ tracks: faultTracks("probe") }], { checks }) });
  t.equal(scenario.status().reason, "check probe has no result yet");
  scenario.until(60);
  t.equal(scenario.state, "INIT");
  t.same(scenario.take("advert", "add", "remove", "announce", "notify"), []);
  scenario.check("pass");
  t.equal(scenario.state, "BACKUP");
});

t.test("in INIT adverts are counted, not obeyed", async (t) => {
  const scenario = new Scenario();
  scenario.link({});
  scenario.advert({ priority: 0 });
  scenario.advert({ priority: 200 });
  t.equal(scenario.state, "INIT");
  t.equal(scenario.status().counters.drops["not-participating"], 2);
  t.same(scenario.take("warn"), [], "what is as it should be is no warning");
});

t.test(
  "a master that was heard in INIT is followed, whatever a stranger says from its address",
  async (t) => {
    const scenario = new Scenario();
    scenario.link({});
    scenario.advert({ priority: 200 });
    scenario.advert({ priority: 255, advertIntervalMicros: 50_000, addresses: ["192.0.2.77"] });
    scenario.source(OUR_SOURCE);
    t.equal(scenario.state, "BACKUP");
    t.match(scenario.status().master, { priority: 200 });
    scenario.until(3);
    t.equal(scenario.state, "BACKUP");
  },
);

t.test(
  "the lock is asked for once the interface is there, and again every second while another has it",
  async (t) => {
    const scenario = new Scenario();
    scenario.source(OUR_SOURCE);
    t.same(scenario.take("lock"), []);
    scenario.lockHolder = "pid 7";
    scenario.link({});
    scenario.addresses([kernelAddress("192.0.2.2/24"), kernelAddress("192.0.2.10")]);
    scenario.until(2);
    t.same(scenario.take("lock", "remove"), ["0.000 lock", "1.000 lock", "2.000 lock"]);
    t.equal(scenario.status().reason, "another daemon on this host runs this virtual router: pid 7");
    scenario.lockHolder = null;
    scenario.advance(1);
    t.equal(scenario.state, "BACKUP");
    t.same(scenario.take("lock", "remove"), ["3.000 lock", "3.000 remove 192.0.2.10/32"]);
    scenario.until(6);
    t.same(scenario.take("lock"), []);
  },
);

t.test("a lock that is not answered is not asked for twice", async (t) => {
  const scenario = new Scenario();
  scenario.lockHolder = undefined;
  scenario.link({});
  scenario.link({ carrier: false });
  scenario.link(null);
  scenario.link({});
  t.same(scenario.take("lock"), ["0.000 lock"]);
});
