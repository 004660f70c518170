/** The environment beside a file: what counts, and what the file takes the place of. */
import t from "tap";
import { parseEnvironment, readDaemonSettings, VARIABLES } from "../../src/config/index.js";
import { MINIMAL } from "./support.js";

const textsOf = (env: Record<string, string>) => readDaemonSettings(env).warnings.map(({ text }) => text);

t.test("what is about the daemon counts", async (t) => {
  const { values, problems, warnings } = readDaemonSettings({
    VRRPD_VIP_LEASE: "off",
    VRRPD_METRICS_LISTEN: "127.0.0.1:9650",
    VRRPD_SCRIPT_USER: "nobody",
    VRRPD_LVS: "ignore",
    VRRPD_PARTIAL: "on",
  });
  t.same([problems, warnings], [[], []]);
  t.match(values, { vipLease: null, metricsListen: { port: 9650 }, lvs: "ignore", partial: true });
  t.match(values.scriptUser, { user: "nobody", group: null });
});

t.test("every variable of the configuration counts for nothing, right or wrong", async (t) => {
  const all = Object.values(VARIABLES).filter(({ scope }) => scope === "environment");
  const env = Object.fromEntries(all.map(({ name }) => [name, "no such value"]));
  const read = readDaemonSettings({ ...env, VRRPD_LOG_LEVEL: "warn" });
  t.same(read.values, { ...readDaemonSettings({}).values, logLevel: "warn" });
  t.same(read.problems, []);
  t.equal(read.warnings.length, 1);
  for (const { name } of all) t.match(read.warnings[0]?.text, name);
});

t.test("one warning names them, those too that nobody knows", async (t) => {
  t.same(textsOf({ VRRPD_PRIORITY: "120" }), ["VRRPD_PRIORITY does not count: the configuration is a file"]);
  t.same(textsOf({ VRRPD_PRIORITY: " ", OPENSHIFT_HA_COLOUR: "red", OPENSHIFT_HA_SELECTOR: "a" }), [
    "OPENSHIFT_HA_COLOUR, OPENSHIFT_HA_SELECTOR do not count: the configuration is a file",
  ]);
  t.same(textsOf({ VRRPD_LOG_LEVLE: "warn" }), [
    "VRRPD_LOG_LEVLE is not known and is ignored; the nearest known name is VRRPD_LOG_LEVEL",
  ]);
});

t.test("what the daemon cannot be told is a problem, beside a file too", async (t) => {
  const { problems } = readDaemonSettings({ VRRPD_LVS: "balance", VRRPD_LOG_LEVEL: "loud" });
  t.same(problems.map(({ origin }) => origin).sort(), [
    { variable: "VRRPD_LOG_LEVEL" },
    { variable: "VRRPD_LVS" },
  ]);
});

t.test("what is about files counts for nothing in an environment, and is said", async (t) => {
  const { intent, warnings } = parseEnvironment({ ...MINIMAL, VRRPD_LVS: "ignore", VRRPD_PARTIAL: "on" });
  t.not(intent, null);
  const why = "does not count: it is about a keepalived.conf, and --config is env";
  const texts = warnings.map(({ text }) => text).filter((text) => text.includes("keepalived.conf"));
  t.same(texts, [`VRRPD_LVS ${why}`, `VRRPD_PARTIAL ${why}`]);
});
