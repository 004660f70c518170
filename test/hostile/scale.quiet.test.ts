/** 255 virtual routers and 1,000 addresses on one interface, beside two more interfaces. */
import t from "tap";
import { type Host, type HostProcess, type Lan, until } from "../netns/index.js";
import { describeSpacing, spacingOf } from "./spacing.js";
import { lanOf, MAY_REALTIME, processorSeconds, range, SECOND, startDaemon } from "./support.js";

/** A third are IPv6, since the documentation ranges have no more IPv4 addresses. */
const VIPS = [
  "192.0.2.101-190",
  "198.51.100.1-250",
  "203.0.113.1-250",
  "2001:db8::1000-1199", // 0x19a = 410
].join(" ");
const VIP_COUNT = 90 + 250 + 250 + 410;
const GROUPS = 255;

const ENV = {
  OPENSHIFT_HA_VIRTUAL_IPS: VIPS,
  OPENSHIFT_HA_VIP_GROUPS: String(GROUPS),
  OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
};

/** Where permitted: what is late then is late by the daemon's own doing. */
const REALTIME = MAY_REALTIME ? { VRRPD_REALTIME: "10" } : {};

async function virtualAddresses(host: Host): Promise<number> {
  const bare = ({ prefixLength, address }: { prefixLength: number; address: string }) =>
    (prefixLength === 32 || prefixLength === 128) && !["127.0.0.1", "::1"].includes(address);
  return (await host.addresses()).filter(bare).length;
}

const masters = (daemon: HostProcess) =>
  daemon.lines.filter(({ text }) => text.includes("Entering MASTER STATE")).length;

async function lanOfTwo(t: Parameters<typeof lanOf>[0]): Promise<Lan> {
  const addresses = (last: number) => [`192.0.2.${last}/24`, `2001:db8::${last}/64`];
  return lanOf(t, { a: { addresses: addresses(40) }, b: { addresses: addresses(41) } });
}

t.test(
  `takeover of ${GROUPS} virtual routers and 1,000 addresses delays no advert by a tenth of the interval`,
  async (t) => {
    const lan = await lanOfTwo(t);
    const capture = await lan.capture();
    const [a, b] = [lan.host("a"), lan.host("b")];
    const first = startDaemon(a, { ...ENV, VRRPD_PRIORITY: "200" });
    await until(async () => (await virtualAddresses(a)) === VIP_COUNT, {
      what: "1,000 addresses",
      timeoutMs: 60_000,
    });
    const second = startDaemon(b, { ...ENV, ...REALTIME, VRRPD_PRIORITY: "100" });
    const inBackup = () => second.lines.filter(({ text }) => text.includes("Entering BACKUP")).length;
    await until(() => inBackup() >= GROUPS, { what: "BACKUP", timeoutMs: 60_000 });
    const heardBy = Date.now() * 1000 + 2 * SECOND;
    await until(() => Date.now() * 1000 > heardBy, { what: "all to have been heard" });
    t.strictSame(capture.adverts({ from: "b" }), [], "the backup has sent nothing");
    const killedAt = first.kill("SIGKILL");
    await until(() => masters(second) >= GROUPS, { what: "the takeover", timeoutMs: 60_000 });
    await until(async () => (await virtualAddresses(b)) === VIP_COUNT, {
      what: "1,000 addresses",
      timeoutMs: 60_000,
    });
    // Past the second half of the announcements.
    const endsAt = Date.now() * 1000 + 8 * SECOND;
    await until(() => Date.now() * 1000 > endsAt, { what: "all announcements", timeoutMs: 20_000 });
    const adverts = capture.adverts({ from: "b", afterMicros: killedAt });
    const spacing = spacingOf(adverts, SECOND);
    t.comment(`after the takeover: ${describeSpacing(spacing)}`);
    t.ok(spacing.mostLateMicros <= SECOND / 10, `${spacing.mostLateMicros} µs late`);
    const firsts = new Map(
      adverts.toReversed().map((seen) => [`${seen.family} ${seen.advert.virtualRouterId}`, seen.atMicros]),
    );
    t.ok(firsts.size >= GROUPS);
    const silence = Math.max(...firsts.values()) - killedAt;
    t.comment(
      `the last of them took over ${silence / 1000} ms after the kill; the protocol asks for 3,609 at the most`,
    );
    t.ok(silence < 3.61 * SECOND + SECOND / 10, "all within the protocol's time");
    const announced = new Set(
      capture.frames.flatMap((frame) => {
        if (frame.atMicros <= killedAt || frame.from !== "b") return [];
        if (frame.kind === "arp" && frame.gratuitous) return [frame.sender];
        return frame.kind === "neighbor-advertisement" ? [frame.target] : [];
      }),
    );
    for (const last of range(101, 190)) t.ok(announced.has(`192.0.2.${last}`));
    t.ok(announced.size >= VIP_COUNT, "all are announced");
  },
);

