/** Every value that is refused: the variable, the value and what is accepted are named, all problems at once. */
import t from "tap";
import { formatProblem, parseEnvironment, VARIABLE_NAMES } from "../../src/config/index.js";
import { nameOf } from "../../src/core/origin.js";
import { anyEnvironment, nothingLostInThePlan } from "../properties/environment.js";
import { holds } from "../properties/property.js";
import { type Env, MINIMAL } from "./support.js";

const NOT_SET = "(not set)";

/** Variable, refused value, what the line must say beside them, other variables. */
const REFUSED: readonly (readonly [string, string, string, Env?])[] = [
  ["OPENSHIFT_HA_CONFIG_NAME", "!$%", "no usable character; accepted: a name with at least one character"],
  ["OPENSHIFT_HA_VIRTUAL_IPS", " \t ", "is required; accepted: addresses and ranges"],
  ["OPENSHIFT_HA_VIRTUAL_IPS", ",,", "holds no address; accepted: addresses and ranges"],
  ["OPENSHIFT_HA_VIRTUAL_IPS", "vip.example", "is not an address; accepted: addresses and ranges"],
  ["OPENSHIFT_HA_VIRTUAL_IPS", "192.0.2.9-4", "runs backwards; accepted: addresses and ranges"],
  ["OPENSHIFT_HA_VIP_GROUPS", "-1", "accepted: a whole number from 0"],
  ["OPENSHIFT_HA_VIP_GROUPS", "2.5", "accepted: a whole number from 0"],
  ["OPENSHIFT_HA_NETWORK_INTERFACE", "sixteen-bytes-if", "longer than 15 bytes; accepted: an interface name"],
  ["OPENSHIFT_HA_NETWORK_INTERFACE", "üüüüüüüü", "longer than 15 bytes; accepted: an interface name"],
  ["OPENSHIFT_HA_NETWORK_INTERFACE", "a/b", 'holds "/" or white space; accepted: an interface name'],
  ["OPENSHIFT_HA_NETWORK_INTERFACE", "a b", 'holds "/" or white space; accepted: an interface name'],
  ["OPENSHIFT_HA_MONITOR_PORT", "65536", "is above 65535; accepted: a TCP port"],
  ["OPENSHIFT_HA_MONITOR_PORT", "http", "holds no digits; accepted: a TCP port"],
  ["OPENSHIFT_HA_CHECK_SCRIPT", "bin/check.sh", "begins with a relative path; accepted: a command"],
  ["OPENSHIFT_HA_CHECK_SCRIPT", "'' x", "names no program; accepted: a command"],
  ["OPENSHIFT_HA_CHECK_SCRIPT", '/check "open', 'has no closing "; accepted: a command'],
  ["OPENSHIFT_HA_CHECK_INTERVAL", "0", "accepted: seconds above 0"],
  ["OPENSHIFT_HA_CHECK_INTERVAL", "-2", "accepted: seconds above 0"],
  ["OPENSHIFT_HA_CHECK_INTERVAL", "2s", "accepted: seconds above 0"],
  ["OPENSHIFT_HA_NOTIFY_SCRIPT", "./notify.sh", "begins with a relative path; accepted: a command"],
  ["OPENSHIFT_HA_PREEMPTION", "preempt_delay", "accepted: nopreempt, preempt, or preempt_delay N"],
  ["OPENSHIFT_HA_PREEMPTION", "preempt_delay 1001", "accepted: nopreempt, preempt, or preempt_delay N"],
  ["OPENSHIFT_HA_PREEMPTION", "preempt_delay -1", "accepted: nopreempt, preempt, or preempt_delay N"],
  ["OPENSHIFT_HA_PREEMPTION", "preempt_delay 1 2", "accepted: nopreempt, preempt, or preempt_delay N"],
  ["OPENSHIFT_HA_PREEMPTION", "preempt 5", "accepted: nopreempt, preempt, or preempt_delay N"],
  ["OPENSHIFT_HA_PREEMPTION", "nopreempt 5", "accepted: nopreempt, preempt, or preempt_delay N"],
  ["OPENSHIFT_HA_PREEMPTION", "maybe", "accepted: nopreempt, preempt, or preempt_delay N"],
  ["OPENSHIFT_HA_VRRP_ID_OFFSET", "255", "accepted: a whole number from 0 to 254"],
  ["OPENSHIFT_HA_VRRP_ID_OFFSET", "ten", "accepted: a whole number from 0 to 254"],
  ["HA_EXCLUDED_VRRP_IDS", "256", "accepted: virtual router ids from 1 to 255"],
  ["HA_EXCLUDED_VRRP_IDS", "0", "accepted: virtual router ids from 1 to 255"],
  ["HA_EXCLUDED_VRRP_IDS", "x", "accepted: virtual router ids from 1 to 255"],
  ["OPENSHIFT_HA_REPLICA_COUNT", "two", "accepted: a whole number from 0"],
  ["OPENSHIFT_HA_REPLICA_COUNT", "-2", "accepted: a whole number from 0"],
  ["OPENSHIFT_HA_REPLICA_COUNT", "1.5", "accepted: a whole number from 0"],
  ["OPENSHIFT_HA_USE_UNICAST", "yes", "accepted: true or false"],
  ["OPENSHIFT_HA_UNICAST_PEERS", "node-a", "is not an address; accepted: addresses"],
  ["OPENSHIFT_HA_UNICAST_PEERS", "192.0.2.1/24", "is not an address; accepted: addresses"],
  ["OPENSHIFT_HA_UNICAST_PEERS", "224.0.0.18", "is a multicast address; accepted: addresses"],
  ["OPENSHIFT_HA_UNICAST_PEERS", ",", "holds no address; accepted: addresses"],
  [
    "OPENSHIFT_HA_UNICAST_PEERS",
    "2001:db8::1",
    "has no IPv4 address, but there are IPv4 virtual addresses; accepted: addresses between commas",
  ],
  ["VRRPD_VERSION", "4", "accepted: auto, 2 or 3"],
  ["VRRPD_V2_AUTH", "secret", "accepted: pass or none"],
  ["VRRPD_ADVERT_INTERVAL", "0.009", "accepted: seconds from 0.01 to 40.95"],
  ["VRRPD_ADVERT_INTERVAL", "0.015", "accepted: seconds from 0.01 to 40.95"],
  ["VRRPD_ADVERT_INTERVAL", "256", "accepted: seconds from 0.01 to 40.95"],
  [
    "VRRPD_ADVERT_INTERVAL",
    "41",
    "does not fit VRRP version 3, seconds in hundredths from 0.01 to 40.95; accepted",
  ],
  [
    "VRRPD_ADVERT_INTERVAL",
    "1.5",
    "does not fit VRRP version 2, whole seconds from 1 to 255; accepted: seconds from",
    { VRRPD_VERSION: "2" },
  ],
  [
    "VRRPD_ADVERT_INTERVAL",
    "100",
    "does not fit VRRP version 3, seconds in hundredths from 0.01 to 40.95; accepted: seconds from",
    { VRRPD_VERSION: "2", OPENSHIFT_HA_VIRTUAL_IPS: "2001:db8::1" },
  ],
  ["VRRPD_PRIORITY", "255", "accepted: a whole number from 1 to 254"],
  ["VRRPD_PRIORITY", "0", "accepted: a whole number from 1 to 254"],
  ["VRRPD_IPV4_CHECKSUM", "both", "accepted: pseudo-header or message"],
  ["VRRPD_CHECKS", "none", "accepted: auto, both or script"],
  ["VRRPD_CHECK_RISE", "0", "accepted: a whole number from 1"],
  ["VRRPD_CHECK_FALL", "1.5", "accepted: a whole number from 1"],
  ["VRRPD_CHECK_STRICT", "yes", "accepted: on or off"],
  ["VRRPD_INTERFACE_STRICT", "1", "accepted: on or off"],
  ["VRRPD_UNICAST_STRICT", "true", "accepted: on or off"],
  ["VRRPD_VIP_LEASE", "0", "accepted: whole seconds from 1"],
  ["VRRPD_VIP_LEASE", "slow", "accepted: whole seconds from 1"],
  ["VRRPD_ID_CONFLICT", "off", "accepted: hold or claim"],
  ["VRRPD_ANNOUNCE_REFRESH", "0.5", "accepted: 0 or seconds from 1 to 86400"],
  ["VRRPD_ANNOUNCE_REFRESH", "off", "accepted: 0 or seconds from 1 to 86400"],
  ["VRRPD_ANNOUNCE_LIMIT", "1", "accepted: a whole number from 2 to 600"],
  ["VRRPD_ANNOUNCE_LIMIT", "off", "accepted: a whole number from 2 to 600"],
  ["VRRPD_GUARD_REMOVE", "yes", "accepted: on or off"],
  ["VRRPD_REALTIME", "100", "accepted: off or a SCHED_RR priority from 1 to 99"],
  ["VRRPD_REALTIME", "on", "accepted: off or a SCHED_RR priority from 1 to 99"],
  ["VRRPD_LOG_LEVEL", "loud", "accepted: trace, debug, info"],
  ["VRRPD_LOG_FORMAT", "xml", "accepted: json or text"],
  ["VRRPD_SOCKET", "run/vrrpd.sock", "is not an absolute path; accepted: an absolute path"],
  ["VRRPD_SOCKET", `/${"x".repeat(107)}`, "is longer than a socket path can be; accepted: an absolute path"],
  ["VRRPD_SOCKET_GROUP", "a:b", "accepted: a group that this host knows"],
  ["VRRPD_SOCKET_GROUP", "4294967295", "is a number that no group can have; accepted: a group"],
  ["VRRPD_METRICS_LISTEN", "9112", "accepted: off or host:port"],
  ["VRRPD_METRICS_LISTEN", "::1:9112", "accepted: off or host:port"],
  ["VRRPD_METRICS_LISTEN", "[192.0.2.1]:9112", "accepted: off or host:port"],
  ["VRRPD_METRICS_LISTEN", "192.0.2.1:65536", "has a port outside 1..65535; accepted: off or host:port"],
  ["VRRPD_HTTP_HOSTS", "node-a:9112", "is not a host name; accepted: host names without port"],
  ["VRRPD_HTTP_HOSTS", "node-a/metrics", "is not a host name; accepted: host names without port"],
];

