/** What is said about a setting names it as its source spells it, whichever source that is. */
import t from "tap";
import {
  formatProblem,
  type InstanceIntent,
  type Intent,
  ORIGINS,
  plan,
  VARIABLES,
} from "../../src/config/index.js";
import { TIMERS } from "../../src/core/deadlines.js";
import { bothOf, nameOf, type Origin, type SettingOrigins, settingOf } from "../../src/core/origin.js";
import { CAUSES } from "../../src/core/router/cause.js";
import { refusalWords } from "../../src/daemon/status/problems/refusals.js";
import { spelt } from "../../src/daemon/status/spelling.js";
import { type Env, FIRST_LOOK, host, intentOf, ip, MINIMAL, onOneInterface } from "./support.js";

const VARIABLE = /OPENSHIFT_HA_|VRRPD_|_SOURCE_IPADDRESS/;
const PLACE: Origin = { file: "/etc/vrrp.conf", line: 7, column: 5, keyword: "priority" };

t.test("a setting, its value and its problem, in the words of a file and of the environment", (t) => {
  t.equal(nameOf(PLACE), "priority (/etc/vrrp.conf, line 7)");
  t.equal(bothOf(PLACE, { ...PLACE }), nameOf(PLACE), "one place is named once");
  t.equal(bothOf({ variable: "VRRPD_A" }, { variable: "VRRPD_B" }), "VRRPD_A and VRRPD_B");
  t.equal(settingOf(PLACE, "300"), "priority 300 (/etc/vrrp.conf, line 7)");
  t.equal(settingOf({ variable: "VRRPD_PRIORITY" }, "300"), "VRRPD_PRIORITY=300");
  const accepted = "a whole number";
  t.equal(
    formatProblem({ origin: PLACE, value: "3\n00", accepted }),
    '/etc/vrrp.conf:7:5: priority "3\\u{a}00" is not accepted; accepted: a whole number',
  );
  t.equal(
    formatProblem({ origin: PLACE, value: "", accepted, reason: "is missing" }),
    "/etc/vrrp.conf:7:5: priority is missing; accepted: a whole number",
  );
  t.end();
});

/** The same intent as from a file that spells each variable in its own way. */
function fromFile(intent: Intent): Intent {
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move);
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    const { variable } = value as { variable?: string };
    if (variable !== undefined) return { ...PLACE, keyword: variable.toLowerCase() };
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, move(one)]));
  };
  const [first, ...others] = intent.instances;
  // What is one object stays one: instances that share it are planned together.
  const shared = move({ ...first, router: null, priority: null }) as InstanceIntent;
  const origins = move(first!.router.origins) as SettingOrigins;
  const instances = [first!, ...others].map(({ router, priority }) => {
    return { ...shared, router: { ...router, origins }, priority };
  });
  return { ...(move({ ...intent, instances: [] }) as Intent), instances };
}

/** Everything that a plan says by itself. */
function said(env: Env, facts: Parameters<typeof plan>[1]): string[] {
  const intent = { ...fromFile(intentOf({ ...MINIMAL, ...env })), warnings: [] };
  const options = { ...FIRST_LOOK, namedInterfaceGivenUp: env.GIVEN_UP === "yes" };
  const made = onOneInterface(plan(intent, facts, options));
  for (const { origin, text } of made.warnings) {
    if (!("file" in origin)) throw new Error(`${text}: it comes from ${nameOf(origin)}`);
  }
  const { interfaceReason, sources, contradiction, sentences } = made;
  return [interfaceReason, ...sentences, contradiction, sources.ipv4.detail, sources.ipv6.detail].filter(
    (sentence) => sentence !== null,
  );
}

const ROUTED = host({ eth0: ["192.0.2.10/24"] }, null, 1500, {
  "198.51.100.1": {
    interface: "eth0",
    gateway: ip("192.0.2.1"),
    source: null,
  },
});
const PORT = host({ eth0: [], br0: ["192.0.2.10/24"] });

