import t from "tap";
import { Scenario } from "./scenario.js";
import { kernelAddress, keyOf, ROUTER, VIRTUAL_ADDRESS } from "./values.js";

const VIP = kernelAddress("192.0.2.10", { marked: true });
const presence = (scenario: Scenario) =>
  scenario.status().virtualAddresses.map((address) => address.presence);

t.test(
  "[8.1.2-2 +-] [8.2.2 +-] an address is announced once the kernel has confirmed it, not before",
  async (t) => {
    for (const virtualAddress of ["192.0.2.10", "2001:db8::10"]) {
      const scenario = Scenario.started({ virtualAddresses: [virtualAddress] });
      scenario.slowKernel = true;
      scenario.until(3.7);
      t.equal(scenario.take("add").length, 1);
      scenario.until(5);
      t.same(scenario.take("announce"), []);
      scenario.answer();
      t.match(scenario.take("announce"), ["5.000 announce"]);
    }
  },
);

t.test(
  "[8.1.2-2 -] a refused address is not announced; it is tried again ever later, others are served",
  async (t) => {
    const scenario = Scenario.started({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
    scenario.kernel = (_, address) => (address === "192.0.2.10/32" ? "ENOMEM" : null);
    scenario.until(3.6);
    scenario.take();
    scenario.until(20);
    const lines = scenario.take("add", "announce", "warn");
    t.same(
      lines.filter((line) => line.includes("announce") && line.includes("192.0.2.10/32")),
      [],
    );
    t.same(
      lines.filter((line) => / add \d/.test(line)).map((line) => line.split(" ")[0]),
      ["3.609", "3.709", "3.909", "4.309", "5.109", "6.709", "9.909", "14.909", "19.909"],
    );
    t.match(
      lines.filter((line) => line.includes("warn")),
      [/192.0.2.10\/32: the kernel refuses to add it: ENOMEM/],
    );
    t.same(presence(scenario), ["absent", "ours"]);
    t.equal(scenario.status().virtualAddresses[0]?.refusal, "the kernel refuses to add it: ENOMEM");
    scenario.kernel = () => null;
    scenario.advance(5);
    t.same(presence(scenario), ["ours", "ours"]);
    t.equal(scenario.status().virtualAddresses[0]?.refusal, null);
  },
);

t.test("somebody removes an address: back at once and announced, still master", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.take();
  scenario.changed("removed", VIP);
  scenario.advance(0);
  t.match(scenario.take("warn", "add", "announce"), [
    /warn address-meddled: \(web\) 192.0.2.10\/32: somebody removed it; it is put back/,
    "30.000 add 192.0.2.10/32",
    "30.000 announce 192.0.2.10/32",
  ]);
  t.equal(scenario.state, "MASTER");
  t.equal(scenario.status().counters.addressesMeddled, 1);
});

t.test("somebody removes it in a loop: put back ever later, at least every 5 s", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.take();
  const delays: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const removedAt = scenario.now;
    scenario.changed("removed", VIP);
    while (presence(scenario)[0] !== "ours") scenario.nextDeadline();
    delays.push((scenario.now - removedAt) / 1000);
  }
  t.same(delays, [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  t.equal(scenario.take("warn").length, 1, "one line a minute");
  scenario.advance(11);
  const removedAt = scenario.now;
  scenario.changed("removed", VIP);
  scenario.nextDeadline();
  t.equal(scenario.now, removedAt, "after a calm time at once again");
});

t.test("the node's own address is never added, removed or leased, only announced", async (t) => {
  const scenario = new Scenario({ leaseSeconds: 90 });
  scenario.link({});
  scenario.addresses([kernelAddress("192.0.2.10/24")]);
  scenario.source("192.0.2.10");
  scenario.until(60);
  t.equal(scenario.state, "MASTER");
  scenario.shutdown();
  const lines = scenario.take();
  t.same(
    lines.filter((line) => / (add|remove) /.test(line)),
    [],
  );
  t.equal(lines.filter((line) => line.includes(" announce ")).length, 10);
  t.match(
    lines.find((line) => line.includes("warn")),
    /this node's own address and stays untouched/,
  );
});

t.test("events of other addresses, or of the same with another prefix, change nothing", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.take();
  scenario.changed("removed", kernelAddress("192.0.2.99"));
  scenario.changed("removed", kernelAddress("192.0.2.10/24"));
  scenario.changed("added", kernelAddress("192.0.2.10/24"));
  t.same(scenario.take(), []);
  t.same(presence(scenario), ["ours"]);
});

t.test("a dump finds what events did not tell: gone on a master, there on a backup", async (t) => {
  const master = Scenario.master();
  master.addresses([VIP]);
  t.same(master.take(), []);
  master.addresses([kernelAddress("192.0.2.2/24")]);
  master.advance(0);
  t.match(master.take("warn", "add"), [/address-meddled/, /add 192.0.2.10/]);
  const backup = Scenario.started();
  backup.addresses([kernelAddress("192.0.2.2/24"), VIP]);
  t.same(presence(backup), ["leftover"]);
  backup.addresses([kernelAddress("192.0.2.2/24")]);
  t.same(presence(backup), ["absent"]);
});

