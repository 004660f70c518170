/** Every warning that the environment alone can cause: said, and the configuration is served all the same. */
import t from "tap";
import { parseEnvironment, type Warning } from "../../src/config/index.js";
import { nameOf } from "../../src/core/origin.js";
import { type Env, intentOf, MINIMAL, planOf } from "./support.js";

t.test("a clean environment has no warnings and no notes", (t) => {
  const { intent, warnings } = parseEnvironment(MINIMAL);
  t.same(warnings, []);
  t.same(intent?.notes, []);
  t.same(planOf({}).warnings, []);
  t.end();
});

const WARNED: readonly (readonly [string, Env, RegExp])[] = [
  [
    "a range that ends with a whole address",
    { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.4-192.0.2.6" },
    /^OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.4-192.0.2.6" ends with a whole address/,
  ],
  [
    "an empty entry",
    { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.4,,192.0.2.5" },
    /^OPENSHIFT_HA_VIRTUAL_IPS: empty entries/,
  ],
  ["quotes", { OPENSHIFT_HA_VIRTUAL_IPS: '"192.0.2.4"' }, /^OPENSHIFT_HA_VIRTUAL_IPS: surrounding quotes/],
  [
    "a duplicate",
    { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.4,192.0.2.3-5" },
    /^OPENSHIFT_HA_VIRTUAL_IPS: listed more than once, kept once as first listed: 192.0.2.4$/,
  ],
  [
    "a command without a path",
    { OPENSHIFT_HA_CHECK_SCRIPT: "killall -0 haproxy" },
    /^OPENSHIFT_HA_CHECK_SCRIPT: "killall" is no path: it is looked for in PATH/,
  ],
  [
    "shell syntax in a command",
    { OPENSHIFT_HA_NOTIFY_SCRIPT: "/notify.sh > /dev/null || true" },
    /^OPENSHIFT_HA_NOTIFY_SCRIPT: commands run without a shell, so ">" and "\|\|" are .* write \/bin\/sh -c '…'/,
  ],
  [
    "a port with more than digits",
    { OPENSHIFT_HA_MONITOR_PORT: "tcp/8080" },
    /^OPENSHIFT_HA_MONITOR_PORT: "tcp\/8080" is read as 8080$/,
  ],
  [
    "preempt",
    { OPENSHIFT_HA_PREEMPTION: "preempt" },
    /^OPENSHIFT_HA_PREEMPTION: "preempt" is read as preemption without delay$/,
  ],
  [
    "preempt_nodelay",
    { OPENSHIFT_HA_PREEMPTION: "preempt_nodelay" },
    /^OPENSHIFT_HA_PREEMPTION: "preempt_nodelay" is read as preemption without delay$/,
  ],
  [
    "preempt_nodelay N",
    { OPENSHIFT_HA_PREEMPTION: "preempt_nodelay 30" },
    /^OPENSHIFT_HA_PREEMPTION: "preempt_nodelay 30" is read as preempt_delay 30$/,
  ],
  [
    "no offset: which ids result, and where newer originals start",
    { OPENSHIFT_HA_VRRP_ID_OFFSET: "", OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.1-4", HA_EXCLUDED_VRRP_IDS: "3" },
    /^OPENSHIFT_HA_VRRP_ID_OFFSET is not set: the virtual router ids are 1-2, 4-5; .* April 2025 start at offset 10$/,
  ],
  [
    "USE_UNICAST=false beside peers",
    { OPENSHIFT_HA_USE_UNICAST: "false", OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.11" },
    /^OPENSHIFT_HA_USE_UNICAST=false does not count: OPENSHIFT_HA_UNICAST_PEERS is set, which means unicast$/,
  ],
  [
    "USE_UNICAST=true without peers, as OpenShift's own tests have it",
    { OPENSHIFT_HA_USE_UNICAST: "true" },
    /^OPENSHIFT_HA_USE_UNICAST=true does not count: OPENSHIFT_HA_UNICAST_PEERS is not set, so adverts go by multicast/,
  ],
  [
    "USE_UNICAST=true beside peers that are blank",
    { OPENSHIFT_HA_USE_UNICAST: "true", OPENSHIFT_HA_UNICAST_PEERS: " " },
    /^OPENSHIFT_HA_USE_UNICAST=true does not count/,
  ],
  [
    "an empty peer",
    { OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.11," },
    /^OPENSHIFT_HA_UNICAST_PEERS: empty entries are ignored$/,
  ],
  [
    "both firewalls",
    { OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT", OPENSHIFT_HA_NFTABLES_RULE: "yes" },
    /^OPENSHIFT_HA_IPTABLES_CHAIN="INPUT" does not count: OPENSHIFT_HA_NFTABLES_RULE takes precedence$/,
  ],
  [
    "a port that VRRPD_CHECKS=script leaves out",
    { VRRPD_CHECKS: "script", OPENSHIFT_HA_MONITOR_PORT: "80", OPENSHIFT_HA_CHECK_SCRIPT: "/check" },
    /^OPENSHIFT_HA_MONITOR_PORT=80 is not probed: VRRPD_CHECKS=script$/,
  ],
  [
    "VRRPD_CHECKS=script without a script",
    { VRRPD_CHECKS: "script" },
    /^VRRPD_CHECKS=script changes nothing: OPENSHIFT_HA_CHECK_SCRIPT is not set$/,
  ],
  [
    "a name that Keepalived reads in its own way",
    { OPENSHIFT_HA_CONFIG_NAME: "config!1" },
    /^OPENSHIFT_HA_CONFIG_NAME: .* version 2 password .* may differ/,
  ],
  [
    "an unknown variable of the original",
    { OPENSHIFT_HA_VIRTUAL_IP: "192.0.2.1" },
    /^OPENSHIFT_HA_VIRTUAL_IP is not known and is ignored; the nearest known name is OPENSHIFT_HA_VIRTUAL_IPS$/,
  ],
  [
    "an unknown variable of our own",
    { VRRPD_PRIORTY: "100" },
    /^VRRPD_PRIORTY is not known and is ignored; the nearest known name is VRRPD_PRIORITY$/,
  ],
  [
    "an unknown variable of excluded ids",
    { HA_EXCLUDED_VRRP_ID: "4" },
    /^HA_EXCLUDED_VRRP_ID is not known and is ignored; the nearest known name is HA_EXCLUDED_VRRP_IDS$/,
  ],
];

for (const [title, env, expected] of WARNED) {
  t.test(title, (t) => {
    const { intent, warnings } = parseEnvironment({ ...MINIMAL, ...env });
    t.not(intent, null);
    t.match(warnings, [{ text: expected }]);
    t.equal(warnings.length, 1);
    const [{ origin, text }] = warnings as [Warning];
    t.ok(text.includes(nameOf(origin)), `it comes from ${nameOf(origin)}, which the sentence names`);
    t.same(intent?.warnings, warnings, "the intent carries them");
    t.same(planOf(env).warnings, warnings, "and the plan");
    t.end();
  });
}

t.test("no warning where there is nothing to warn about", (t) => {
  const warningsOf = (env: Env) => parseEnvironment({ ...MINIMAL, ...env }).warnings;
  const script = { VRRPD_CHECKS: "script", OPENSHIFT_HA_CHECK_SCRIPT: "/check" };
  t.same(warningsOf(script), []);
  t.same(warningsOf({ ...script, OPENSHIFT_HA_MONITOR_PORT: "0" }), [], "no port that could be left out");
  t.same(warningsOf({ ...script, OPENSHIFT_HA_CHECK_SCRIPT: "bin/check" }), [], "a refused script is set");
  t.same(warningsOf({ OPENSHIFT_HA_CONFIG_NAME: "config!1", VRRPD_VERSION: "3" }), [], "no password");
  t.same(warningsOf({ OPENSHIFT_HA_CONFIG_NAME: "config!1", VRRPD_V2_AUTH: "none" }), [], "no password");
  t.same(warningsOf({ OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.11" }), []);
  t.end();
});

t.test("variables of others and blank ones are nobody's business", (t) => {
  const { warnings } = parseEnvironment({
    ...MINIMAL,
    HOME: "/",
    OPENSHIFT_HAX: "1",
    VRRPD_NONE: " ",
    HA_X: "1",
  });
  t.same(warnings, []);
  t.end();
});

t.test("a secret in an unknown variable is not printed", (t) => {
  const { warnings } = parseEnvironment({ ...MINIMAL, VRRPD_V2_PASSWORD: "hush" });
  t.equal(warnings.length, 1);
  t.notMatch(JSON.stringify(warnings), /hush/);
  t.end();
});

t.test("what is accepted and ignored is noted at its level", (t) => {
  const { notes } = intentOf({
    ...MINIMAL,
    OPENSHIFT_HA_SELECTOR: "a=b",
    OPENSHIFT_HA_SMTP_SERVER: "192.0.2.25",
    OPENSHIFT_HA_ADMIN_EMAILS: "root@example.com",
  });
  t.match(notes, [
    { level: "debug", message: /^OPENSHIFT_HA_SELECTOR / },
    { level: "debug", message: /^OPENSHIFT_HA_SMTP_SERVER / },
    { level: "info", message: /^OPENSHIFT_HA_ADMIN_EMAILS .*no e-mail is sent/ },
  ]);
  t.end();
});
