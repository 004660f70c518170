/** A dead or frozen daemon's addresses leave by themselves; a living one's never do. */
import t from "tap";
import { type Host, type HostProcess, until } from "../netns/index.js";
import { AddressMonitor, lanOf, range, SECOND, startDaemon, untilMaster } from "./support.js";

t.jobs = 3;

/** The kernel's own lateness, as the design promises it; and that of the program that looks, on a busy machine. */
const KERNEL_LATE = 1.1 * SECOND;
const OBSERVER_LATE = 0.5 * SECOND;

const CASES = [
  { interval: "1", leaseSeconds: 2, end: "killed" },
  { interval: "1", leaseSeconds: 2, end: "frozen" },
  { interval: "0.1", leaseSeconds: 1, end: "killed" },
  { interval: "0.1", leaseSeconds: 1, end: "frozen" },
] as const;

for (const { interval, leaseSeconds, end } of CASES) {
  t.test(`a ${end} master, fast at ${interval} s: both families are gone within lease + 1.1 s`, async (t) => {
    const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24", "2001:db8::40/64"] } });
    const a = lan.host("a");
    const monitor = await AddressMonitor.start(a);
    const vips = ["192.0.2.101", "2001:db8::101"];
    const daemon = startDaemon(a, {
      OPENSHIFT_HA_VIRTUAL_IPS: vips.join(),
      OPENSHIFT_HA_VIP_GROUPS: "1",
      VRRPD_ADVERT_INTERVAL: interval,
      VRRPD_VIP_LEASE: "fast",
    });
    await untilMaster(daemon, 2);
    await until(() => vips.every((vip) => monitor.of(vip).length >= 4), {
      what: "renewals",
      timeoutMs: 30_000,
    });
    t.notOk(
      vips.some((vip) => monitor.of(vip).some(({ removed }) => removed)),
      "never gone while it lived",
    );
    if (end === "killed") daemon.kill("SIGKILL");
    else daemon.freeze();
    for (const vip of vips) {
      const gone = await until(() => monitor.of(vip).find(({ removed }) => removed), {
        what: `${vip} to go`,
      });
      const renewed = monitor.of(vip).filter(({ removed, atMicros }) => !removed && atMicros < gone.atMicros);
      const after = gone.atMicros - renewed.at(-1)!.atMicros;
      t.comment(`${vip}: gone ${after / SECOND} s after its last renewal`);
      t.ok(after <= leaseSeconds * SECOND + KERNEL_LATE + OBSERVER_LATE, `${vip} after ${after} µs`);
      t.ok(after >= leaseSeconds * SECOND - SECOND, "and not before its lease");
    }
  });
}

t.test("renewals of the whole host go out in one batch, 15 a minute for a lease of 9 s", async (t) => {
  const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
  const monitor = await AddressMonitor.start(lan.host("a"));
  const daemon = startDaemon(lan.host("a"), {
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-140",
    OPENSHIFT_HA_VIP_GROUPS: "20",
    VRRPD_VIP_LEASE: "9",
  });
  await untilMaster(daemon, 20);
  const vips = range(101, 140).map((last) => `192.0.2.${last}`);
  await until(() => vips.every((vip) => monitor.of(vip).length >= 4), {
    what: "3 renewals",
    timeoutMs: 40_000,
  });
  for (const renewal of [1, 2, 3]) {
    const times = vips.map((vip) => monitor.of(vip)[renewal]!.atMicros);
    t.ok(Math.max(...times) - Math.min(...times) < SECOND, "all 40 together, not spread over the 4 s");
  }
  const times = monitor.of(vips[0]!).map(({ atMicros }) => atMicros);
  const interval = (times[3]! - times[1]!) / 2;
  t.ok(Math.abs(interval - 4 * SECOND) < 0.5 * SECOND, `4 s apart: ${interval} µs`);
  t.equal(vips.filter((vip) => monitor.of(vip).length > 5).length, 0, "no others between them");
});

t.test("fast: renewals go with the adverts, never between", async (t) => {
  const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
  const capture = await lan.capture();
  const monitor = await AddressMonitor.start(lan.host("a"));
  const vip = "192.0.2.101";
  const daemon = startDaemon(lan.host("a"), { OPENSHIFT_HA_VIRTUAL_IPS: vip, VRRPD_VIP_LEASE: "fast" });
  await untilMaster(daemon);
  await until(() => monitor.of(vip).length >= 6, { what: "5 renewals", timeoutMs: 30_000 });
  const adverts = capture.adverts().map(({ atMicros }) => atMicros);
  for (const { atMicros } of monitor.of(vip).slice(0, 6)) {
    const nearest = Math.min(...adverts.map((at) => Math.abs(at - atMicros)));
    t.ok(nearest < 0.3 * SECOND, `a renewal ${nearest} µs from its advert, which come 1 s apart`);
  }
  await untilFrozenMasterIsReplaced(daemon, lan.host("a"), vip);
});

/** A frozen master's address goes before a backup, after 3.6 s, would put it on another host. */
async function untilFrozenMasterIsReplaced(daemon: HostProcess, host: Host, vip: string): Promise<void> {
  daemon.freeze();
  await until(async () => !(await host.hasAddress(vip)), { what: "the frozen master's address to go" });
}
