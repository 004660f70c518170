/**
 * Debian's Prometheus, unpacked, watches two nodes: every alert of docs/deploy/prometheus fires where it should and goes
 * when that is over, and every query of our dashboard and of those that people have for Keepalived finds something.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { ROOT, startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { statusOf } from "../lab/status.js";
import { execute } from "../netns/execute.js";
import { createLan, type Host, type HostProcess, type Lan, until } from "../netns/index.js";
import { filledIn, PUBLIC_QUERIES, queriesOf } from "./prometheus/dashboards.js";
import { type DrawnPanel, dashboardHtml } from "./prometheus/drawing.js";
import { Prometheus } from "./prometheus/server.js";

const RULES = join(ROOT, "docs/deploy/prometheus/rules.yaml");
const OTHERS = join(ROOT, "docs/deploy/prometheus/other-exporters.yaml");
const DASHBOARD = join(ROOT, "docs/deploy/grafana/vrrpd.json");
const UNIT_TESTS = join(ROOT, "test/interop/prometheus/alerts.yaml");
const FILE = "/etc/keepalived/keepalived.conf";
const SHOT = fileURLToPath(new URL("prometheus/shot.mjs", import.meta.url));
const VALUES = { job: "vrrpd", instance: ".*", __rate_interval: "10s" };
const PORT = 9650;
const ADDRESSES = { a: "192.0.2.40", b: "192.0.2.41" } as const;
const VIP = "192.0.2.101";
/** So many times faster than they are meant: 30 s for an alert are 1.5 s. */
const FASTER = 20;
const SCRAPE_SECONDS = 0.5;
const PATIENCE_MILLIS = 60_000;

type Name = keyof typeof ADDRESSES;

const confOf = (priority: number) => `vrrp_script good {
  script "/bin/true"
  interval 1
}
vrrp_instance MAIN {
  interface ens3
  virtual_router_id 51
  version 3
  advert_int 0.2
  priority ${priority}
  virtual_ipaddress {
    ${VIP}
  }
  track_script {
    good
  }
  track_interface {
    ens4
  }
}
`;
const PRIORITIES = { a: 200, b: 100 } as const;

let lan: Lan;
const daemons = new Map<Name, HostProcess>();

const host = (name: Name): Host => lan.host(name);

async function start(name: Name): Promise<void> {
  const listen = { VRRPD_METRICS_LISTEN: `${ADDRESSES[name]}:${PORT}` };
  const daemon = startVrrpd(host(name), listen, VRRPD, FILE);
  daemons.set(name, daemon);
  await daemon.waitForLine(/metrics and health on/, { timeoutMs: PATIENCE_MILLIS });
}

async function kill(name: Name): Promise<void> {
  const daemon = daemons.get(name)!;
  daemon.kill("SIGKILL");
  await daemon.exited;
}

async function untilState(name: Name, state: string): Promise<void> {
  await until(async () => (await statusOf(host(name))).instances[0]!.state === state, {
    what: `${state} on ${name}`,
    timeoutMs: PATIENCE_MILLIS,
  });
}

async function metricsOf(name: Name): Promise<string> {
  const script = `fetch("http://${ADDRESSES[name]}:${PORT}/metrics").then((answer) => answer.text()).then(console.log)`;
  return host(name).ok([process.execPath, "-e", script]);
}

/** Of counters and of parts of histograms, without their values. */
const countersIn = (text: string) => [
  ...text.matchAll(/^((?:\w+_total|\w+_bucket|\w+_count|\w+_sum)(?:\{.*\})?) (\S+)$/gm),
];

