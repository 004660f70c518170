import t from "tap";
import { notifyCommand } from "./configurations.js";
import { Scenario } from "./scenario.js";

const NOTIFIED = { notify: [notifyCommand()] };

t.test("a master: released, removed, STOP at the end", async (t) => {
  const scenario = Scenario.master(NOTIFIED);
  scenario.take();
  scenario.shutdown();
  t.same(scenario.take(), [
    "3.609 release",
    "3.609 release",
    "3.609 remove 192.0.2.10/32",
    "3.609 INIT: vrrpd is stopping",
    "3.609 notify STOP 100",
  ]);
});

t.test("STOP only where something had been notified", async (t) => {
  const waiting = new Scenario(NOTIFIED);
  waiting.link({});
  waiting.shutdown();
  t.same(waiting.take("notify"), []);
  const silent = Scenario.master();
  silent.shutdown();
  t.same(silent.take("notify"), []);
  const fault = Scenario.started(NOTIFIED);
  fault.link({ carrier: false });
  fault.take();
  fault.shutdown();
  t.same(fault.take("notify"), ["0.000 notify STOP 100"]);
});

t.test("afterwards every input is ignored and nothing is waited for", async (t) => {
  const scenario = Scenario.master({ ...NOTIFIED, leaseSeconds: 90 });
  scenario.shutdown();
  scenario.take();
  scenario.advert({ priority: 0 });
  scenario.link({ carrier: false });
  scenario.link({});
  scenario.configure({ priority: 255 });
  scenario.shutdown();
  scenario.deadline();
  t.same(scenario.take(), []);
  t.equal(scenario.state, "INIT");
  t.equal(scenario.core.deadline(), null);
});

t.test("a lock that is asked for every second is no longer asked for", async (t) => {
  const scenario = new Scenario();
  scenario.lockHolder = "pid 7";
  scenario.link({});
  scenario.shutdown();
  t.equal(scenario.core.deadline(), null);
});

t.test("an add that was under way is undone, a refused removal tried again", async (t) => {
  const scenario = Scenario.started();
  scenario.slowKernel = true;
  scenario.until(3.7);
  scenario.shutdown();
  scenario.take();
  scenario.answer();
  t.same(scenario.take(), ["3.700 remove 192.0.2.10/32"]);
  scenario.kernel = () => "ENOBUFS";
  scenario.answer();
  scenario.take();
  scenario.slowKernel = false;
  scenario.kernel = () => null;
  scenario.advance(1);
  t.same(scenario.take(), ["3.800 remove 192.0.2.10/32"]);
  t.equal(scenario.core.deadline(), null);
});

t.test("the order of states that a notify script sees", async (t) => {
  const scenario = Scenario.started(NOTIFIED);
  scenario.until(4);
  scenario.advert({ priority: 200 });
  scenario.link({ carrier: false });
  scenario.link({});
  scenario.shutdown();
  t.same(
    scenario.take("notify").map((line) => line.split(" ")[2]),
    ["BACKUP", "MASTER", "BACKUP", "FAULT", "BACKUP", "STOP"],
  );
});
