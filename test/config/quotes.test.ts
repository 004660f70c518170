/** Literal quotes around values: a manifest's habit, which Keepalived's own parser and a shell forgive. */
import t from "tap";
import { parseEnvironment, VARIABLE_NAMES } from "../../src/config/index.js";
import { type Env, MINIMAL } from "./support.js";

/** A value that each of them accepts; the others accept it as it stands in MINIMAL, or are commands. */
const VALUES: Env = {
  OPENSHIFT_HA_CONFIG_NAME: "edge",
  OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.4-6, 2001:db8::5",
  OPENSHIFT_HA_VIP_GROUPS: "3",
  OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
  OPENSHIFT_HA_MONITOR_PORT: "8080",
  OPENSHIFT_HA_CHECK_INTERVAL: "2.5",
  OPENSHIFT_HA_PREEMPTION: "preempt_delay 600",
  OPENSHIFT_HA_VRRP_ID_OFFSET: "10",
  HA_EXCLUDED_VRRP_IDS: "12 14",
  OPENSHIFT_HA_REPLICA_COUNT: "3",
  OPENSHIFT_HA_USE_UNICAST: "true",
  OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.11,2001:db8::11",
  OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT",
  VRRPD_VERSION: "3",
  VRRPD_ADVERT_INTERVAL: "0.5",
  VRRPD_PRIORITY: "120",
  VRRPD_VIP_LEASE: "fast",
  VRRPD_GUARD_REMOVE: "on",
  VRRPD_METRICS_LISTEN: "127.0.0.1:9650",
  VRRPD_SOCKET: "/run/vrrpd/edge.sock",
};

for (const quote of ['"', "'"]) {
  t.test(`${quote} around the values of all variables means what the values mean without`, (t) => {
    const quoted = Object.fromEntries(
      Object.entries(VALUES).map(([name, value]) => [name, `${quote}${value}${quote}`]),
    );
    const [plain, read] = [parseEnvironment(VALUES), parseEnvironment(quoted)];
    t.same(read.problems, []);
    t.same({ ...read.intent, warnings: [] }, { ...plain.intent, warnings: [] });
    for (const name of Object.keys(VALUES)) {
      t.ok(
        read.warnings.some(({ text }) => text === `${name}: surrounding quotes are ignored`),
        `${name}: it is said that the quotes are ignored`,
      );
    }
    t.end();
  });
}

t.test("a command keeps its quotes: they hold its words together", (t) => {
  const { intent, warnings } = parseEnvironment({
    ...MINIMAL,
    OPENSHIFT_HA_CHECK_SCRIPT: `'/bin/sh' -c 'exit 0'`,
    OPENSHIFT_HA_NOTIFY_SCRIPT: `"/opt/my notify"`,
  });
  t.match(intent?.checks, [{ kind: "script", command: ["/bin/sh", "-c", "exit 0"] }]);
  t.same(intent?.instances[0]?.router.notify[0]?.command, ["/opt/my notify"]);
  t.notMatch(JSON.stringify(warnings), /quotes/);
  t.end();
});

t.test("quotes around nothing are an unset variable", (t) => {
  for (const name of VARIABLE_NAMES.filter(
    (one) => one !== "OPENSHIFT_HA_VIRTUAL_IPS" && !/SCRIPT/.test(one),
  )) {
    const { problems } = parseEnvironment({ ...MINIMAL, [name]: '" "' });
    t.same(problems, [], name);
  }
  t.match(parseEnvironment({ OPENSHIFT_HA_VIRTUAL_IPS: '""' }).problems, [
    { origin: { variable: "OPENSHIFT_HA_VIRTUAL_IPS" }, value: "" },
  ]);
  t.end();
});

t.test("a quote that closes nothing belongs to the value", (t) => {
  for (const value of ['"3', "3'", `"3'`, `"3" "4"`]) {
    t.match(parseEnvironment({ ...MINIMAL, OPENSHIFT_HA_REPLICA_COUNT: value }).problems, [{ value }], value);
  }
  t.end();
});
