/** Who runs scripts, with what, and which are not run because others could have written them. */
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import type { Environment } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { type HostProcess, until } from "../netns/index.js";

const FOLDER = "/etc/keepalive";
const CHECK = `${FOLDER}/check.sh`;
const NOTIFY = `${FOLDER}/notify.sh`;
/** A namespace of users knows one, so that nobody can be another there. */
const otherUsers = process.getuid!() === 0 ? {} : { skip: "takes root: no other user is to be had" };

const FAST: Environment = {
  OPENSHIFT_HA_CHECK_SCRIPT: CHECK,
  OPENSHIFT_HA_CHECK_INTERVAL: "0.5",
  VRRPD_ADVERT_INTERVAL: "0.2",
};

async function stop(daemon: HostProcess): Promise<void> {
  daemon.kill("SIGTERM");
  await daemon.exited;
}

t.test("a script user has neither capabilities nor the daemon's environment", otherUsers, async (t) => {
  const nodes = await Nodes.create(t, FAST);
  const host = nodes.host("a");
  await host.ok(["mkdir", "-p", `${FOLDER}/out`]);
  await host.ok(["chmod", "0777", `${FOLDER}/out`]);
  const tell = (name: string) =>
    `#!/bin/sh\n{ cat /proc/self/status; echo "Cwd: $(pwd)"; env; } > ${FOLDER}/out/new && mv ${FOLDER}/out/new ${FOLDER}/out/${name}\necho heard > /dev/stderr\n`;
  await host.writeFile(CHECK, tell("check"), 0o755);
  await host.writeFile(NOTIFY, tell("notify"), 0o755);
  const env = { OPENSHIFT_HA_NOTIFY_SCRIPT: NOTIFY, VRRPD_SCRIPT_USER: "nobody", SECRET: "hush" };
  const daemon = nodes.start("a", { ...env, VRRPD_SCRIPT_ENVIRONMENT: "clean" });
  const status = await nodes.untilState("a", "MASTER");
  t.match(status.instances[0]!.checks, [{ state: "passing", detail: "exited with code 0: heard" }]);
  await until(async () => (await host.run(["test", "-e", `${FOLDER}/out/notify`])).code === 0, {
    what: "notify",
  });
  const groups = (await host.ok(["id", "-G", "nobody"])).trim();
  for (const name of ["check", "notify"]) {
    const told = await host.ok(["cat", `${FOLDER}/out/${name}`]);
    const field = (key: string) => new RegExp(`^${key}:\\s+(.*?)\\s*$`, "m").exec(told)?.[1];
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) t.match(field(set), /^0+$/, set);
    t.equal(field("NoNewPrivs"), "1");
    t.equal(field("Uid"), "65534\t65534\t65534\t65534");
    t.equal(field("Gid"), "65534\t65534\t65534\t65534");
    t.equal(field("Groups"), groups);
    t.equal(field("Cwd"), "/");
    t.match(told, /^PATH=\/usr\/local\/sbin:/m);
    t.notMatch(told, /SECRET|OPENSHIFT_HA/);
  }
  await stop(daemon);

  t.test("without one it is as before: the daemon's user, capabilities and environment", async (t) => {
    const daemon = nodes.start("a", { SECRET: "hush" });
    await nodes.untilState("a", "MASTER");
    const told = () => host.ok(["cat", `${FOLDER}/out/check`]);
    await until(async () => /SECRET=hush/.test(await told()), { what: "the daemon's environment" });
    t.match(await told(), /^CapEff:\s+0*[1-9a-f]/m);
    t.match(await told(), /^NoNewPrivs:\s+0$/m);
    t.match(await told(), /^Cwd: \/$/m);
    await stop(daemon);
  });

  t.test("what that user may not run is disabled, and said", async (t) => {
    await host.ok(["chmod", "0700", CHECK]);
    const daemon = nodes.start("a", { VRRPD_SCRIPT_USER: "nobody" });
    const { instances } = await nodes.untilState("a", "MASTER");
    t.match(instances[0]!.checks, [
      { state: "disabled", detail: /check\.sh may not be run by nobody \(VRRPD_SCRIPT_USER\)/ },
    ]);
    await stop(daemon);
  });

  t.test("an unknown user is exit code 2, beside the other problems", async (t) => {
    const start = async (user: string, more: Environment = {}) => {
      const env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101", VRRPD_SCRIPT_USER: user, ...more };
      return host.run([...VRRPD, "check", "--config", "env"], { env });
    };
    t.match(await start("no-such-user", { VRRPD_VERSION: "9" }), {
      code: 2,
      stderr:
        /VRRPD_VERSION="9"[\s\S]*VRRPD_SCRIPT_USER="no-such-user" names the user no-such-user, whom this host/,
    });
    t.match(await start("nobody:no-such-group"), { code: 2, stderr: /names the group no-such-group, which/ });
    t.match(await start("4242424"), { code: 2, stderr: /needs a group: 4242424:4242424/ });
    t.match(await start("a:b:c"), { code: 2, stderr: /is not accepted; accepted: a user or user:group/ });
    t.match(await start("4242424:4242424"), { code: 0 });
  });
});