for (const [name, value, words, env] of REFUSED) {
  t.test(`${name}=${value} is refused`, (t) => {
    const parsed = parseEnvironment({ ...MINIMAL, ...env, [name]: value });
    t.equal(parsed.intent, null);
    t.equal(parsed.problems.length, 1);
    const line = formatProblem(parsed.problems[0]!);
    t.ok(line.startsWith(`${name}`), line);
    t.ok(line.includes(value.trim() || NOT_SET), line);
    t.ok(line.includes(words), line);
    t.end();
  });
}

t.test("nothing set at all: the required variable is named", (t) => {
  const { problems } = parseEnvironment({});
  t.match(problems.map(formatProblem), [
    /^OPENSHIFT_HA_VIRTUAL_IPS \(not set\) is required; accepted: addresses/,
  ]);
  t.end();
});

t.test("all problems are reported together, in the order of the table, an entry a line", (t) => {
  const { intent, problems } = parseEnvironment({
    VRRPD_PRIORITY: "255",
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.1, nonsense, 192.0.2.300",
    OPENSHIFT_HA_UNICAST_PEERS: "2001:db8::11",
    OPENSHIFT_HA_VIP_GROUPS: "x",
  });
  t.equal(intent, null);
  t.same(
    problems.map((problem) => `${nameOf(problem.origin)}=${problem.value}`),
    [
      "OPENSHIFT_HA_VIRTUAL_IPS=nonsense",
      "OPENSHIFT_HA_VIRTUAL_IPS=192.0.2.300",
      "OPENSHIFT_HA_VIP_GROUPS=x",
      "VRRPD_PRIORITY=255",
      "OPENSHIFT_HA_UNICAST_PEERS=2001:db8::11",
    ],
  );
  t.end();
});

