/** One container on one host, with exactly the rights it needs, and with fewer. */
import { readFileSync } from "node:fs";
import type { Test } from "tap";
import { createLan, type Host, until } from "../netns/index.js";
import { Container, type ContainerOptions } from "./container.js";
import type { Image } from "./image.js";
import { containerOf, type Environment, ROOT, readManifest } from "./manifests.js";
import { SPECIFIED } from "./site.js";

const ENVIRONMENT: Environment = {
  OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
  OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101",
  OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
  OPENSHIFT_HA_MONITOR_PORT: "0",
  OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
  OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT",
  VRRPD_ADVERT_INTERVAL: "0.2",
  VRRPD_METRICS_LISTEN: "127.0.0.1:9650",
};
const PROBE = SPECIFIED.livenessProbe!.exec.command;
const { capabilities, runAsUser } = containerOf(readManifest("docs/deploy/deployment.yaml")).securityContext!;
const CAPABILITIES = capabilities!.add!;
/** CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13. */
const EXACTLY_THESE = "0000000000003000";
const SOME_USER = 65_532;
const LIVE_PAGE = readFileSync(`${ROOT}/src/daemon/http/live-page.html`, "utf8");

export async function testLeastPrivilege(t: Test, image: Image): Promise<void> {
  const lan = await createLan({ interface: "ens3", hosts: { a: { addresses: ["192.0.2.40/24"] } } });
  t.teardown(() => lan.destroy());
  const host = lan.host("a");
  const start = (options: Partial<ContainerOptions> = {}) =>
    new Container(host, image, { env: ENVIRONMENT, ...options });

  await t.test("as the manifests have it: two capabilities, a read-only root", async (t) => {
    const container = start({ user: runAsUser!, capabilities: CAPABILITIES });
    await testRunning(t, host, container);
    const page = await container.exec(["curl", "--silent", "--fail", "http://127.0.0.1:9650/"]);
    t.equal(page.stdout, LIVE_PAGE, "the listener serves the live page");
    t.match((await container.exec(["vrrpd", "status"])).stdout, /ipfailover_VIP_1 +MASTER/);
    await testProbe(t, container);
  });
  await t.test("as another user, with ambient capabilities", async (t) => {
    const container = start({ user: SOME_USER, capabilities: CAPABILITIES });
    await testRunning(t, host, container);
    t.match((await container.exec(["vrrpd", "status"])).stdout, /ipfailover_VIP_1 +MASTER/);
    t.match(await container.end(), { code: 0 });
    t.notOk(await host.hasAddress("192.0.2.101"), "and takes the address away again");
  });
  await t.test("refused with exit code 4 and the name of what is missing", async (t) => {
    const ends: [Partial<ContainerOptions>, RegExp][] = [
      [{ capabilities: ["NET_ADMIN"] }, /CAP_NET_RAW is missing/],
      [{ capabilities: ["NET_RAW"] }, /CAP_NET_ADMIN is missing/],
      [{ user: SOME_USER, capabilities: [] }, /CAP_NET_ADMIN and CAP_NET_RAW are missing/],
    ];
    for (const [options, sentence] of ends) {
      const container = start(options);
      t.match(await container.ended(), { code: 4 });
      t.match(container.process.output, sentence);
    }
  });
  await t.test("a folder for the control socket that cannot be written is a warning", async (t) => {
    const container = start({ writableRun: false });
    await container.process.waitForLine(/"level":"?(warn|40)"?.*\/run\/vrrpd/);
    await until(() => host.hasAddress("192.0.2.101"), { what: "the address", timeoutMs: 30_000 });
    t.match(await container.end(), { code: 0 });
  });
  await t.test("the probe fails when the daemon is gone, and when it never came up", async (t) => {
    const command = ["sh", "-c", `${image.config.Entrypoint[0]}; echo ended with $?; exec sleep 600`];
    const gone = start({ command });
    await gone.process.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
    t.equal((await gone.exec(PROBE)).code, 0);
    await gone.exec(["killall", "-KILL", "keepalived"]);
    await gone.process.waitForLine(/^ended with 137$/, { timeoutMs: 30_000 });
    t.equal((await gone.exec(PROBE)).code, 1);
    await gone.end("SIGKILL");
    const { OPENSHIFT_HA_VIRTUAL_IPS: _, ...env } = ENVIRONMENT;
    const never = start({ env, command });
    await never.process.waitForLine(/^ended with 2$/, { timeoutMs: 30_000 });
    t.match(
      never.process.output,
      /neither OPENSHIFT_HA_VIRTUAL_IPS is set nor is there a \S+keepalived\.conf/,
    );
    t.equal((await never.exec(PROBE)).code, 1);
    await never.end("SIGKILL");
  });
}

/** It is the master, with nothing more than it was given. */
async function testRunning(t: Test, host: Host, container: Container): Promise<void> {
  await container.process.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
  await until(() => host.hasAddress("192.0.2.101"), { what: "the address" });
  const rules = await host.ok(["iptables", "-S", "INPUT"]);
  t.match(rules, /224\.0\.0\.18.*ACCEPT/, "the firewall rule as well");
  const status = (await container.exec(["sh", "-c", "cat /proc/$(pgrep keepalived)/status"])).stdout;
  for (const set of ["CapEff", "CapPrm", "CapBnd"]) t.match(status, `${set}:\t${EXACTLY_THESE}\n`, set);
  t.match(status, "NoNewPrivs:\t1\n");
  t.match(status, "Name:\tkeepalived\n");
  const write = await container.exec(["touch", "/var/lib/somewhere"]);
  t.match(write.stderr, /Read-only file system/);
  t.equal((await container.exec(["cat", "/proc/1/comm"])).stdout, "tini\n");
}

async function testProbe(t: Test, container: Container): Promise<void> {
  t.equal((await container.exec(PROBE)).code, 0, "the probe finds the daemon");
  const commandLine = await container.exec(["ps", "-o", "args=", "-C", "keepalived"]);
  t.match(
    commandLine.stdout,
    /^\/usr\/sbin\/keepalived -n -l --config env/,
    "ps says how it was started, by Keepalived's name",
  );
  await container.exec(["killall", "-KILL", "keepalived"]);
  t.match(await container.ended(), { code: 137 }, "the container ends with its daemon");
}
