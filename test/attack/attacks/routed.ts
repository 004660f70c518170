/** Adverts that came over a router, or that name the node itself as their destination: nobody on the LAN sent them. */

import { type Environment, VIP } from "../../lab/environment.js";
import { advert, type Host, type HostProcess, until } from "../../netns/index.js";
import { type Attack, type AttackOptions, atMost, must, type Row } from "../attack.js";
import { pause } from "../figures.js";
import { type Forged, forge, sendOnce } from "../frames.js";
import { ADDRESSES, INTERFACE, type NodeName, Site } from "../site.js";

const INTERVAL_SECONDS = 0.2;
const VIP6 = "2001:db8::101";
const LONGEST_SECONDS = 40.95;
/** Two adverts of a, and the skew time of b, lie within it. */
const LOOK_AFTER_MILLIS = 450;
/** Each costs a restart; that they are many is known by then. */
const MOST_FAILURES = 6;
const ROUTER = { lan: "192.0.2.1", lan6: "2001:db8::1", far: "198.51.100.1", far6: "2001:db8:1::1" } as const;
const FAR = { ipv4: "198.51.100.9", ipv6: "2001:db8:1::9" } as const;
const NODES6 = { a: "2001:db8::40", b: "2001:db8::41" } as const;
const PEERS = [ADDRESSES.a, ADDRESSES.b, NODES6.a, NODES6.b].join(",");

/** Without peers; with peers; with peers and nobody else (`VRRPD_UNICAST_STRICT`). */
type Mode = "multicast" | "peers" | "strict";

interface Variant {
  readonly what: string;
  readonly from: "far" | "attacker";
  readonly to: NodeName;
  readonly forged: Forged;
}

/** A LAN with a router, behind which the attacker sits. */
function hostsOf() {
  const node = (name: NodeName) => ({ addresses: [`${ADDRESSES[name]}/24`, `${NODES6[name]}/64`] });
  const forwarding = { "net.ipv4.ip_forward": "1", "net.ipv6.conf.all.forwarding": "1" };
  return {
    a: node("a"),
    b: node("b"),
    router: { addresses: [`${ROUTER.lan}/24`, `${ROUTER.lan6}/64`], sysctls: forwarding },
    far: { attached: false },
  };
}

/** The cable between the router and the far host, and the routes of the nodes. */
async function connect(site: Site): Promise<void> {
  const router = site.host("router");
  const batch = (host: Host, lines: readonly string[]) =>
    host.ok(["ip", "-batch", "-"], { input: lines.join("\n") });
  await batch(router, [
    `link add far0 type veth peer name ${INTERFACE} netns ${site.anchor("far")}`,
    `address add ${ROUTER.far}/24 dev far0`,
    `address add ${ROUTER.far6}/64 dev far0 nodad`,
    "link set far0 up",
  ]);
  await batch(site.host("far"), [
    `address add ${FAR.ipv4}/24 dev ${INTERFACE}`,
    `address add ${FAR.ipv6}/64 dev ${INTERFACE} nodad`,
    `link set ${INTERFACE} up`,
    `route add default via ${ROUTER.far}`,
    `route add default via ${ROUTER.far6}`,
  ]);
  for (const name of ["a", "b"]) {
    await batch(site.host(name), [
      `route add default via ${ROUTER.lan}`,
      `route add default via ${ROUTER.lan6}`,
    ]);
  }
  // The neighbours are known to the router before the first forged packet comes.
  for (const address of [ADDRESSES.a, ADDRESSES.b, NODES6.a, NODES6.b]) {
    await until(() => site.host("far").reaches(address), { what: `a way to ${address}`, timeoutMs: 20_000 });
  }
}

/**
 * Every combination of version and family, priority, source, and the node that it is sent to; of three TTLs two, in
 * turns.
 */
function variants(mode: Mode, macs: Record<"router" | NodeName, Uint8Array>): Variant[] {
  const found: Variant[] = [];
  let turn = 0;
  const [priorities, ttls] =
    mode === "strict"
      ? [[255, 0], [255]]
      : [
          [255, 150, 0],
          // Of these, two for each, in turns.
          [255, 64, 2],
        ];
  const versions = [
    { version: 3, family: "ipv4" },
    { version: 2, family: "ipv4" },
    { version: 3, family: "ipv6" },
  ] as const;
  for (const { version, family } of versions) {
    for (const priority of priorities) {
      for (const to of ["a", "b"] as const) {
        const peer = to === "a" ? "b" : "a";
        const own = family === "ipv4" ? ADDRESSES : NODES6;
        const sources = [own[peer], FAR[family], family === "ipv4" ? "192.0.2.77" : "2001:db8::77"];
        for (const source of sources) {
          const forged = {
            ...{ source, destination: own[to], version, priority },
            addresses: [family === "ipv4" ? VIP : VIP6],
            intervalSeconds: version === 2 ? 255 : LONGEST_SECONDS,
          };
          const name = `version ${version} ${family}, priority ${priority}, from ${source} to ${to}`;
          turn += 1;
          for (const ttl of ttls.length > 2 ? ttls.toSpliced(turn % 3, 1) : ttls) {
            const around = { mac: macs.router, ttl };
            found.push({
              what: `${name}, routed with TTL ${ttl - 1}`,
              from: "far",
              to,
              forged: { ...forged, around },
            });
          }
          // Without peers nobody has a reason to send to a node; on the LAN the TTL does not tell.
          const around = { mac: macs[to] };
          if (mode === "multicast")
            found.push({
              what: `${name}, from the LAN`,
              from: "attacker",
              to,
              forged: { ...forged, around },
            });
        }
      }
    }
  }
  return found;
}