t.test("scripts that others can write", async (t) => {
  const nodes = await Nodes.create(t, { ...FAST, OPENSHIFT_HA_NOTIFY_SCRIPT: NOTIFY });
  const host = nodes.host("a");
  await host.writeFile(CHECK, "#!/bin/sh\nexit 0\n", 0o777);
  await host.writeFile(NOTIFY, `#!/bin/sh\necho "$3" >> ${FOLDER}/told\n`, 0o777);
  const told = async () => (await host.run(["cat", `${FOLDER}/told`])).stdout;
  const problems = async () =>
    (await nodes.status("a")).problems.filter(({ code }) => /script|check/.test(code));

  t.test("off: one warning each, and they run", async (t) => {
    const daemon = nodes.start("a");
    await nodes.untilState("a", "MASTER");
    await until(async () => /MASTER/.test(await told()), { what: "notify" });
    t.match(await problems(), [
      {
        code: "script-writable",
        severity: "warning",
        text: /check\.sh can be changed by others: \S+check\.sh can be written by everybody/,
      },
      { code: "script-writable", severity: "warning", text: /^OPENSHIFT_HA_NOTIFY_SCRIPT: / },
    ]);
    await stop(daemon);
    t.equal(daemon.lines.filter(({ text }) => /can be changed by others/.test(text)).length, 2);
  });

  t.test("on: the check is disabled as under Keepalived, the notify script does not run", async (t) => {
    await host.ok(["rm", `${FOLDER}/told`]);
    const daemon = nodes.start("a", { VRRPD_SCRIPT_SECURITY: "on" });
    const { instances } = await nodes.untilState("a", "MASTER");
    t.match(instances[0]!.checks, [{ state: "disabled", detail: /can be changed by others/ }]);
    t.match(await problems(), [
      { code: "check-disabled", severity: "error" },
      { code: "script-refused", severity: "error", text: /so it is not run \(VRRPD_SCRIPT_SECURITY=on\)/ },
    ]);
    await daemon.waitForLine(/\(MASTER\): \S+notify\.sh can be changed by others/);
    await stop(daemon);
    t.equal(await told(), "");
  });

  t.test("on, with VRRPD_CHECK_STRICT: a fault", async (t) => {
    const daemon = nodes.start("a", { VRRPD_SCRIPT_SECURITY: "on", VRRPD_CHECK_STRICT: "on" });
    t.match((await nodes.untilState("a", "FAULT")).instances[0]!.reason, /can be changed by others/);
    await stop(daemon);
  });

  t.test("on: looked at before each run", async () => {
    await host.ok(["chmod", "0755", CHECK, NOTIFY]);
    const daemon = nodes.start("a", { VRRPD_SCRIPT_SECURITY: "on" });
    await nodes.untilState("a", "MASTER");
    const verdict = (state: string) =>
      until(async () => (await nodes.status("a")).instances[0]!.checks[0]!.state === state, { what: state });
    await verdict("passing");
    await host.ok(["chmod", "0777", CHECK]);
    await verdict("disabled");
    await host.ok(["chmod", "0755", CHECK]);
    await verdict("passing");
    await stop(daemon);
  });

  t.test("on: on a read-only mount nobody can write, whatever the modes say", async (t) => {
    await host.ok(["chmod", "0777", CHECK, NOTIFY, FOLDER]);
    await host.ok(["mount", "--bind", FOLDER, FOLDER]);
    await host.ok(["mount", "-o", "remount,bind,ro", FOLDER]);
    const daemon = nodes.start("a", { VRRPD_SCRIPT_SECURITY: "on" });
    await nodes.untilState("a", "MASTER");
    t.match((await nodes.status("a")).instances[0]!.checks, [{ state: "passing" }]);
    t.same(await problems(), []);
    await stop(daemon);
  });
});
