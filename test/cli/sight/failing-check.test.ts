/** A check that fails, seen through every command. */
import t from "tap";
import { VIP } from "../../lab/environment.js";
import { schemaViolations } from "./schema.js";
import { Situation, widthOf } from "./situation.js";

const CHECK = "/etc/keepalive/check.sh";
const SECRET = "hunter2";

t.test("a failing check", async (t) => {
  const situation = await Situation.create(t, {
    OPENSHIFT_HA_CHECK_SCRIPT: `${CHECK} --password ${SECRET}`,
    OPENSHIFT_HA_CHECK_INTERVAL: "0.3",
    OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
    VRRPD_LOG_LEVEL: "trace",
  });
  const { nodes } = situation;
  const script = (code: number) => `#!/bin/sh\necho "service says ${code}"\nexit ${code}\n`;
  for (const name of ["a", "b"]) await nodes.host(name).writeFile(CHECK, script(0), 0o755);
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER");
  nodes.start("b", { VRRPD_PRIORITY: "100" });
  await nodes.untilState("b", "BACKUP");
  await nodes.host("a").writeFile(CHECK, script(7), 0o755);
  await nodes.untilHeldBy("b");
  await nodes.untilState("a", "FAULT");

  t.test("status", async (t) => {
    const document = await situation.status("a");
    t.strictSame(schemaViolations(document), []);
    t.match(document.problems, [
      {
        severity: "error",
        code: "check-failing",
        instance: null,
        text: /^check script has been failing since \d{4}-.*: exited with code 7: service says 7$/,
        action: /OPENSHIFT_HA_CHECK_SCRIPT/,
      },
    ]);
    t.match(document.instances[0], { state: "FAULT", code: "check-failed", master: null });
    t.match(document.instances[0]!.virtualAddresses, [
      { address: `${VIP}/32`, present: false, expected: false },
    ]);
    const { stdout } = await situation.vrrpd("a", "status");
    t.match(stdout, /ipfailover_VIP_1 +FAULT +200 +192\.0\.2\.101 not here/);
    t.match(
      stdout.replace(/\s+/g, " "),
      /error check script has been failing since .*service says 7 to do: Run/,
    );
    t.ok(widthOf(stdout) <= 100);
  });

  t.test("why", async (t) => {
    const { stdout } = await situation.vrrpd("a", "why");
    t.match(stdout, /MASTER to FAULT +check script failed: exited with code 7/);
    t.match(stdout.replace(/\s+/g, " "), /next waits until this ends: check script failed/);
    t.match(stdout, /check +script is failing: exited with code 7: service says 7/);
    const { stdout: other } = await situation.vrrpd("b", "why");
    t.match(other, /BACKUP to MASTER +192\.0\.2\.40 released the mastership \(priority 0\)/);
    t.match(other.replace(/\s+/g, " "), /master: 192\.0\.2\.40, masterPriority: 0, priority: 100/);
  });

  t.test("peers: the former master has released", async (t) => {
    t.match((await situation.vrrpd("b", "peers")).stdout, /192\.0\.2\.40 +1 +3 +0 .*has released/);
    t.match((await situation.vrrpd("a", "peers")).stdout, /192\.0\.2\.41 +1 +3 +100 .*as with us/);
  });

  t.test("health and metrics: alive, not serving", async (t) => {
    t.match(await situation.vrrpd("a", "health"), { code: 0 });
    t.match(await situation.get("a", "/healthz"), { code: 200 });
    const metrics = await situation.metrics("a");
    t.equal(metrics.one("keepalived_vrrp_state", { ip_address: VIP }), 3);
    t.equal(metrics.one("vrrpd_virtual_address_present", { ip_address: VIP }), 0);
    t.equal(metrics.one("keepalived_script_status", { name: "script" }), 0);
    t.equal(metrics.one("vrrpd_check_state", { check: "script", state: "failing" }), 1);
    t.ok(metrics.one("vrrpd_check_duration_seconds_count", { check: "script" }) > 1);
    t.equal(metrics.one("keepalived_release_master_total"), 1);
    t.equal(metrics.one("vrrpd_transition_causes_total", { cause: "check-failed" }), 1);
    const released = nodes.capture.adverts({ from: "a" }).filter(({ advert }) => advert.priority === 0);
    t.equal(metrics.one("keepalived_priority_zero_sent_total"), released.length, "as many as the wire had");
    t.equal(metrics.one("vrrpd_problems", { code: "check-failing", severity: "error" }), 1);
  });

  t.test("the log has no secret, and the complaint once", async (t) => {
    a.kill("SIGUSR1");
    await a.waitForLine(/SIGUSR1: error: check script/);
    t.notMatch(a.output, SECRET, "arguments of the script stay out");
    t.notMatch(a.output, /password/i);
    const failing = a.lines.filter(({ text }) => /check script is failing/.test(text));
    t.equal(failing.length, 1);
  });
});
