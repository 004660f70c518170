import t from "tap";
import { Absence } from "../../src/daemon/absence.js";
import { held, host, planOf } from "../config/support.js";

const VIRTUAL = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100" };
const THERE = host({ eth0: ["192.0.2.10/24", "192.0.2.100/32"] });
const AWAY = host({ eth0: ["192.0.2.100/32"] });
const PLAN = planOf(VIRTUAL, THERE);

t.test("a plan that stands on an address which has just gone stays for half a second", async (t) => {
  const absence = new Absence();
  t.equal(absence.holdsUntil(0, PLAN, THERE), null);
  t.equal(absence.holdsUntil(1_000, PLAN, AWAY), 501_000);
  t.equal(absence.holdsUntil(200_000, PLAN, AWAY), 501_000, "however often it is asked");
  t.equal(absence.holdsUntil(501_000, PLAN, AWAY), null);
  t.equal(absence.holdsUntil(502_000, planOf(VIRTUAL, AWAY), AWAY), null, "the plan that was made then");
});

t.test("each absence has its time", async (t) => {
  const absence = new Absence();
  absence.holdsUntil(0, PLAN, AWAY);
  t.equal(absence.holdsUntil(400_000, PLAN, THERE), null);
  t.equal(absence.holdsUntil(600_000, PLAN, AWAY), 1_100_000);
});

t.test("an address that is back and tentative is waited for", async (t) => {
  const addresses = [held("fe80::1/64"), "2001:db8::10/64"];
  const plan = planOf({ OPENSHIFT_HA_VIRTUAL_IPS: "2001:db8::100" }, host({ eth0: addresses }));
  const tentative = host({ eth0: [held("fe80::1/64", { tentative: true })] });
  const absence = new Absence();
  t.equal(absence.holdsUntil(0, plan, host({ eth0: [] })), 500_000);
  t.equal(absence.holdsUntil(100_000, plan, tentative), 3_000_000);
  t.equal(absence.holdsUntil(3_000_000, plan, tentative), null);
});

t.test("another address in its place, or an interface of no use, holds nothing up for ever", async (t) => {
  const absence = new Absence();
  const another = host({ eth0: ["192.0.2.11/24"] });
  t.equal(absence.holdsUntil(0, PLAN, another), 500_000);
  t.equal(absence.holdsUntil(0, PLAN, host({})), null);
  const down = {
    ...AWAY,
    interfaces: AWAY.interfaces.map((one) => ({ ...one, link: { ...one.link, carrier: false } })),
  };
  t.equal(absence.holdsUntil(0, PLAN, down), null);
});
