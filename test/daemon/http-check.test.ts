/** A failover that an HTTP check drives, what every view says of it, and a reload that asks another port. */
import { readFileSync } from "node:fs";
import t from "tap";
import { METRICS, Situation } from "../cli/sight/situation.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT, VIP } from "../lab/environment.js";
import { until } from "../netns/index.js";

const FOLDER = "/etc/keepalive";
const FILE = `${FOLDER}/vrrpd.env`;
const CONF = `${FOLDER}/written.conf`;
const STATUS = `${FOLDER}/status`;
const PORTS = [30061, 30062] as const;
/** The second port is always well. */
const SERVICE = `
  const { createServer } = require("node:http");
  const status = () => Number(require("node:fs").readFileSync("${STATUS}", "utf8"));
  createServer((_, to) => to.writeHead(status()).end("no endpoints")).listen(${PORTS[0]}, "127.0.0.1", () =>
    createServer((_, to) => to.end()).listen(${PORTS[1]}, "127.0.0.1", () => console.log("listening")));`;

function fileOf(port: number): string {
  const lines = {
    ...BASE_ENVIRONMENT,
    ...METRICS,
    OPENSHIFT_HA_CHECK_INTERVAL: "0.3",
    VRRPD_ADVERT_INTERVAL: "0.2",
    VRRPD_HTTP_CHECK: `http://127.0.0.1:${port}/healthz?token=secret`,
    VRRPD_KEEPALIVED_CONF: CONF,
    VRRPD_PRIORITY: "200",
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

t.test("a service that answers 503 loses the address, and gets it back at another port", async (t) => {
  const situation = await Situation.create(t, { VRRPD_PRIORITY: "100" });
  const { nodes } = situation;
  const a = nodes.host("a");
  await a.writeFile(STATUS, "200");
  await a.writeFile(FILE, fileOf(PORTS[0]));
  const service = a.start([process.execPath, "-e", SERVICE], { name: "the service" });
  await service.waitForLine(/listening/);
  const daemon = startVrrpd(a, {}, VRRPD, `env:${FILE}`);
  await nodes.untilState("a", "MASTER");
  nodes.start("b");
  await nodes.untilState("b", "BACKUP");
  t.match(readFileSync(a.pathOf(CONF), "utf8"), /vrrp_script http \{[^}]*curl/);

  await a.writeFile(STATUS, "503");
  await nodes.untilHeldBy("b");
  const { problems, instances } = await nodes.untilState("a", "FAULT");
  t.match(problems, [
    {
      code: "check-failing",
      text: /^check http has been failing since .*: http:\/\/127\.0\.0\.1:30061\/healthz\?… answered 503 .*: no endpoints$/,
      action: /^Ask the URL of VRRPD_HTTP_CHECK on this node/,
    },
  ]);
  t.match(instances[0], { code: "check-failed", tracks: [{ check: "http" }] });
  t.match((await situation.vrrpd("a", "why")).stdout, /check http .*503/);
  t.match((await situation.metrics("a")).all("keepalived_script_status", { name: "http" }), [0]);
  const doctor = await situation.vrrpd("a", "doctor", "--config", `env:${FILE}`);
  t.match(doctor.stdout.replace(/\s+/g, " "), /http:.* answered 503 .*: the node would be in FAULT/);
  const check = await situation.vrrpd("a", "check", "--config", `env:${FILE}`);
  t.match(
    check.stdout,
    /^HTTP check +http:\/\/127.0.0.1:30061\/healthz\?token=secret, status 200-399, every 0.3 s$/m,
  );
  const dump = await situation.vrrpd("a", "status", "--json");
  t.notMatch(
    dump.stdout + daemon.lines.map(({ text }) => text).join("\n"),
    /secret/,
    "a query is no one's business",
  );

  await a.writeFile(FILE, fileOf(PORTS[1]));
  t.match(await situation.vrrpd("a", "reload"), { code: 0 });
  await nodes.untilHeldBy("a");
  await until(async () => (await situation.status("a")).problems.length === 0, { what: "no problem" });
  t.ok(await a.hasAddress(VIP));
});