t.test("an id above 255: how many are needed, and what shares them", (t) => {
  const lines = (env: Env) => parseEnvironment({ ...MINIMAL, ...env }).problems.map(formatProblem);
  const many = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.1-10", OPENSHIFT_HA_VRRP_ID_OFFSET: "246" };
  t.match(lines(many), [
    /^OPENSHIFT_HA_VRRP_ID_OFFSET="246" leads to .* 256, .* 10 ids are needed, .*VIP_GROUPS/,
  ]);
  t.same(lines({ ...many, OPENSHIFT_HA_VIP_GROUPS: "9" }), []);
  t.same(lines({ ...many, OPENSHIFT_HA_VRRP_ID_OFFSET: "245" }), []);
  const skipping = { ...many, OPENSHIFT_HA_VRRP_ID_OFFSET: "245", HA_EXCLUDED_VRRP_IDS: "250" };
  t.match(lines(skipping), [/leads to the virtual router id 256/]);
  const byDefault = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.0-255", OPENSHIFT_HA_VRRP_ID_OFFSET: "" };
  t.match(lines(byDefault), [/^OPENSHIFT_HA_VRRP_ID_OFFSET \(not set\) leads to .* 256 ids are needed/]);
  t.end();
});

t.test("a version 2 interval beyond what version 3 carries fits IPv4 alone", (t) => {
  const env = { ...MINIMAL, VRRPD_VERSION: "2", VRRPD_ADVERT_INTERVAL: "100" };
  t.equal(parseEnvironment(env).intent?.instances[0]?.router.advertIntervalMicros, 100_000_000);
  const both = { ...env, OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.1,2001:db8::1" };
  t.equal(parseEnvironment(both).problems.length, 1);
  t.end();
});

t.test("[v2-5.3.7-1 -] version 2 alone takes no interval but whole seconds from 1 to 255", (t) => {
  const intervalOf = (seconds: string) => {
    const env = { ...MINIMAL, VRRPD_VERSION: "2", VRRPD_ADVERT_INTERVAL: seconds };
    return parseEnvironment(env).intent?.instances[0]?.router.advertIntervalMicros ?? null;
  };
  t.same(["0", "0.5", "1.5", "254.99", "256"].map(intervalOf), [null, null, null, null, null]);
  t.same(["1", "2", "255"].map(intervalOf), [1_000_000, 2_000_000, 255_000_000]);
  t.end();
});

t.test("a blank value is unset, for every variable", (t) => {
  const blank = Object.fromEntries(VARIABLE_NAMES.map((name) => [name, " \t\n"]));
  t.same(parseEnvironment({ ...blank, ...MINIMAL }), parseEnvironment(MINIMAL));
  t.end();
});

t.test("a problem is one line, whatever the value", (t) => {
  const line = formatProblem({
    origin: { variable: "V" },
    value: `a\nb\u001b[31m\u2028${"x".repeat(1000)}`,
    accepted: "c",
  });
  t.match(
    line,
    /^V="a\\u\{a\}b\\u\{1b\}\[31m\\u\{2028\}x+… \(1009 characters\)" is not accepted; accepted: c$/,
  );
  t.end();
});

for (const property of [anyEnvironment, nothingLostInThePlan]) {
  t.test(property.name, async (t) => holds(t, property));
}

t.test("a group that this host does not know is refused, with what is accepted", async (t) => {
  const lookups = {
    whyUnknown: () => null,
    whyUnknownGroup: (group: string) => (group === "known" ? null : "names a group that is not there"),
    interfaceNamed: (name: string) => name,
    hasIpvsServices: () => false,
    routingNames: () => null,
  };
  const read = (group: string) => parseEnvironment({ ...MINIMAL, VRRPD_SOCKET_GROUP: group }, lookups);
  t.strictSame(read("other").problems.map(formatProblem), [
    'VRRPD_SOCKET_GROUP="other" names a group that is not there; accepted: a group that this host knows, by name or number',
  ]);
  t.equal(read("known").intent?.settings.socketGroup, "known");
});