/** Of the last minute. `npm run pictures` asks for it. */
async function drawDashboard(prometheus: Prometheus, picture: string): Promise<void> {
  const end = Date.now() / 1000;
  const start = end - 60;
  const { title, panels } = JSON.parse(readFileSync(DASHBOARD, "utf8")) as {
    title: string;
    panels: DrawnPanel[];
  };
  const drawn = await Promise.all(
    panels.map(async (panel) => {
      const ask = ({ expr }: { expr: string }) => prometheus.range(filledIn(expr, VALUES), start, end);
      return { panel, answers: await Promise.all(panel.targets.map(ask)) };
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-dashboard-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "dashboard.html");
  writeFileSync(file, dashboardHtml(title, drawn, start, end));
  const { code, stderr } = await execute([process.execPath, SHOT, file, picture, "1226"], {
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new Error(stderr);
}

t.before(async () => {
  const ens4 = (last: string) => ({ ens4: { addresses: [], mac: `02:00:00:00:04:0${last}` } });
  // An interface without addresses does not answer for those of another one.
  const sysctls = { "net.ipv4.conf.all.arp_ignore": "1" };
  lan = await createLan({
    interface: "ens3",
    privateDirectories: ["/etc/keepalived", "/etc/prometheus", "/run/vrrpd"],
    hosts: {
      a: { addresses: [`${ADDRESSES.a}/24`], interfaces: ens4("1"), sysctls },
      b: { addresses: [`${ADDRESSES.b}/24`], interfaces: ens4("2"), sysctls },
      watcher: { addresses: ["192.0.2.99/24"] },
    },
  });
  t.teardown(() => lan.destroy());
  for (const name of ["a", "b"] as const) await host(name).writeFile(FILE, confOf(PRIORITIES[name]));
});

t.test("promtool accepts the rules, and their unit tests pass", async (t) => {
  const { path, env } = findProgram("usr/bin/promtool");
  const checked = await execute([path, "check", "rules", RULES, OTHERS], { env });
  t.equal(checked.code, 0, checked.stderr);
  const tested = await execute([path, "test", "rules", UNIT_TESTS], { env });
  t.equal(tested.code, 0, `${tested.stdout}${tested.stderr}`);
});

t.test("two nodes, watched", async (t) => {
  await start("a");
  const first = await metricsOf("a");
  t.ok(
    countersIn(first).some(
      ([, series, value]) => series!.startsWith("vrrpd_transitions_total{") && value === "0",
    ),
    "transitions begin with 0",
  );
  await untilState("a", "MASTER");
  await start("b");
  await untilState("b", "BACKUP");
  const prometheus = await Prometheus.start({
    host: lan.host("watcher"),
    targets: { a: `${ADDRESSES.a}:${PORT}`, b: `${ADDRESSES.b}:${PORT}` },
    rules: [RULES, OTHERS],
    faster: FASTER,
    scrapeSeconds: SCRAPE_SECONDS,
  });
  await prometheus.untilQuery("count_over_time(up[1m]) > 6", (found) => found.length === 2);
  const figures: string[] = [];
  /** Seconds until an alert fires, and from the end of its reason until it clears. */
  const follow = async (alert: string, labels: string, over: () => Promise<unknown>) => {
    const fired = await prometheus.fires(alert, labels);
    await over();
    figures.push(
      `${alert} ${labels}: fired after ${fired} s, cleared after ${await prometheus.clears(alert, labels)} s`,
    );
  };

  t.strictSame(await prometheus.query('ALERTS{alertstate="firing"}'), [], "a healthy pair says nothing");

  await t.test("every query of a dashboard finds something", async (t) => {
    await prometheus.untilQuery(
      'irate(keepalived_vrrp_pri_zero_sent{instance="a"}[1m])',
      (found) => found.length > 0,
    );
    for (const [who, queries] of Object.entries(PUBLIC_QUERIES)) {
      const answers = await prometheus.queries(queries);
      for (const [index, found] of answers.entries()) t.ok(found.length > 0, `${who}: ${queries[index]}`);
    }
    const ours = queriesOf(DASHBOARD, VALUES);
    const answers = await prometheus.queries(ours.map(([, query]) => query));
    for (const [index, found] of answers.entries()) t.ok(found.length > 0, ours[index]!.join(": "));
  });

  await t.test("a node dies: the other one takes over, and nobody is unserved", async (t) => {
    await kill("a");
    await host("a").ok(["ip", "address", "flush", "dev", "ens3", "to", `${VIP}/32`]);
    await untilState("b", "MASTER");
    await follow("VrrpdDown", 'instance="a"', () => start("a"));
    const unserved = await prometheus.query(
      'max_over_time(ALERTS{alertname="VrrpdAddressUnserved", alertstate="firing"}[1m])',
    );
    t.strictSame(unserved, [], "the takeover was quicker than the alert");
    await untilState("a", "MASTER");
  });

  await t.test("flapping, and FAULT", async () => {
    for (let round = 0; round < 4; round += 1) {
      await host("a").ok(["ip", "link", "set", "ens4", "down"]);
      await untilState("b", "MASTER");
      await host("a").ok(["ip", "link", "set", "ens4", "up"]);
      await untilState("a", "MASTER");
    }
    const flapping = follow("VrrpdFlapping", 'iname="MAIN"', async () => {});
    await prometheus.fires("VrrpdFlapping");
    await host("a").ok(["ip", "link", "set", "ens4", "down"]);
    await Promise.all([
      prometheus.fires("VrrpdProblem", 'instance="a"'),
      prometheus.fires("VrrpdFault", 'instance="a"'),
    ]);
    await follow("VrrpdFault", 'instance="a"', () => host("a").ok(["ip", "link", "set", "ens4", "up"]));
    await prometheus.clears("VrrpdProblem", 'instance="a"');
    await untilState("a", "MASTER");
    await flapping;
  });

  if (process.env.VRRPD_DASHBOARD_PICTURE)
    await drawDashboard(prometheus, process.env.VRRPD_DASHBOARD_PICTURE);

  await t.test("two masters", async () => {
    await host("b").ok([
      "nft",
      "add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }; add rule ip deaf in ip protocol 112 drop",
    ]);
    await follow("VrrpdAddressOnSeveralNodes", `ip_address="${VIP}"`, () =>
      host("b").ok(["nft", "delete table ip deaf"]),
    );
    await untilState("b", "BACKUP");
  });

  await t.test("a refused reload", async () => {
    await host("b").writeFile(FILE, confOf(PRIORITIES.b), 0o755);
    daemons.get("b")!.kill("SIGHUP");
    await follow("VrrpdReloadRefused", 'instance="b"', async () => {
      await host("b").writeFile(FILE, confOf(PRIORITIES.b));
      daemons.get("b")!.kill("SIGHUP");
    });
  });

  await t.test("a daemon that stands still again and again", async () => {
    // A master: it has a timer due every 200 ms, and is not silent for its down interval.
    let over = false;
    const stalling = (async () => {
      while (!over) {
        daemons.get("a")!.freeze();
        await new Promise((resolve) => setTimeout(resolve, 350));
        daemons.get("a")!.thaw();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    await follow("VrrpdLate", 'instance="a"', async () => {
      over = true;
      await stalling;
    });
  });

  await t.test("a mute master, whom nobody else hears", async () => {
    await kill("b");
    await host("a").ok([
      "nft",
      "add table ip mute; add chain ip mute out { type filter hook output priority 0; }; add rule ip mute out ip protocol 112 drop",
    ]);
    await follow("VrrpdMuteMaster", 'instance="a"', () => host("a").ok(["nft", "delete table ip mute"]));
    await start("b");
    await prometheus.clears("VrrpdDown", 'instance="b"');
  });

  await t.test("all die, and come back", async () => {
    await Promise.all([kill("a"), kill("b")]);
    const unserved = prometheus.fires("VrrpdAddressUnserved", `ip_address="${VIP}"`);
    await Promise.all([unserved, prometheus.fires("VrrpdAllDown")]);
    await follow("VrrpdAllDown", 'job="vrrpd"', () => Promise.all([start("a"), start("b")]));
    await prometheus.clears("VrrpdAddressUnserved");
  });

  await prometheus.untilQuery('ALERTS{alertstate="firing"}', (found) => found.length === 0);
  for (const line of figures) t.comment(line);
});
