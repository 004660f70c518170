/**
 * A router, and a host behind it: what it sends to a node's own address takes nothing away, in whosever name, and
 * peers behind it are peers. The TTL is counted down by the router's kernel.
 */
import { fileURLToPath } from "node:url";
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { type Environment, VIP } from "../lab/environment.js";
import { NODE_ADDRESSES, Nodes } from "../lab/nodes.js";
import { type Host, until } from "../netns/index.js";

const THROWER = fileURLToPath(new URL("./throw-adverts.mjs", import.meta.url));
const VIP6 = "2001:db8::101";
const A = { ipv4: NODE_ADDRESSES.a, ipv6: "2001:db8::40" } as const;
const B = { ipv4: NODE_ADDRESSES.b, ipv6: "2001:db8::41" } as const;
const ROUTER = { ipv4: "192.0.2.254", ipv6: "2001:db8::254" } as const;
const FAR = { ipv4: "198.51.100.50", ipv6: "2001:db8:1::50" } as const;
const FAMILIES = ["ipv4", "ipv6"] as const;
const VIPS = { ipv4: VIP, ipv6: VIP6 } as const;

const BOTH: Environment = {
  OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},${VIP6}`,
  OPENSHIFT_HA_VIP_GROUPS: "1",
  OPENSHIFT_HA_PREEMPTION: "preempt_delay 0",
};
const PEERS: Environment = {
  ...BOTH,
  OPENSHIFT_HA_UNICAST_PEERS: [A, B].flatMap((node) => Object.values(node)).join(),
  VRRPD_UNICAST_STRICT: "on",
};

const QUIET = {
  "net.ipv4.conf.all.accept_redirects": "0",
  "net.ipv4.conf.ens3.accept_redirects": "0",
  "net.ipv6.conf.ens3.accept_redirects": "0",
};
const ROUTING = {
  "net.ipv4.ip_forward": "1",
  "net.ipv6.conf.all.forwarding": "1",
  "net.ipv4.conf.all.rp_filter": "0",
  "net.ipv4.conf.ens3.rp_filter": "0",
  "net.ipv4.conf.all.send_redirects": "0",
  "net.ipv4.conf.ens3.send_redirects": "0",
};

/** The hosts a and b, a router with a foot in either network, and a host behind it. */
async function routedLan(t: Parameters<typeof Nodes.create>[0], env: Environment): Promise<Nodes> {
  const near = (node: { ipv4: string; ipv6: string }) => ({
    addresses: [`${node.ipv4}/24`, `${node.ipv6}/64`],
    gateway: ROUTER.ipv4,
    sysctls: QUIET,
  });
  const nodes = await Nodes.create(t, env, {
    hosts: {
      a: near(A),
      b: near(B),
      router: {
        addresses: [`${ROUTER.ipv4}/24`, `${ROUTER.ipv6}/64`, "198.51.100.254/24", "2001:db8:1::254/64"],
        sysctls: ROUTING,
      },
      far: { addresses: [`${FAR.ipv4}/24`, `${FAR.ipv6}/64`], gateway: "198.51.100.254", sysctls: QUIET },
    },
  });
  for (const [name, gateway] of [
    ["a", ROUTER.ipv6],
    ["b", ROUTER.ipv6],
    ["far", "2001:db8:1::254"],
  ] as const) {
    await nodes.host(name).ok(["ip", "-6", "route", "add", "default", "via", gateway, "dev", "ens3"]);
  }
  return nodes;
}

/** Every version, priority and distance of the family, from each source to each node. */
function attacks(sources: readonly { readonly ipv4: string; readonly ipv6: string }[]): object[] {
  return FAMILIES.flatMap((family) =>
    (family === "ipv4" ? [2, 3] : [3]).flatMap((version) =>
      [1, 255].flatMap((priority) =>
        [64, 255].flatMap((ttl) =>
          sources.flatMap((source) =>
            [A, B].map((node) => ({
              ...{ source: source[family], destination: node[family], address: VIPS[family] },
              ...{ version, priority, ttl },
            })),
          ),
        ),
      ),
    ),
  );
}

async function throwFrom(host: Host, adverts: readonly object[]): Promise<void> {
  const output = await host.ok([process.execPath, THROWER, JSON.stringify(adverts)], {
    timeoutMs: 120_000,
  });
  if (output !== "thrown\n") throw new Error(output);
}

/** Returns when all adverts have been refused by a and b together. */
async function untilRefused(nodes: Nodes, adverts: number, reasons: readonly string[]): Promise<void> {
  const count = async () => {
    const documents = await Promise.all(["a", "b"].map((name) => nodes.status(name)));
    const drops = documents.flatMap(({ instances }) => instances.map(({ counters }) => counters.drops));
    return drops.reduce(
      (sum, of) =>
        sum + reasons.reduce((all, reason) => all + ((of as Record<string, number>)[reason] ?? 0), 0),
      0,
    );
  };
  await until(async () => (await count()) >= adverts, { what: `${adverts} refusals`, timeoutMs: 120_000 });
}

async function untilServed(nodes: Nodes): Promise<void> {
  for (const family of FAMILIES) await nodes.untilHeldBy("a", VIPS[family]);
}

const ATTACKS: readonly {
  readonly what: string;
  readonly env: Environment;
  readonly sources: readonly { readonly ipv4: string; readonly ipv6: string }[];
  readonly reason: string;
  readonly setting: RegExp;
}[] = [
  {
    what: "multicast: adverts from beyond a router, to the nodes' own addresses",
    env: BOTH,
    sources: [FAR],
    reason: "ttl",
    setting: /Nothing accepts it/,
  },
  {
    what: "strict unicast: the same in the name of a peer",
    env: PEERS,
    sources: [A, B],
    reason: "peer-ttl",
    setting: /Nothing accepts it/,
  },
];

for (const { what, env, sources, reason, setting } of ATTACKS) {
  t.test(`${what} take nothing away`, async (t) => {
    const nodes = await routedLan(t, env);
    nodes.start("a", { VRRPD_PRIORITY: "200" });
    nodes.start("b", { VRRPD_PRIORITY: "100" });
    await untilServed(nodes);
    await nodes.untilState("b", "BACKUP");
    // In the name of the receiver itself it is refused for that alone.
    const adverts = attacks(sources).filter((one) => {
      const { source, destination } = one as { source: string; destination: string };
      return source !== destination;
    });
    const before = await nodes.status("a");
    await throwFrom(nodes.host("far"), adverts);
    await untilRefused(nodes, adverts.length, [reason]);
    const [a, b] = [await nodes.status("a"), await nodes.status("b")];
    for (const family of FAMILIES) {
      t.ok(await nodes.host("a").hasAddress(VIPS[family]));
      t.notOk(await nodes.host("b").hasAddress(VIPS[family]));
    }
    // Two documents give a moment of the clock of the wall with a millisecond's difference.
    const moves = ({ instances }: typeof a) =>
      instances.map(({ transitions }) => transitions.map(({ from, to, code }) => ({ from, to, code })));
    t.strictSame(moves(a), moves(before), "the master never moved");
    for (const { problems, instances } of [a, b]) {
      const told = problems.filter(({ code }) => code === `attempt-${reason}`);
      t.equal(told.length, instances.length, "both families");
      t.ok(told.every(({ severity, action }) => severity === "error" && setting.test(action)));
    }
    t.same(
      b.instances.map(({ speakers }) => speakers.map(({ priority }) => priority)),
      [[200], [200]],
    );
    t.same(a.foreignSpeakers, []);
  });
}

t.test("peers on either side of a router elect one master, and its death the other", async (t) => {
  const nodes = await routedLan(t, {
    ...BOTH,
    OPENSHIFT_HA_UNICAST_PEERS: [A, FAR].flatMap((node) => Object.values(node)).join(),
    VRRPD_UNICAST_STRICT: "on",
    VRRPD_UNICAST_MIN_TTL: "254",
  });
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  nodes.start("far", { VRRPD_PRIORITY: "100" });
  await untilServed(nodes);
  for (const instance of [0, 1]) await nodes.untilState("far", "BACKUP", instance);
  const [here, there] = [await nodes.status("a"), await nodes.status("far")];
  t.same(
    there.instances.map(({ master }) => master?.address),
    [A.ipv4, A.ipv6],
  );
  t.same([...here.problems, ...there.problems], []);
  const checked = JSON.parse(
    await nodes.host("a").ok([...VRRPD, "check", "--config", "env", "--json"], {
      env: {
        OPENSHIFT_HA_VIRTUAL_IPS: VIP,
        OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
        OPENSHIFT_HA_UNICAST_PEERS: [...Object.values(B), ...Object.values(FAR)].join(),
      },
    }),
  );
  t.match(checked.peers, [
    { address: B.ipv4, interface: "ens3", gateway: null, source: A.ipv4, leastTtl: 255 },
    { address: B.ipv6, interface: "ens3", gateway: null, source: A.ipv6, leastTtl: 255 },
    { address: FAR.ipv4, interface: "ens3", gateway: ROUTER.ipv4, source: A.ipv4, leastTtl: 1 },
    { address: FAR.ipv6, interface: "ens3", gateway: ROUTER.ipv6, source: A.ipv6, leastTtl: 1 },
  ]);
  // One router more than VRRPD_UNICAST_MIN_TTL allows for: forged, in the name of the peer, by b.
  await throwFrom(nodes.host("b"), [
    { source: FAR.ipv4, destination: A.ipv4, address: VIP, version: 3, priority: 255, ttl: 253 },
  ]);
  await until(
    async () =>
      (await nodes.status("a")).problems.some(({ action }) =>
        /VRRPD_UNICAST_MIN_TTL accepts it/.test(action),
      ),
    { what: "the problem that names the setting", timeoutMs: 120_000 },
  );
  t.ok(await nodes.host("a").hasAddress(VIP));
  a.kill("SIGKILL");
  for (const instance of [0, 1]) await nodes.untilState("far", "MASTER", instance);
});

t.test("a route that comes after the daemon makes a peer of who lies behind it", async (t) => {
  const nodes = await routedLan(t, {
    ...BOTH,
    OPENSHIFT_HA_UNICAST_PEERS: [A, FAR].flatMap((node) => Object.values(node)).join(),
    VRRPD_UNICAST_MIN_TTL: "254",
  });
  await nodes.host("a").ok(["ip", "route", "del", "default"]);
  await nodes.host("a").ok(["ip", "-6", "route", "del", "default"]);
  nodes.start("far", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("far", "MASTER");
  nodes.start("a", { VRRPD_PRIORITY: "100" });
  await nodes.untilState("a", "MASTER");
  await nodes.host("a").ok(["ip", "route", "add", "default", "via", ROUTER.ipv4]);
  await nodes.host("a").ok(["ip", "-6", "route", "add", "default", "via", ROUTER.ipv6, "dev", "ens3"]);
  for (const instance of [0, 1]) await nodes.untilState("a", "BACKUP", instance);
});

t.test("strict peers behind a firewall know each other by the addresses that are listed", async (t) => {
  const nodes = await Nodes.create(
    t,
    { ...PEERS, OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT" },
    {
      hosts: {
        // An address of another manager comes first, as one of a single host.
        a: { addresses: ["203.0.113.7/32", `${A.ipv4}/24`, "2001:db8::77/128", `${A.ipv6}/64`] },
        b: { addresses: [`${B.ipv4}/24`, `${B.ipv6}/64`] },
      },
    },
  );
  for (const name of ["a", "b"]) {
    await nodes.host(name).ok(["iptables", "-P", "INPUT", "DROP"]);
    await nodes.host(name).ok(["ip6tables", "-A", "INPUT", "-p", "icmpv6", "-j", "ACCEPT"]);
    await nodes.host(name).ok(["ip6tables", "-P", "INPUT", "DROP"]);
  }
  nodes.start("a", { VRRPD_PRIORITY: "100" });
  nodes.start("b", { VRRPD_PRIORITY: "200" });
  for (const family of FAMILIES) await nodes.untilHeldBy("b", VIPS[family]);
  const [a, b] = [await nodes.status("a"), await nodes.status("b")];
  t.same(
    a.instances.map(({ state, source }) => [state, source]),
    [
      ["BACKUP", A.ipv4],
      ["BACKUP", A.ipv6],
    ],
  );
  t.same([...a.problems, ...b.problems], []);
  const sent = nodes.capture.adverts({ from: "b" }).map(({ source }) => source);
  t.same([...new Set(sent)].sort(), [B.ipv4, B.ipv6].sort());
});
