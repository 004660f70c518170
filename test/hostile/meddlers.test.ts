/** Somebody else changes the virtual addresses, or has one of them. */
import t from "tap";
import { Nodes, VIP } from "../daemon/nodes.js";
import { type Capture, until } from "../netns/index.js";
import { AddressMonitor, logged, SECOND, untilMaster } from "./support.js";

t.jobs = 3;

function announcements(capture: Capture, afterMicros: number) {
  return capture.arps({ sender: VIP, from: "a", afterMicros }).filter(({ gratuitous }) => gratuitous);
}

t.test(
  "an address that somebody deletes is back and announced in under 200 ms, without leaving MASTER",
  async (t) => {
    const nodes = await Nodes.create(t);
    nodes.start("a");
    await nodes.untilHeldBy("a");
    const host = nodes.host("a");
    const monitor = await AddressMonitor.start(host);
    await host.ok(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
    const back = await until(() => monitor.of(VIP).find(({ removed }) => !removed), {
      what: "it to be back",
    });
    const gone = monitor.of(VIP).find(({ removed }) => removed)!;
    t.ok(back.atMicros - gone.atMicros < 0.2 * SECOND, `back after ${back.atMicros - gone.atMicros} µs`);
    const announced = await until(() => announcements(nodes.capture, gone.atMicros)[0], {
      what: "its announcement",
    });
    const afterMicros = announced.atMicros - gone.atMicros;
    t.ok(afterMicros < 0.2 * SECOND, `announced after ${afterMicros} µs`);
    t.match((await nodes.status("a")).instances[0], {
      state: "MASTER",
      counters: { becomeMaster: 1, addressesMeddled: 1, addressesExpired: 0 },
    });
  },
);

t.test("one that is deleted in a loop is tried again ever more rarely, counted, and reported", async (t) => {
  const nodes = await Nodes.create(t);
  const a = nodes.start("a");
  await nodes.untilHeldBy("a");
  const monitor = await AddressMonitor.start(nodes.host("a"));
  const command = `while :; do ip address del ${VIP}/32 dev ens3 2>/dev/null; sleep 0.02; done`;
  const meddler = nodes.host("a").start(["sh", "-c", command]);
  const added = () => monitor.of(VIP).filter(({ removed }) => !removed);
  await until(() => added().length >= 7, { what: "seven attempts", timeoutMs: 60_000 });
  const times = added().map(({ atMicros }) => atMicros);
  const gaps = times.slice(1).map((at, position) => at - times[position]!);
  t.ok(gaps[5]! > 8 * gaps[0]!, `backoff: ${gaps.map((gap) => gap / 1000).join(", ")} ms`);
  t.equal(logged(a, "address-meddled").length, 1, "reported once a minute");
  const { instances } = await nodes.status("a");
  t.match(instances[0], { state: "MASTER", counters: { becomeMaster: 1 } });
  t.ok(instances[0]!.counters.addressesMeddled >= 6, "each is counted");
  meddler.kill("SIGKILL");
  await nodes.untilHeldBy("a");
});

t.test("one that somebody adds on a backup is reported; VRRPD_GUARD_REMOVE=on removes it", async (t) => {
  const nodes = await Nodes.create(t);
  nodes.start("b", { VRRPD_PRIORITY: "200" });
  const plain = nodes.start("a", { VRRPD_PRIORITY: "100" });
  await nodes.untilHeldBy("b");
  await nodes.untilState("a", "BACKUP");
  const add = () => nodes.host("a").ok(["ip", "address", "add", `${VIP}/32`, "dev", "ens3"]);
  await add();
  await plain.waitForLine(/192\.0\.2\.101\/32: somebody added it on a backup"/);
  t.ok(await nodes.host("a").hasAddress(VIP), "and it stays");
  await plain.stop();
  const guarding = nodes.start("a", { VRRPD_PRIORITY: "100", VRRPD_GUARD_REMOVE: "on" });
  await guarding.waitForLine(/Entering BACKUP STATE/);
  await nodes.untilHeldBy("b");
  await add();
  await guarding.waitForLine(/somebody added it on a backup; it is removed/);
  await nodes.untilHeldBy("b");
});

t.test("another host that has an address is detected by asking, and reported with its MAC", async (t) => {
  const nodes = await Nodes.create(t, { OPENSHIFT_HA_VIRTUAL_IPS: `${VIP} 2001:db8::101` });
  const a = nodes.start("a");
  await untilMaster(a, 2);
  const client = nodes.host("client");
  // Added in silence, as by a mistaken configuration: no announcement gives them away.
  await client.ok(["ip", "address", "add", `${VIP}/32`, "dev", "ens3"]);
  await client.ok(["ip", "address", "add", "2001:db8::101/128", "dev", "ens3", "nodad"]);
  const line = await a.waitForLine(/192\.0\.2\.101 is also answered by/, { timeoutMs: 30_000 });
  t.match(line.text, `${VIP} is also answered by ${client.mac}`);
  const six = await a.waitForLine(/2001:db8::101 is also answered by/, { timeoutMs: 30_000 });
  t.match(six.text, client.mac);
  await until(() => announcements(nodes.capture, line.atMicros - SECOND).length > 0, {
    what: "announcements",
  });
  t.equal(nodes.capture.arps({ from: "a", sender: "0.0.0.0", target: VIP }).length, 1, "asked once");
  for (const instance of (await nodes.status("a")).instances) {
    t.match(instance, { state: "MASTER" });
    t.ok(instance.counters.addressConflicts >= 1, "counted");
  }
});

t.test("another host that announces an address is heard at once, and announced against", async (t) => {
  const nodes = await Nodes.create(t);
  const a = nodes.start("a");
  // Past the question after two seconds and the announcements of the first six.
  const settled = () => announcements(nodes.capture, 0).length >= 10;
  await until(settled, { what: "the announcements of becoming master", timeoutMs: 30_000 });
  const client = nodes.host("client");
  await client.ok(["sysctl", "-q", "-w", "net.ipv4.conf.ens3.arp_notify=1"]);
  await client.ok(["ip", "address", "add", `${VIP}/32`, "dev", "ens3"]);
  const startedAt = Date.now() * 1000;
  // Linux then announces its addresses.
  await client.ok(["ip", "link", "set", "ens3", "address", "02:00:00:00:00:77"]);
  const line = await a.waitForLine(/192\.0\.2\.101 is also answered by 02:00:00:00:00:77/);
  t.ok(line.atMicros - startedAt < 5 * SECOND, "far sooner than it would be asked for");
  await until(() => announcements(nodes.capture, startedAt).length >= 3, {
    what: "announcements against it",
  });
});