const CASES: readonly (readonly [string, Env, Parameters<typeof plan>[1], RegExp])[] = [
  [
    "an interface that is named",
    { OPENSHIFT_HA_NETWORK_INTERFACE: "eth0" },
    ROUTED,
    /eth0 is named by openshift_ha_network_interface \(/,
  ],
  [
    "one that is waited for",
    { OPENSHIFT_HA_NETWORK_INTERFACE: "eth9" },
    ROUTED,
    /eth9, named by openshift_ha_network_interface \(/,
  ],
  [
    "for ever",
    { OPENSHIFT_HA_NETWORK_INTERFACE: "eth9", VRRPD_INTERFACE_STRICT: "on" },
    ROUTED,
    /no time limit \(vrrpd_interface_strict on/,
  ],
  [
    "in vain",
    { OPENSHIFT_HA_NETWORK_INTERFACE: "eth9", GIVEN_UP: "yes" },
    ROUTED,
    /named by openshift_ha_network_interface .* is not there/,
  ],
  ["none named", {}, ROUTED, /^openshift_ha_network_interface .* is not set; eth0/],
  [
    "a port of a bridge",
    { OPENSHIFT_HA_NETWORK_INTERFACE: "eth0" },
    {
      ...PORT,
      interfaces: PORT.interfaces.map((one) => ({ ...one, master: one.name === "eth0" ? "br0" : null })),
    },
    /name br0 in openshift_ha_network_interface/,
  ],
  [
    "peers that are this node alone",
    { OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.10" },
    ROUTED,
    /^openshift_ha_unicast_peers .* lists only/,
  ],
  [
    "peers behind a router",
    { OPENSHIFT_HA_UNICAST_PEERS: "198.51.100.1" },
    ROUTED,
    /set vrrpd_unicast_min_ttl .* to 255/,
  ],
  [
    "a source that is not there",
    { MULTICAST_SOURCE_IPADDRESS: "192.0.2.77" },
    ROUTED,
    /^multicast_source_ipaddress .* asks for 192.0.2.77/,
  ],
  [
    "a label that is too long",
    { VRRPD_VIP_LABEL: "a-long-label" },
    ROUTED,
    /^vrrpd_vip_label a-long-label .* does not count/,
  ],
];

for (const [title, env, facts, expected] of CASES) {
  t.test(title, async (t) => {
    const sentences = said(env, facts);
    t.ok(
      sentences.some((sentence) => expected.test(sentence)),
      sentences.join("\n"),
    );
    t.notMatch(sentences.join("\n"), VARIABLE);
  });
}

/** Every word of the core that advises something, for people. */
function advice(origins: SettingOrigins): string[] {
  const causes: readonly { action: string | null }[] = Object.values(CAUSES);
  return [
    ...Object.values(refusalWords(origins)).flatMap(({ meaning, action }) => [meaning, action]),
    ...[...causes.map(({ action }) => action ?? ""), ...Object.values(TIMERS)].map((text) =>
      spelt(text, origins, { interface: "eth0" }),
    ),
  ];
}

t.test("causes, timers and refusals advise in the words of the source, and leave nothing open", async (t) => {
  const inFile = Object.fromEntries(
    Object.keys(ORIGINS).map((setting) => [setting, { ...PLACE, keyword: setting }]),
  ) as SettingOrigins;
  const [environment, file] = [advice(ORIGINS), advice(inFile)];
  const differing = environment.filter((text, index) => text !== file[index]);
  t.ok(differing.length > 8 && differing.every((text) => VARIABLE.test(text)), differing.join("\n"));
  // It counts beside a file as well.
  t.notMatch(file.join("\n").replaceAll(VARIABLES.ipv4Checksum.name, ""), VARIABLE);
  t.match(file.join("\n"), "idConflict claim (/etc/vrrp.conf, line 7) claims the addresses");
  t.match(environment.join("\n"), "VRRPD_ID_CONFLICT=claim claims the addresses");
  t.notMatch([...environment, ...file].join("\n"), /[{}]/);
});
