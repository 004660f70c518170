/** Notify scripts whose exec hangs, as on a file system whose server has gone: the daemon goes on without them. */
import { fileURLToPath } from "node:url";
import t from "tap";
import type { Environment } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";

const FOLDER = "/etc/keepalive";
const NOTIFY = `${FOLDER}/notify.sh`;
const CHECK = `${FOLDER}/check.sh`;
const LEASE = fileURLToPath(new URL("../attack/programs/lease.pl", import.meta.url));
/** An instance each, and each has its notify script: as many as libuv's pool has threads. */
const VIPS = ["192.0.2.101", "192.0.2.102", "192.0.2.103", "192.0.2.104"];
const PORT = 8080;
const PATIENCE = { timeoutMs: 60_000 };

const ENVIRONMENT: Environment = {
  OPENSHIFT_HA_VIRTUAL_IPS: VIPS.join(","),
  OPENSHIFT_HA_NOTIFY_SCRIPT: NOTIFY,
  OPENSHIFT_HA_CHECK_SCRIPT: CHECK,
  OPENSHIFT_HA_CHECK_INTERVAL: "1",
  OPENSHIFT_HA_MONITOR_PORT: String(PORT),
  OPENSHIFT_HA_PREEMPTION: "preempt",
  VRRPD_ADVERT_INTERVAL: "0.2",
  VRRPD_STOP_TIMEOUT: "1",
};
const SERVICE = `require("net").createServer((socket) => socket.destroy()).listen(${PORT}, "0.0.0.0", () => console.log("up"))`;

t.test("four that hang: checks, probe, adverts and log go on", async (t) => {
  const nodes = await Nodes.create(t, ENVIRONMENT);
  const host = nodes.host("a");
  await host.writeFile(NOTIFY, "#!/bin/sh\nexit 0\n", 0o755);
  await host.writeFile(CHECK, `#!/bin/sh\n[ ! -e ${FOLDER}/broken ]\n`, 0o755);
  const startService = async () => {
    const service = host.start([process.execPath, "-e", SERVICE], { name: "service" });
    await service.waitForLine(/up/, PATIENCE);
    return service;
  };
  const service = await startService();
  const daemon = nodes.start("a");
  const masters = () => daemon.lines.filter(({ text }) => /Entering MASTER STATE/.test(text)).length;
  await until(() => masters() >= VIPS.length, { what: "all instances", ...PATIENCE });
  const holder = host.start(["perl", LEASE, JSON.stringify({ files: [NOTIFY] })], { name: "lease" });
  await holder.waitForLine(/ready/, PATIENCE);

  let after = daemon.lines.length;
  const says = async (said: RegExp) => {
    t.match((await daemon.waitForLine(said, { ...PATIENCE, after })).text, said);
  };
  // From here on each transition has its script to run. All that follows is what the log says.
  await host.writeFile(`${FOLDER}/broken`, "");
  await says(/check script is failing: exited with code 1/);
  await says(/Entering FAULT STATE/);
  await host.ok(["rm", `${FOLDER}/broken`]);
  await says(/check script is passing/);
  await until(() => masters() >= 2 * VIPS.length, { what: "all instances again", ...PATIENCE });
  after = daemon.lines.length;
  service.kill("SIGKILL");
  await says(/is failing: connection refused|is failing: .*8080/);
  await startService();
  await until(() => masters() >= 3 * VIPS.length, { what: "all instances once more", ...PATIENCE });
  daemon.kill("SIGTERM");
  await says(/vrrpd ends before notify script \S+ \(FAULT\)/);
  t.strictSame(await daemon.exited, { code: 0, signal: null });
});
