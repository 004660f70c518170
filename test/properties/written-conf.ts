/** A keepalived.conf that is written of a plan, read again as any other file. */
import { deepStrictEqual, ok } from "node:assert";
import fc from "fast-check";
import { type Intent, type Plan, parseEnvironment, plan } from "../../src/config/index.js";
import { WRITTEN_BY_VRRPD } from "../../src/config/plan/written/keepalived-conf.js";
import { readText } from "../config/keepalived/support.js";
import { FIRST_LOOK, host, writtenOf } from "../config/support.js";
import { named } from "./property.js";

/** Of words that mean something in a keepalived.conf, and of any others. */
const odd = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(..."ab \t\n\"'\\$#!{}@~%;é=(_)0"), maxLength: 12 }),
    fc.constantFrom(
      `$${"{_HASH}"}`,
      "$_BANG",
      "include x",
      "~SEQ(a, 1, 9)",
      "}\nvrrp_instance",
      "\u0085",
      "x".repeat(950),
    ),
    fc.string({ unit: "binary", maxLength: 8 }),
  )
  // What no environment can hold.
  .map((text) => text.replaceAll("\0", ""));
const quoted = odd.map((text) => `'${text.replace(/['\\]/g, "\\$&")}'`);
const command = fc
  .tuple(fc.constantFrom("/c.sh", "/bin/sh -c", "'/a b/c'"), fc.array(quoted, { maxLength: 3 }))
  .map(([program, rest]) => [program, ...rest].join(" "));
const interfaceName = fc.oneof(
  { weight: 5, arbitrary: fc.constant("eth0") },
  fc.string({ unit: fc.constantFrom(..."eth0#!\"'{}$\\@~;_é"), minLength: 1, maxLength: 6 }),
  fc.constantFrom("include", `$${"{_HASH}"}`, "}", "weight"),
);
const list = (one: fc.Arbitrary<string>, minLength = 1) =>
  fc.uniqueArray(one, { minLength, maxLength: 40 }).map((entries) => entries.join());
const address = fc.oneof(
  fc.nat(254).map((octet) => `203.0.113.${octet}${octet % 3 === 0 ? "/24" : ""}`),
  fc.nat(0xffff).map((group) => `2001:db8:1::${group.toString(16)}${group % 3 === 0 ? "/64" : ""}`),
);
const peer = fc.integer({ min: 11, max: 200 });

const environment = fc.record(
  {
    OPENSHIFT_HA_CONFIG_NAME: fc.oneof(odd, fc.constantFrom("n".repeat(300), "ipf-1")),
    OPENSHIFT_HA_VIP_GROUPS: fc.nat(40).map(String),
    OPENSHIFT_HA_VRRP_ID_OFFSET: fc.nat(200).map(String),
    OPENSHIFT_HA_MONITOR_PORT: fc.constantFrom("0", "80"),
    OPENSHIFT_HA_CHECK_SCRIPT: command,
    OPENSHIFT_HA_CHECK_INTERVAL: fc.constantFrom("0.3", "1", "2.5", "30", "100000"),
    OPENSHIFT_HA_NOTIFY_SCRIPT: command,
    OPENSHIFT_HA_PREEMPTION: fc.constantFrom(
      "nopreempt",
      "preempt",
      "preempt_delay 0.5",
      "preempt_delay 1000",
    ),
    OPENSHIFT_HA_UNICAST_PEERS: list(peer.map((octet) => `192.0.2.${octet},2001:db8::${octet}`)),
    OPENSHIFT_HA_IPTABLES_CHAIN: odd,
    MULTICAST_SOURCE_IPADDRESS: fc.constantFrom("192.0.2.10", "192.0.2.77"),
    VRRPD_VERSION: fc.constantFrom("2", "3", "auto"),
    VRRPD_V2_AUTH: fc.constantFrom("pass", "none"),
    VRRPD_ADVERT_INTERVAL: fc.constantFrom("0.01", "0.29", "1", "3", "40.95"),
    VRRPD_PRIORITY: fc.integer({ min: 1, max: 254 }).map(String),
    VRRPD_IPV4_CHECKSUM: fc.constantFrom("message", "pseudo-header"),
    VRRPD_CHECKS: fc.constantFrom("both", "auto", "script"),
    VRRPD_HTTP_CHECK: fc
      .tuple(fc.constantFrom("http://127.0.0.1:30061/", "https://[::1]/", "http://localhost/a?b="), odd)
      .map(([url, rest]) => url + rest.replace(/[^!-~]/g, "%20").replaceAll("\\", "$'!")),
    VRRPD_HTTP_CHECK_STATUS: fc.constantFrom("200", "200-299, 401 503"),
    VRRPD_HTTP_CHECK_HOST: fc.constantFrom("shop.example", "192.0.2.1:80"),
    VRRPD_CHECK_RISE: fc.constantFrom("1", "7"),
    VRRPD_SCRIPT_USER: fc.constantFrom("nobody", "nobody:nogroup"),
    VRRPD_START_GRACE: fc.constantFrom("0", "0.5", "30"),
    VRRPD_UNICAST_STRICT: fc.constantFrom("on", "off"),
    VRRPD_UNICAST_MIN_TTL: fc.constantFrom("1", "200"),
    VRRPD_ANNOUNCE_REFRESH: fc.constantFrom("0", "1", "600"),
    VRRPD_VIP_LABEL: fc.constantFrom("vip", "none"),
    VRRPD_VIP_LEASE: fc.constantFrom("90", "off", "fast"),
  },
  { requiredKeys: [] },
);

