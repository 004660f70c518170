/** Settings, checks, lease, unicast and own addresses, as they reach the plan. */
import t from "tap";
import { faultTracks } from "../core/configurations.js";
import { type Env, held, host, ONE_HOST, planOf } from "./support.js";

const SCRIPT: Env = { OPENSHIFT_HA_CHECK_SCRIPT: '/check "a b"' };
const PORT: Env = { OPENSHIFT_HA_MONITOR_PORT: "8080" };

t.test("a label that is longer than the kernel's is left out, and it is said", (t) => {
  const env = { VRRPD_VIP_LABEL: "failover", OPENSHIFT_HA_NETWORK_INTERFACE: "enp0s31f6" };
  const planned = planOf(env, host({ enp0s31f6: ["192.0.2.10/24"] }));
  t.equal(planned.core.routers[0]!.virtualAddresses[0]!.label, null);
  t.match(planned.sentences, [/^VRRPD_VIP_LABEL=failover does not count: enp0s31f6:failover is longer/]);
  t.same(planOf({ ...env, VRRPD_VIP_LABEL: "vip" }, host({ enp0s31f6: ["192.0.2.10/24"] })).sentences, []);
  t.end();
});

t.test("checks: port 80 by default, none beside a script, 0 for none, both where both are set", (t) => {
  const checks = (env: Env) => {
    const { probe, script, core } = planOf(env);
    const named = core.checks.map(
      (check) => `${check.name}${check.advisoryUntilFirstPass ? " advisory" : ""}`,
    );
    t.same(core.routers[0]?.tracks, faultTracks(...named.map((name) => name.split(" ")[0]!)));
    return [probe?.port ?? null, script?.command ?? null, ...named];
  };
  const command = ["/check", "a b"];
  t.same(checks({}), [80, null, "probe"]);
  t.same(checks(PORT), [8080, null, "probe"]);
  t.same(checks({ OPENSHIFT_HA_MONITOR_PORT: "0" }), [null, null]);
  t.same(checks(SCRIPT), [null, command, "script"]);
  t.same(checks({ ...SCRIPT, OPENSHIFT_HA_MONITOR_PORT: "0" }), [null, command, "script"]);
  t.same(checks({ ...SCRIPT, ...PORT }), [8080, command, "probe advisory", "script"]);
  t.same(checks({ ...SCRIPT, ...PORT, VRRPD_CHECKS: "both" }), [8080, command, "probe", "script"]);
  t.same(checks({ ...SCRIPT, ...PORT, VRRPD_CHECKS: "script" }), [null, command, "script"]);
  t.same(checks({ VRRPD_CHECKS: "both" }), [80, null, "probe"]);
  t.end();
});

t.test("check settings: interval with fractions, rise and fall, strict", (t) => {
  const planned = planOf({
    ...SCRIPT,
    ...PORT,
    OPENSHIFT_HA_CHECK_INTERVAL: "0.5",
    VRRPD_CHECK_RISE: "3",
    VRRPD_CHECK_FALL: "2",
    VRRPD_CHECK_STRICT: "ON",
  });
  t.match(planned.probe, { port: 8080, intervalMicros: 500_000, address: { text: "192.0.2.10" } });
  t.match(planned.script, { intervalMicros: 500_000, strict: true });
  t.match(planned.core.checks, [
    { rise: 3, fall: 2 },
    { rise: 3, fall: 2 },
  ]);
  t.match(planOf(SCRIPT), {
    script: { intervalMicros: 2_000_000, strict: false },
    core: { checks: [{ rise: 1, fall: 1 }] },
  });
  t.end();
});

t.test("lease: 90 s renewed every 40, others in proportion, fast with the adverts, off", (t) => {
  const lease = (env: Env) => {
    const { core } = planOf(env);
    return [core.routers[0]?.leaseSeconds, core.renewIntervalMicros];
  };
  t.same(lease({}), [90, 40_000_000]);
  t.same(lease({ VRRPD_VIP_LEASE: "9" }), [9, 4_000_000]);
  t.same(lease({ VRRPD_VIP_LEASE: "off" }), [null, null]);
  t.same(lease({ VRRPD_VIP_LEASE: "fast" }), [2, null]);
  t.same(lease({ VRRPD_VIP_LEASE: "fast", VRRPD_ADVERT_INTERVAL: "0.01" }), [1, null]);
  t.same(lease({ VRRPD_VIP_LEASE: "fast", VRRPD_ADVERT_INTERVAL: "40.95" }), [121, null]);
  t.end();
});

t.test("preemption", (t) => {
  const preempt = (value: string) => planOf({ OPENSHIFT_HA_PREEMPTION: value }).core.routers[0]?.preempt;
  t.same(preempt(""), { mode: "delay", delaySeconds: 300 });
  t.same(preempt("nopreempt"), { mode: "never", delaySeconds: 0 });
  t.same(preempt("preempt_delay 0"), { mode: "delay", delaySeconds: 0 });
  t.same(preempt("preempt_delay  1000"), { mode: "delay", delaySeconds: 1000 });
  t.same(preempt("preempt"), { mode: "immediate", delaySeconds: 0 });
  t.same(preempt("preempt_nodelay"), { mode: "immediate", delaySeconds: 0 });
  t.same(preempt("preempt_nodelay 5"), { mode: "delay", delaySeconds: 5 });
  t.end();
});

