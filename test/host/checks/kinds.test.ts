/** What is said about checks, whatever their source. */
import t from "tap";
import type { CheckPlan } from "../../../src/config/index.js";
import type { Origin } from "../../../src/core/origin.js";
import { scriptProblems } from "../../../src/daemon/status/problems/scripts.js";
import { byName, kindOf, type TroubledVerdict } from "../../../src/host/checks/index.js";
import { host, planOf } from "../../config/support.js";

const BOTH = { OPENSHIFT_HA_MONITOR_PORT: "8080", OPENSHIFT_HA_CHECK_SCRIPT: "/check secret" };
const PLAN = planOf(BOTH, host({ eth0: ["192.0.2.10/24"] }));
const IN_FILE: Origin = { file: "/etc/vrrpd.conf", line: 7, column: 3, keyword: "script" };

function checkNamed(name: string, origin?: Origin): CheckPlan {
  const check = PLAN.checks.get(name)!;
  return origin === undefined ? check : { ...check, origin };
}

function actionsOf(check: CheckPlan): string {
  const verdicts: TroubledVerdict[] = ["failing", "advisory", "disabled"];
  return verdicts.map((verdict) => kindOf(check).action(check, verdict)).join("\n");
}

t.test("each says what it looks at, in full and without secrets", (t) => {
  const say = (what: "describe" | "fact") => byName(PLAN.checks.values(), (kind, check) => kind[what](check));
  t.strictSame(say("describe"), { probe: "port 8080 of 192.0.2.10", script: "/check secret" });
  t.strictSame(say("fact"), { probe: "192.0.2.10 port 8080", script: "/check" });
  t.strictSame(
    byName([], () => "said"),
    { probe: null, script: null },
    "lists say that there is none",
  );
  t.end();
});

t.test("an action names the setting as its source spells it", (t) => {
  t.match(actionsOf(checkNamed("probe")), /Set OPENSHIFT_HA_MONITOR_PORT to the service's port/);
  t.match(actionsOf(checkNamed("script")), /Run OPENSHIFT_HA_CHECK_SCRIPT by hand/);
  for (const name of PLAN.checks.keys()) {
    const said = actionsOf(checkNamed(name, IN_FILE));
    t.match(said, "script (/etc/vrrpd.conf, line 7)");
    t.notMatch(said, /OPENSHIFT_HA_|VRRPD_/);
  }
  t.end();
});

t.test("what connects to this node has its address, in a new plan the new one", (t) => {
  const later = planOf(BOTH, host({ eth0: ["192.0.2.11/24"] }));
  const addresses = (plan: typeof PLAN) => [...plan.checks.values()].map(({ address }) => address?.text);
  t.strictSame(addresses(PLAN), ["192.0.2.10", undefined]);
  t.strictSame(addresses(later), ["192.0.2.11", undefined]);
  t.end();
});

t.test("a check's script is one by what it is for, not by its name", (t) => {
  const document = {
    variable: "script (/etc/vrrpd.conf, line 7)",
    program: "/check",
    user: null,
    problem: "/check does not exist",
    unsafe: null,
    mayRunUnsafe: true,
  };
  t.strictSame(
    scriptProblems([{ purpose: "check", securitySetting: PLAN.origins.scriptSecurity, document }]),
    [],
    "the check says it by itself",
  );
  const notify = { ...document, variable: "notify_CHECK" };
  t.match(
    scriptProblems([{ purpose: "notify", securitySetting: PLAN.origins.scriptSecurity, document: notify }]),
    [{ code: "script-unusable" }],
  );
  t.end();
});
