/** A dead or frozen daemon's addresses leave by themselves; a living one's never do. */
import t from "tap";
import { advert, type Host, type HostProcess, until } from "../netns/index.js";
import { AddressMonitor, lanOf, MAY_REALTIME, range, SECOND, startDaemon, untilMaster } from "./support.js";

t.jobs = 3;

/** The kernel's own lateness, as the documents promise it. */
const KERNEL_LATE = 1.1 * SECOND;
/** That of the program that looks, on a busy machine. */
const OBSERVER_LATE = (MAY_REALTIME ? 0.05 : 0.5) * SECOND;

const FOREVER = Number.POSITIVE_INFINITY;

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

const LIFETIMES = [
  { setting: {}, said: "90 s unless told otherwise", from: 81, to: 90 },
  { setting: { VRRPD_VIP_LEASE: "30" }, said: "as many seconds as told", from: 21, to: 30 },
  {
    setting: { VRRPD_VIP_LEASE: "off" },
    said: "none, so that it stays for ever",
    from: FOREVER,
    to: FOREVER,
  },
];

for (const { setting, said, from, to } of LIFETIMES) {
  t.test(`the lease of an address in the kernel is ${said}`, async (t) => {
    const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
    const host = lan.host("a");
    const daemon = startDaemon(host, { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101", ...setting });
    await untilMaster(daemon);
    await until(() => host.hasAddress("192.0.2.101"), { what: "the address" });
    daemon.kill("SIGKILL");
    await daemon.exited;
    const shown = await host.ok(["ip", "-oneline", "address", "show", "dev", "ens3", "to", "192.0.2.101"]);
    const left = /valid_lft (\w+)/.exec(shown)![1]!.replace("sec", "");
    const seconds = left === "forever" ? FOREVER : Number(left);
    t.ok(seconds >= from && seconds <= to, `valid for ${left}`);
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
  const renewals = monitor.of(vip).slice(0, 6);
  // The one after: then those before it have been recorded as well.
  await capture.waitFor(advert({ afterMicros: renewals[5]!.atMicros + SECOND / 2 }));
  const adverts = capture.adverts().map(({ atMicros }) => atMicros);
  t.notOk(
    renewals.some(({ removed }) => removed),
    "renewed in time",
  );
  const apart = renewals
    .map(({ atMicros }) => Math.min(...adverts.map((at) => Math.abs(at - atMicros))))
    .sort((one, other) => one - other);
  t.comment(`from their adverts, which come 1 s apart: ${apart.join(", ")} µs`);
  t.ok(apart[3]! < 0.05 * SECOND, "most at the same moment, as far as another program can tell");
  t.ok(apart[5]! < 0.3 * SECOND, "and none between them");
  await untilFrozenMasterIsReplaced(daemon, lan.host("a"), vip);
});

/** A frozen master's address goes before a backup, after 3.6 s, would put it on another host. */
async function untilFrozenMasterIsReplaced(daemon: HostProcess, host: Host, vip: string): Promise<void> {
  daemon.freeze();
  await until(async () => !(await host.hasAddress(vip)), { what: "the frozen master's address to go" });
}