t.test("renewing 1,000 leases with every advert costs little, and no lease ends", async (t) => {
  const lan = await lanOfTwo(t);
  const host = lan.host("a");
  const daemon = startDaemon(host, { ...ENV, VRRPD_VIP_LEASE: "fast" });
  const held = async () => (await virtualAddresses(host)) === VIP_COUNT && masters(daemon) >= GROUPS;
  await until(held, { what: "1,000 addresses", timeoutMs: 60_000 });
  const settled = Date.now() * 1000 + 7 * SECOND;
  await until(() => Date.now() * 1000 > settled, { what: "the announcements to be over", timeoutMs: 20_000 });
  const [before, from] = [processorSeconds(daemon.pid), performance.now()];
  await until(() => performance.now() - from > 8_000, { what: "eight seconds", timeoutMs: 20_000 });
  const used = ((processorSeconds(daemon.pid) - before) / (performance.now() - from)) * 1000 * 100;
  t.comment(`${used.toFixed(1)} % of a processor for 255 adverts and 1,000 renewals a second`);
  t.ok(used < 25, `${used} % of a processor`);
  t.equal(masters(daemon), GROUPS + extraRouters(daemon), "no transition meanwhile");
  t.equal(await virtualAddresses(host), VIP_COUNT);
});

/** A group of both families is two virtual routers. */
function extraRouters(daemon: HostProcess): number {
  return daemon.lines.filter(({ text }) => /_v6\) Entering MASTER STATE/.test(text)).length;
}

t.test("three interfaces, a daemon on each: all serve, and one's loss is its own alone", async (t) => {
  const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
  const host = lan.host("a");
  const interfaces = ["ens3", "ens4", "ens5"];
  for (const [position, name] of interfaces.entries()) {
    if (position === 0) continue;
    await host.ok(["ip", "link", "add", "name", name, "type", "veth", "peer", "name", `${name}p`]);
    await host.ok([
      "ip",
      "address",
      "add",
      `${["198.51.100", "203.0.113"][position - 1]}.40/24`,
      "dev",
      name,
    ]);
    for (const end of [name, `${name}p`]) await host.ok(["ip", "link", "set", end, "up"]);
  }
  const daemons = interfaces.map((name, position) =>
    startDaemon(host, {
      OPENSHIFT_HA_CONFIG_NAME: `on-${name}`,
      OPENSHIFT_HA_NETWORK_INTERFACE: name,
      OPENSHIFT_HA_VIRTUAL_IPS: `${["192.0.2", "198.51.100", "203.0.113"][position]}.101-150`,
      OPENSHIFT_HA_VIP_GROUPS: "25",
    }),
  );
  await until(async () => (await virtualAddresses(host)) === 150, {
    what: "150 addresses",
    timeoutMs: 60_000,
  });
  await host.ok(["ip", "link", "set", "ens4", "down"]);
  await until(async () => (await virtualAddresses(host)) === 100, {
    what: "100 addresses",
    timeoutMs: 30_000,
  });
  t.equal(masters(daemons[0]!), 25);
  t.equal(masters(daemons[2]!), 25);
  await host.ok(["ip", "link", "set", "ens4", "up"]);
  await until(async () => (await virtualAddresses(host)) === 150, { what: "150 again", timeoutMs: 60_000 });
  await until(() => masters(daemons[1]!) === 50, { what: "each of its virtual routers to be master again" });
});