t.test("unicast: this node's own addresses are not peers, on whichever interface they are", (t) => {
  const facts = host({ eth0: ["192.0.2.10/24", "fe80::1/64"], eth1: ["198.51.100.1/24", "2001:db8::1/64"] });
  const env = {
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100,2001:db8::100",
    OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.10,192.0.2.11,198.51.100.1,2001:db8::1,2001:db8::2",
    VRRPD_UNICAST_STRICT: "on",
  };
  const planned = planOf(env, facts);
  t.same(
    planned.core.routers.map((router) => router.unicastPeers.map(({ address }) => address.text)),
    [["192.0.2.11"], ["2001:db8::2"]],
  );
  t.ok(planned.core.routers.every((router) => router.unicastStrict));
  t.equal(planned.contradiction, null);
  t.end();
});

t.test("a family whose peers are this node alone is a contradiction, and never multicast", (t) => {
  const planned = planOf({ OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.10", OPENSHIFT_HA_USE_UNICAST: "True" });
  t.match(planned.contradiction, /^OPENSHIFT_HA_UNICAST_PEERS lists only this node's own IPv4 addresses/);
  t.same(planned.core.routers[0]?.unicastPeers.length, 1);
  const unused = planOf(
    { OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.11,2001:db8::1" },
    host({ eth0: ["2001:db8::1/64"] }),
  );
  t.equal(unused.contradiction, null, "a family without virtual addresses needs no peers");
  t.end();
});

t.test("a virtual address that is the node's own is warned about, a leftover is not", (t) => {
  const warned = (address: Parameters<typeof host>[0][string][number], name = "eth0") => {
    const others = name === "eth0" ? ["192.0.2.10/24"] : ["198.51.100.2/24"];
    const interfaces = { eth0: ["192.0.2.10/24"], [name]: [...others, address] };
    return planOf({}, host(interfaces)).sentences.filter((warning) => warning.includes("own address"));
  };
  t.match(warned("192.0.2.100/24"), [/^192.0.2.100 is this node's own address on eth0: it stays as it is/]);
  t.match(warned("192.0.2.100/24", "eth1"), [/^192.0.2.100 is this node's own address on eth1/]);
  t.same(warned("192.0.2.100/32"), []);
  t.same(warned(held("192.0.2.100/24", { marked: true })), []);
  t.same(warned(held("192.0.2.100/24", { validSeconds: 60 })), []);
  t.match(warned(held("192.0.2.100/32", { validSeconds: 3600 })), [/own address on eth0/], "from DHCP");
  t.match(
    planOf({}, host({ eth0: ["192.0.2.100/32"] })).sentences.at(-1),
    /own address on eth0/,
    "its only address",
  );
  t.end();
});

t.test("firewall: a chain, or a table of its own that takes precedence", (t) => {
  t.equal(planOf({}).firewall, null);
  const chain = { OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT" };
  t.same(planOf(chain).firewall, { backend: "iptables", chain: "INPUT" });
  t.same(planOf({ ...chain, OPENSHIFT_HA_NFTABLES_RULE: "x" }).firewall, { backend: "nftables" });
  t.end();
});

t.test("settings: defaults and all set", (t) => {
  t.same(planOf({ OPENSHIFT_HA_CONFIG_NAME: "ha-1!" }).settings, {
    name: "ha_1",
    socketPath: "/run/vrrpd/ha_1.sock",
    socketGroup: null,
    keepalivedConf: null,
    logLevel: "info",
    logFormat: null,
    realtimePriority: null,
    metricsListen: null,
    httpHosts: [],
    lockUids: [],
    acknowledged: [],
    scripts: {
      user: null,
      confined: true,
      security: "none",
      environment: "inherit",
      notifyTimeoutMicros: 60_000_000,
      stopTimeoutMicros: 1_000_000,
    },
  });
  const env = {
    VRRPD_SOCKET: "/run/x.sock",
    VRRPD_SOCKET_GROUP: "adm",
    VRRPD_KEEPALIVED_CONF: "/run/x.conf",
    VRRPD_LOG_LEVEL: "Debug",
    VRRPD_LOG_FORMAT: "text",
    VRRPD_REALTIME: "10",
    VRRPD_METRICS_LISTEN: "[2001:db8::1]:9112",
    VRRPD_HTTP_HOSTS: "node-a, vip.example.org",
    VRRPD_SCRIPT_USER: "nobody:12",
    VRRPD_SCRIPT_SECURITY: "on",
    VRRPD_SCRIPT_ENVIRONMENT: "clean",
    VRRPD_NOTIFY_TIMEOUT: "600",
    VRRPD_STOP_TIMEOUT: "0.5",
  };
  t.same(planOf(env).settings, {
    name: "OpenShift_IPFailover",
    socketPath: "/run/x.sock",
    socketGroup: "adm",
    keepalivedConf: "/run/x.conf",
    logLevel: "debug",
    logFormat: "text",
    realtimePriority: 10,
    metricsListen: { host: "2001:db8::1", port: 9112 },
    httpHosts: ["node-a", "vip.example.org"],
    lockUids: [],
    acknowledged: [],
    scripts: {
      user: { user: "nobody", group: "12" },
      confined: true,
      security: "all",
      environment: "clean",
      notifyTimeoutMicros: 600_000_000,
      stopTimeoutMicros: 500_000,
    },
  });
  t.same(planOf({ VRRPD_METRICS_LISTEN: "localhost:9112" }).settings.metricsListen, {
    host: "localhost",
    port: 9112,
  });
  t.equal(planOf({ VRRPD_METRICS_LISTEN: "off", VRRPD_REALTIME: "off" }).settings.realtimePriority, null);
  t.end();
});

t.test("planning is pure: frozen input, the same output", (t) => {
  const facts = deepFreeze(structuredClone(ONE_HOST));
  t.same(planOf(SCRIPT, facts), planOf(SCRIPT, ONE_HOST));
  t.end();
});

/** Bytes cannot be frozen; everything around them can. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
