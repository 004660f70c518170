import t from "tap";
import { routerId } from "../../src/core/identity.js";
import { coreConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { kernelAddress } from "./values.js";

const VIP = kernelAddress("192.0.2.10", { marked: true, validSeconds: 90 });
const LEASED = coreConfig([{ leaseSeconds: 90 }], { renewIntervalMicros: 40_000_000 });

t.test("renewed every 40 s, all masters in one batch, backups and the unleased not", async (t) => {
  const routers = [
    { name: "a", leaseSeconds: 90 },
    { name: "b", leaseSeconds: 90, virtualAddresses: ["192.0.2.11"], priority: 200 },
    { name: "c", leaseSeconds: 90, virtualAddresses: ["192.0.2.12"] },
    { name: "d", leaseSeconds: null, virtualAddresses: ["192.0.2.13"] },
  ];
  const scenario = Scenario.started(coreConfig(routers, { renewIntervalMicros: 40_000_000 }));
  const follow = (seconds: number) => {
    for (const end = scenario.now / 1e6 + seconds; scenario.now / 1e6 < end; scenario.advance(1)) {
      scenario.advert({ router: routerId("eth0", "ipv4", 3), priority: 200, addresses: ["192.0.2.12"] });
    }
  };
  follow(5);
  scenario.take();
  follow(80);
  t.same(scenario.take("add"), [
    "43.219 add [eth0/ipv4/1] 192.0.2.10/32",
    "43.219 add [eth0/ipv4/2] 192.0.2.11/32",
    "83.219 add [eth0/ipv4/1] 192.0.2.10/32",
    "83.219 add [eth0/ipv4/2] 192.0.2.11/32",
  ]);
  t.equal(scenario.status(0).counters.leaseRenewals, 2);
});

t.test("a renewal is not announced", async (t) => {
  const scenario = Scenario.master(LEASED);
  scenario.until(20);
  scenario.take();
  scenario.until(60);
  t.same(scenario.take("announce"), []);
});

t.test("without a master nothing is renewed nor waited for", async (t) => {
  const scenario = Scenario.master(LEASED);
  scenario.adverts({ priority: 200 }, 100);
  scenario.take();
  scenario.adverts({ priority: 200 }, 100);
  t.same(scenario.take("add"), []);
  t.equal(scenario.core.deadline()?.reason, "master down");
});

t.test("fast: renewed together with each advert, never between", async (t) => {
  const scenario = Scenario.master({ leaseSeconds: 2 });
  scenario.until(7);
  t.same(scenario.take("advert", "add"), [
    "4.609 advert",
    "4.609 add 192.0.2.10/32",
    "5.609 advert",
    "5.609 add 192.0.2.10/32",
    "6.609 advert",
    "6.609 add 192.0.2.10/32",
  ]);
});

t.test("fast: adverts at 100 a second renew a lease of 1 s three times a second", async (t) => {
  const scenario = Scenario.master({ leaseSeconds: 1, advertIntervalMicros: 10_000 });
  scenario.advance(1);
  scenario.take();
  scenario.advance(10);
  const renewals = scenario.take("add").length;
  t.ok(renewals >= 29 && renewals <= 30, `${renewals}`);
});

t.test(
  "fast: a rival that is answered all the time does not keep the lease from being renewed",
  async (t) => {
    const scenario = Scenario.master({ leaseSeconds: 2 });
    scenario.take();
    scenario.adverts({ priority: 50 }, 10, 0.9);
    const times = scenario.take("add").map((line) => Number(line.split(" ")[0]));
    t.ok(times.length >= 10, `${times.length}`);
  },
);

t.test(
  "an address that goes while its lease is overdue has expired; before, it was meddled with",
  async (t) => {
    const expired = Scenario.master(LEASED);
    expired.stall(90);
    expired.changed("removed", VIP);
    const lines = expired.take("warn address");
    t.match(lines, [/address-expired: .* its lease ran out; it is put back unless another is master/]);
    t.match(expired.status().counters, { addressesExpired: 1, addressesMeddled: 0 });
    const meddled = Scenario.master(LEASED);
    meddled.advance(89);
    meddled.changed("removed", VIP);
    t.match(meddled.status().counters, { addressesExpired: 0, addressesMeddled: 1 });
  },
);

t.test("nothing is renewed for a node in FAULT", async (t) => {
  const scenario = Scenario.master(LEASED);
  scenario.link({ carrier: false });
  scenario.take();
  scenario.advance(41);
  t.same(scenario.take(), []);
  t.equal(scenario.core.deadline(), null);
});
