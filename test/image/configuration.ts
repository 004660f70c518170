/** Whose configuration a container runs: that of its variables, or a keepalived.conf that is mounted. */
import type { Test } from "tap";
import { createLan, type Host, until } from "../netns/index.js";
import { Container, type ContainerOptions } from "./container.js";
import type { Image } from "./image.js";
import type { Environment } from "./manifests.js";

const CONF = "/etc/keepalived/keepalived.conf";
const WRITTEN = "/run/vrrpd/keepalived.conf";
const ENVIRONMENT: Environment = {
  OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
  OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101",
  OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
  OPENSHIFT_HA_MONITOR_PORT: "0",
  OPENSHIFT_HA_VRRP_ID_OFFSET: "9",
  VRRPD_ADVERT_INTERVAL: "0.2",
};
/** On the host: a folder as a ConfigMap is mounted, with two files. */
const FOLDER = "/run/config-volume";
const FILES = { "keepalived.conf": "192.0.2.201", "other.conf": "192.0.2.202" };
const confOf = (address: string) =>
  `vrrp_instance mounted {\n  interface ens3\n  version 3\n  advert_int 0.2\n  virtual_router_id 51\n  priority 100\n  virtual_ipaddress {\n    ${address}\n  }\n}\n`;

export async function testConfiguration(t: Test, image: Image): Promise<void> {
  const lan = await createLan({ interface: "ens3", hosts: { a: { addresses: ["192.0.2.40/24"] } } });
  t.teardown(() => lan.destroy());
  const host = lan.host("a");
  for (const [name, address] of Object.entries(FILES))
    await host.writeFile(`${FOLDER}/${name}`, confOf(address));
  const start = (options: Partial<ContainerOptions>) => new Container(host, image, { env: {}, ...options });
  await t.test("the variables", (t) => testVariables(t, host, start));
  await t.test("a file", (t) => testFiles(t, host, start, image));
  await t.test("both: the variables count, and the file stays as it is", (t) => testBoth(t, host, start));
}

type Start = (options: Partial<ContainerOptions>) => Container;

async function held(host: Host, address: string): Promise<void> {
  await until(() => host.hasAddress(address), { what: address, timeoutMs: 60_000 });
}

/** The words of the daemon's command line, as ps shows them. */
async function commandLine(container: Container): Promise<string> {
  return (await container.exec(["ps", "-o", "args=", "-C", "keepalived"])).stdout.trim();
}

async function testVariables(t: Test, host: Host, start: Start): Promise<void> {
  const container = start({ env: ENVIRONMENT, privileged: true });
  await held(host, "192.0.2.101");
  // As case 49214 of OpenShift's suite looks for the ids.
  const look = await container.exec(["bash", "-c", `cat ${CONF} | grep virtual_router_id`]);
  t.equal(look.stdout, "    virtual_router_id 10\n");
  t.equal((await container.exec(["readlink", CONF])).stdout, `${WRITTEN}\n`);
  t.match(await commandLine(container), /^\/usr\/sbin\/keepalived -n -l --config env( |$)/);
  t.equal((await container.exec(["cat", "/run/keepalived.pid"])).code, 0);
  t.match(await container.end(), { code: 0 });
  t.notMatch(container.process.output, "monitor.sh:");

  const readOnly = start({ env: ENVIRONMENT });
  await held(host, "192.0.2.101");
  t.match(readOnly.process.output, /monitor\.sh: \/etc\/keepalived cannot be written, so it gets no link/);
  t.match((await readOnly.exec(["cat", WRITTEN])).stdout, /^ +virtual_router_id 10$/m);
  t.equal((await readOnly.exec(["cat", "/run/vrrpd/keepalived.pid"])).code, 0);
  t.match(await readOnly.end(), { code: 0 });
  t.notMatch(readOnly.process.output, /"level":"warn"/, "nothing to warn of");

  const off = start({ env: { ...ENVIRONMENT, VRRPD_KEEPALIVED_CONF: "off" } });
  await held(host, "192.0.2.101");
  t.equal((await off.exec(["test", "-e", WRITTEN])).code, 1);
  t.match(await off.end(), { code: 0 });
}

async function testFiles(t: Test, host: Host, start: Start, image: Image): Promise<void> {
  const volumes = [[FOLDER, "/etc/keepalived"]] as const;
  const blank = { OPENSHIFT_HA_VIRTUAL_IPS: " " };
  const mounted = start({ volumes, env: blank });
  await held(host, FILES["keepalived.conf"]);
  t.match(await commandLine(mounted), new RegExp(`^/usr/sbin/keepalived -n -l -f ${CONF}( |$)`));
  t.equal((await mounted.exec(["pgrep", "keepalived"])).code, 0, "the probe");
  t.match((await mounted.exec(["vrrpd", "status"])).stdout, /mounted +MASTER/);
  t.match(await mounted.end(), { code: 0 });

  const elsewhere = start({
    volumes: [[`${FOLDER}/other.conf`, "/usr/local/etc/keepalived/keepalived.conf"]],
    privileged: true,
  });
  await held(host, FILES["other.conf"]);
  t.match(await elsewhere.end(), { code: 0 });

  const [entrypoint] = image.config.Entrypoint;
  for (const words of [
    ["-f", "/etc/keepalived/other.conf"],
    ["keepalived", "-n", "-l", "-D", "-P", "-f", "/etc/keepalived/other.conf"],
    ["--config", "/etc/keepalived/other.conf"],
  ]) {
    const asked = start({ volumes, command: [entrypoint!, ...words], env: ENVIRONMENT });
    await held(host, FILES["other.conf"]);
    t.equal((await asked.exec(["pgrep", "keepalived"])).code, 0, words.join(" "));
    t.match(await asked.end(), { code: 0 });
  }
}

async function testBoth(t: Test, host: Host, start: Start): Promise<void> {
  const container = start({
    env: ENVIRONMENT,
    volumes: [[`${FOLDER}/keepalived.conf`, CONF]],
    privileged: true,
  });
  await held(host, "192.0.2.101");
  const said = container.process.lines.filter(({ text }) => text.startsWith("monitor.sh:"));
  t.match(said, [{ text: /the variables count; the keepalived\.conf that is mounted is not read/ }]);
  t.equal(said.length, 1);
  t.notOk(await host.hasAddress(FILES["keepalived.conf"]));
  t.match(await container.end(), { code: 0 });
  t.equal(await host.ok(["cat", `${FOLDER}/keepalived.conf`]), confOf(FILES["keepalived.conf"]));

  // A folder of the host must not get a link, even where it could.
  await host.ok(["mkdir", "-p", "/run/empty"]);
  const folder = start({ env: ENVIRONMENT, volumes: [["/run/empty", "/etc/keepalived"]], privileged: true });
  await held(host, "192.0.2.101");
  t.match(folder.process.output, /monitor\.sh: \/etc\/keepalived is mounted, so it gets no link/);
  t.match(await folder.end(), { code: 0 });
}
