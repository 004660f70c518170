/** A rival that hears nobody, with another list, interval and the same priority; a stranger; one that is refused. */
import t from "tap";
import { VIP } from "../../lab/environment.js";
import { until } from "../../netns/index.js";
import { schemaViolations } from "./schema.js";
import { Situation, widthOf } from "./situation.js";

/** Their addresses are lower than a's, so that an equal priority does not make a yield. */
const HOSTS = {
  rival: { addresses: ["192.0.2.30/24"] },
  stranger: { addresses: ["192.0.2.31/24"] },
  old: { addresses: ["192.0.2.32/24"] },
  foreign: { addresses: ["192.0.2.33/24"] },
};
const QUIET = { VRRPD_METRICS_LISTEN: "" };

t.test("rivals with mismatches", async (t) => {
  const situation = await Situation.create(
    t,
    { OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},192.0.2.102`, OPENSHIFT_HA_VIP_GROUPS: "1", VRRPD_VERSION: "3" },
    HOSTS,
  );
  const { nodes } = situation;
  for (const name of Object.keys(HOSTS)) await nodes.host(name).isolate({ direction: "in" });
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER");
  nodes.start("rival", {
    ...QUIET,
    VRRPD_PRIORITY: "200",
    VRRPD_ADVERT_INTERVAL: "0.3",
    OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},192.0.2.103`,
  });
  nodes.start("stranger", { ...QUIET, VRRPD_PRIORITY: "150", OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.200" });
  nodes.start("old", { ...QUIET, VRRPD_VERSION: "2", VRRPD_ADVERT_INTERVAL: "1", VRRPD_PRIORITY: "50" });
  nodes.start("foreign", {
    ...QUIET,
    VRRPD_PRIORITY: "60",
    OPENSHIFT_HA_VIRTUAL_IPS: VIP,
    OPENSHIFT_HA_VRRP_ID_OFFSET: "6",
  });
  const codes = ["two-masters", "address-list", "equal-priority", "interval", "stranger", "refused-version"];
  const document = await until(
    async () => {
      const found = await situation.status("a");
      const seen = found.problems.map(({ code }) => code);
      return [...codes, "address-under-other-id"].every((code) => seen.includes(code)) ? found : null;
    },
    { what: `the problems ${codes.join(", ")}`, timeoutMs: 30_000 },
  );

  t.test("status says each in a sentence, with what to do", async (t) => {
    t.strictSame(schemaViolations(document), []);
    const texts = Object.fromEntries(document.problems.map(({ code, text }) => [code, text]));
    t.match(texts, {
      "two-masters": "192.0.2.30 advertises as master too, with priority 200",
      "address-list":
        "the address list of 192.0.2.30 differs from ours: it has also 192.0.2.103, lacks 192.0.2.102",
      "equal-priority": "192.0.2.30 has the same priority 200",
      interval: "192.0.2.30 advertises every 0.3 s, we every 0.2 s",
      stranger: "192.0.2.31 uses our virtual router id 1 for other addresses: 192.0.2.200",
      "refused-version":
        /adverts of 192\.0\.2\.32 are refused \(\d+ so far\): it speaks another version of VRRP/,
      "address-under-other-id": "192.0.2.33 advertises our 192.0.2.101 under virtual router id 7",
    });
    t.ok(document.problems.every(({ action }) => action.length > 10));
    const { stdout } = await situation.vrrpd("a", "status");
    t.ok(widthOf(stdout) <= 100);
    for (const code of codes)
      t.match(
        stdout.replace(/\s+/g, " "),
        texts[code]!.replace(/( \(\d+ so far\)|: \d+ adverts since).*/, ""),
      );
  });

  t.test("peers lists every speaker, ours and foreign, with what differs", async (t) => {
    const { stdout } = await situation.vrrpd("a", "peers");
    t.ok(widthOf(stdout) <= 100);
    const text = stdout.replace(/\s+/g, " ");
    t.match(stdout, /^192\.0\.2\.30 +1 +3 +200 +0\.3 s/m);
    t.match(stdout, /^192\.0\.2\.31 +1 +3 +150 +0\.2 s/m);
    t.match(stdout, /^192\.0\.2\.32 +1 .*refused/m);
    t.match(stdout, /^192\.0\.2\.33 +7 +3 +60 +0\.2 s/m);
    for (const remark of ["the same priority", "uses our id for"]) t.match(text, remark);
    const { instances } = await situation.status("a");
    const rival = instances[0]!.speakers.find(({ address }) => address === "192.0.2.30")!;
    t.match(rival, { relation: "overlapping", advertising: true, advertIntervalSeconds: 0.3 });
    t.ok(rival.loss !== null && rival.loss < 0.3, `nothing is lost on this wire: ${rival.loss}`);
  });

  t.test("loss is told", async (t) => {
    await nodes.host("stranger").drop(50, "out");
    const lossOf = async () => {
      const { instances } = await situation.status("a");
      return instances[0]!.speakers.find(({ address }) => address === "192.0.2.31")!.loss!;
    };
    await until(async () => (await lossOf()) > 0.15, {
      what: "a loss of some of the adverts",
      timeoutMs: 30_000,
    });
    await nodes.host("stranger").drop(0, "out");
    t.pass("half of the frames were dropped by the switch");
  });

  t.test("why, health and metrics", async (t) => {
    t.match(
      (await situation.vrrpd("a", "why")).stdout,
      /error +ipfailover_VIP_1: 192\.0\.2\.30 advertises as master too/,
    );
    t.match(await situation.vrrpd("a", "health", "--ready"), { code: 0 });
    const received = nodes.capture
      .adverts({ virtualRouterId: 1 })
      .filter(({ from, advert }) => from !== "a" && advert.version === 3).length;
    const metrics = await situation.metrics("a");
    const counted = metrics.one("keepalived_advertisements_received_total");
    const refused = metrics.one("vrrpd_adverts_dropped_total", { reason: "version" });
    t.ok(
      counted - refused >= received - 2,
      `${counted} received, ${refused} refused, ${received} on the wire before`,
    );
    t.ok(metrics.one("keepalived_address_list_errors_total") > 0);
    t.ok(metrics.one("vrrpd_stranger_adverts_total") > 0);
    t.ok(metrics.one("vrrpd_interval_mismatches_total") > 0);
    t.ok(metrics.one("vrrpd_unclaimed_packets_dropped_total", { reason: "unknown-virtual-router" }) > 0);
    const errors = metrics.all("vrrpd_problems", { severity: "error" });
    t.ok(errors.reduce((sum, one) => sum + one, 0) >= 3);
  });

  t.test("the log complains of each once a minute, not at each advert", async (t) => {
    const lines = a.lines.map(({ text }) => JSON.parse(text));
    for (const code of ["address-list", "stranger", "equal-priority", "interval"]) {
      t.equal(lines.filter((line) => line.code === code).length, 1, code);
    }
  });
});