t.test("a dump that lacks an address whose add is not answered: asked for again", async (t) => {
  const scenario = Scenario.started();
  scenario.slowKernel = true;
  scenario.until(3.7);
  scenario.take();
  scenario.addresses([]);
  scenario.advance(0.1);
  t.same(scenario.take("add"), ["3.800 add 192.0.2.10/32"]);
});

t.test("the mastership ends before the add is answered: removed as soon as it is there", async (t) => {
  const scenario = Scenario.started();
  scenario.slowKernel = true;
  scenario.until(3.7);
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.answer();
  t.same(scenario.take("remove", "announce"), ["3.700 remove 192.0.2.10/32"]);
  scenario.answer();
  t.same(presence(scenario), ["absent"]);
});

t.test("removed and claimed again before either is answered: announced, because it is there", async (t) => {
  const scenario = Scenario.master();
  scenario.slowKernel = true;
  scenario.advert({ priority: 200 });
  scenario.advert({ priority: 0 });
  scenario.advance(1);
  t.equal(scenario.state, "MASTER");
  scenario.take();
  scenario.answer();
  t.same(presence(scenario), ["ours"]);
  t.match(scenario.take("announce", "remove"), [/announce/]);
});

t.test("a refused removal is tried again until it is done", async (t) => {
  const scenario = Scenario.master();
  scenario.kernel = () => "ENOBUFS";
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.advance(0.35);
  t.equal(scenario.take("remove").length, 2);
  scenario.kernel = () => null;
  scenario.adverts({ priority: 200 }, 30);
  t.equal(scenario.take("remove").length, 1);
  t.same(presence(scenario), ["absent"]);
});

t.test("an add that is refused after the mastership is no longer of interest", async (t) => {
  const scenario = Scenario.started();
  scenario.slowKernel = true;
  scenario.until(3.7);
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.kernel = () => "ENODEV";
  scenario.answer();
  t.same(scenario.take(), []);
  t.equal(scenario.status().counters.addressesRefused, 1);
});

t.test("the interface goes while results are due: whatever comes, nothing stays to be done", async (t) => {
  const scenario = Scenario.started();
  scenario.slowKernel = true;
  scenario.until(3.7);
  scenario.link(null);
  t.equal(scenario.state, "FAULT");
  scenario.answer();
  scenario.answer();
  t.same(presence(scenario), ["absent"]);
  t.equal(scenario.core.deadline(), null);
});

t.test(
  "the node gets a virtual address as its own while master: announced, not added any more",
  async (t) => {
    const scenario = Scenario.started();
    scenario.kernel = () => "EPERM";
    scenario.until(4);
    scenario.changed("added", kernelAddress("192.0.2.10/24"));
    scenario.take();
    scenario.until(5);
    t.equal(scenario.take("announce")[0], "4.000 announce 192.0.2.10/32");
    scenario.until(30);
    t.same(scenario.take("add"), []);
  },
);

t.test("one wake-up removes and claims, and the host adds before it removes: put back at once", async (t) => {
  const scenario = Scenario.master();
  scenario.slowKernel = true;
  scenario.advert({ priority: 200 });
  scenario.advert({ priority: 0 });
  scenario.advance(1);
  const done = [{ address: keyOf(VIRTUAL_ADDRESS), result: "done" }] as const;
  scenario.take();
  scenario.send({ type: "addressResults", router: ROUTER, operation: "add", outcomes: done });
  scenario.send({ type: "addressResults", router: ROUTER, operation: "remove", outcomes: done });
  scenario.advance(0);
  t.same(scenario.take("add", "announce"), ["4.609 announce 192.0.2.10/32", "4.609 add 192.0.2.10/32"]);
  t.same(presence(scenario), ["absent"]);
});

t.test(
  "the node's own address is away for a moment: left to whoever puts it back, else served",
  async (t) => {
    const own = kernelAddress("192.0.2.10/24");
    for (const isBack of [true, false]) {
      const scenario = Scenario.started();
      scenario.addresses([own]);
      scenario.until(30);
      scenario.take();
      scenario.changed("removed", own);
      scenario.advance(0.3);
      t.same(scenario.take("add"), []);
      if (isBack) scenario.changed("added", own);
      scenario.advance(5);
      t.same(scenario.take("add"), isBack ? [] : ["30.500 add 192.0.2.10/32"]);
      t.same(presence(scenario), [isBack ? "own" : "ours"]);
    }
  },
);

t.test("an address that goes with another one of ours is back at once, and nobody is blamed", async (t) => {
  const scenario = Scenario.master();
  scenario.until(30);
  scenario.take();
  const removed = { type: "addressChanged", interface: "eth0", change: "removed", alone: false } as const;
  scenario.send({ ...removed, address: VIP, takenAlong: true });
  scenario.advance(0);
  t.match(scenario.take("warn", "add", "announce"), [
    /warn address-taken-along: .* it went with another address of its subnet that vrrpd removed .* it is put back/,
    "30.000 add 192.0.2.10/32",
    "30.000 announce 192.0.2.10/32",
  ]);
  t.equal(scenario.status().counters.addressesMeddled, 0);
});