function environmentOf(mode: Mode): Environment {
  const peers = { OPENSHIFT_HA_USE_UNICAST: "true", OPENSHIFT_HA_UNICAST_PEERS: PEERS };
  return {
    OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},${VIP6}`,
    OPENSHIFT_HA_VIP_GROUPS: "1",
    ...(mode === "multicast" ? {} : peers),
    ...(mode === "strict" ? { VRRPD_UNICAST_STRICT: "on" } : {}),
  };
}

export const routed: Attack = {
  name: "routed",
  title: "adverts over a router, or addressed to the node itself",
  run: async (options) => [
    ...(await withSite(options, "multicast")),
    ...(await withSite(options, "peers")),
    ...(await withSite(options, "strict")),
    ...(await routedPair()),
  ],
};

function withSite(options: AttackOptions, mode: Mode): Promise<Row[]> {
  const environment = environmentOf(mode);
  return Site.with({ environment, intervalSeconds: INTERVAL_SECONDS, hosts: hostsOf() }, async (site) => {
    await connect(site);
    const bytes = (name: string) => Buffer.from(site.host(name).mac.replaceAll(":", ""), "hex");
    const far = (await site.host("router").ok(["cat", "/sys/class/net/far0/address"])).trim();
    const macs = { a: bytes("a"), b: bytes("b"), router: Buffer.from(far.replaceAll(":", ""), "hex") };
    const all = variants(mode, macs);
    const what = { multicast: "without peers", peers: "with peers", strict: "with peers alone" }[mode];
    const wire = await site.capture();
    const { failed, tried } = await oneByOne(site, all, options);
    for (const one of failed) options.say(`${what}: not held after ${one}`);
    // Judged by what the switch carried: a forged packet that never came would prove nothing.
    const strangers = wire.adverts().filter(({ from }) => from !== "a" && from !== "b").length;
    return [
      must(`variants that arrived, ${what}`, strangers >= tried, `${tried}`, `${strangers}`),
      must(
        `the address at its master, ${what}`,
        failed.length === 0,
        "in every look",
        `lost by ${failed.length} of ${tried}`,
      ),
    ];
  });
}

interface Outcome {
  /** After these the address was not where it should be. */
  readonly failed: readonly string[];
  readonly tried: number;
}

/** Each by itself, with a look after it. */
async function oneByOne(site: Site, all: readonly Variant[], { say }: AttackOptions): Promise<Outcome> {
  const failed: string[] = [];
  let daemons = await start(site);
  for (const [index, variant] of all.entries()) {
    if (index % 40 === 0) say(`${all.length - index} variants left`);
    await sendOnce(site, variant.from, [forge(variant.forged)]);
    await pause(LOOK_AFTER_MILLIS);
    if (await isRight(site)) continue;
    failed.push(variant.what);
    if (failed.length >= MOST_FAILURES) return { failed, tried: index + 1 };
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    daemons = await start(site);
  }
  return { failed, tried: all.length };
}

async function start(site: Site): Promise<HostProcess[]> {
  const mark = Date.now() * 1000;
  const a = site.daemon("a");
  const isMaster = () =>
    holdsAll(site, "a") && site.captures.a.adverts({ from: "a", afterMicros: mark }).length >= 4;
  await until(isMaster, { what: "a master", timeoutMs: 30_000 });
  const b = site.daemon("b");
  const isBackup = async () => (await site.status("b")).instances.every(({ state }) => state === "BACKUP");
  await until(isBackup, { what: "a backup", timeoutMs: 30_000 });
  return [a, b];
}

const holdsAll = (site: Site, name: NodeName) => site.holds(name, VIP) && site.holds(name, VIP6);

/** The address where it belongs, nowhere else, and its master still speaks: by the kernel's clock, whenever that is read. */
async function isRight(site: Site): Promise<boolean> {
  const atMicros = Date.now() * 1000;
  const isThere = holdsAll(site, "a") && !site.holds("b", VIP) && !site.holds("b", VIP6);
  if (!isThere) return false;
  const last = advert({ from: "a", afterMicros: atMicros - LOOK_AFTER_MILLIS * 1000 });
  return site.captures.a.waitFor(last, { timeoutMs: 2000 }).then(
    (found) => found.atMicros <= atMicros,
    () => false,
  );
}

/** Two nodes with a router between them, which name each other as peers: what is refused above must not be theirs. */
function routedPair(): Promise<Row[]> {
  const environment = {
    OPENSHIFT_HA_USE_UNICAST: "true",
    OPENSHIFT_HA_UNICAST_PEERS: `${ADDRESSES.a},${FAR.ipv4}`,
  };
  return Site.with({ environment, intervalSeconds: INTERVAL_SECONDS, hosts: hostsOf() }, async (site) => {
    await connect(site);
    const a = site.daemon("a");
    await site.untilHeld("a");
    site.daemon("far", { VRRPD_PRIORITY: "100" });
    const isBackup = async () =>
      (await site.status("far")).instances.every(({ state }) => state === "BACKUP");
    await until(isBackup, { what: "BACKUP behind the router", timeoutMs: 30_000 });
    await site.captures.a.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 + 2e6 }));
    const wasQuiet = !site.holds("far");
    a.kill("SIGKILL");
    const killedAt = performance.now();
    const isOver = await until(() => site.holds("far"), {
      what: "a takeover",
      timeoutMs: 10_000,
      intervalMs: 10,
    }).then(
      () => true,
      () => false,
    );
    const intervals = isOver
      ? (performance.now() - killedAt) / 1000 / INTERVAL_SECONDS
      : Number.POSITIVE_INFINITY;
    return [
      must("a routed pair of peers: one master", wasQuiet, "one", "two"),
      atMost("a routed pair of peers: takeover after", intervals, 4, " intervals"),
    ];
  });
}