/** What a file can say of a virtual router, with what Keepalived has no words for left out. */
function sayable({ core, checks, settings }: Plan, scripts: ReadonlySet<string>) {
  return core.routers.map((router) => ({
    name: router.name,
    interface: router.interface,
    family: router.family,
    id: router.virtualRouterId,
    version: router.version,
    priority: router.priority ?? 100,
    preempt:
      router.preempt.delaySeconds === 0 && router.preempt.mode === "delay" ? "immediate" : router.preempt,
    interval: router.advertIntervalMicros,
    password: router.version === 2 ? router.password : null,
    addresses: router.virtualAddresses.map(({ tracked: _, advertised: __, ...entry }) => entry),
    advertised: router.advertisedCount,
    peers: router.unicastPeers,
    refresh: router.announcements.refresh,
    notify: router.notify.map(({ on, command: words, user }) => [on, words, user]),
    user: settings.scripts.user ?? { user: "root", group: null },
    checks: router.tracks.flatMap(({ on }) => {
      const check = "check" in on && scripts.has(on.check) ? checks.get(on.check)! : null;
      return check === null ? [] : [[check.name, check.rise, check.fall, check.command]];
    }),
  }));
}

const FACTS = (on: string) => host({ [on]: ["192.0.2.10/24", "2001:db8::10/64", "fe80::10/64"] });

/** Whether the text says itself that it cannot say it. */
const LEFT_OUT = /^ *# .*cannot be told/m;

export const writtenIsRead = named(
  "the keepalived.conf of any environment is read without a warning, and means the same virtual routers",
  40,
  fc.property(environment, list(address), interfaceName, (given, addresses, on) => {
    const env = { ...given, OPENSHIFT_HA_VIRTUAL_IPS: addresses, OPENSHIFT_HA_NETWORK_INTERFACE: on };
    const { intent } = parseEnvironment(env);
    if (intent === null) return;
    const ours = plan(intent, FACTS(on), FIRST_LOOK);
    const text = writtenOf(ours);
    ok(text.startsWith(`${WRITTEN_BY_VRRPD}\n`));
    const lines = text.split("\n");
    ok(lines.every((line) => Buffer.byteLength(line) <= 1023 && !/[\r\0]|\\"?$/.test(line)));
    deepStrictEqual(
      lines.filter((line) => line.startsWith("vrrp_instance ")).length +
        lines.filter((line) => /^# Keepalived cannot .* vrrp_instance/.test(line)).length,
      ours.routers.size,
    );
    if (LEFT_OUT.test(text)) return;
    const read: Intent = readText(text, { env: { VRRPD_VIP_LEASE: env.VRRPD_VIP_LEASE ?? "90" } });
    deepStrictEqual(read.warnings, []);
    const theirs = plan(read, FACTS(on), FIRST_LOOK);
    const scripts = new Set(theirs.checks.keys());
    const shown = (made: Plan) =>
      sayable(made, scripts).map(({ checks, ...rest }) => ({
        ...rest,
        // Those that run no program are scripts there.
        checks: checks.map((check) => (check[0] === "script" ? check : check.slice(0, 3))),
      }));
    deepStrictEqual(shown(theirs), shown(ours));
  }),
);
