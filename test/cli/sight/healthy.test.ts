/** A healthy pair, seen through every command; the numbers are those of the wire and of the kernel. */
import t from "tap";
import { VRRPD } from "../../lab/daemons/vrrpd.js";
import { VIP } from "../../lab/environment.js";
import { until } from "../../netns/index.js";
import { schemaViolations } from "./schema.js";
import { Situation, widthOf } from "./situation.js";

const NAME = "ipfailover_VIP_1";
const VIPS = [VIP, "192.0.2.102"];

t.test("a healthy pair", async (t) => {
  const situation = await Situation.create(t, {
    OPENSHIFT_HA_VIRTUAL_IPS: VIPS.join(","),
    OPENSHIFT_HA_VIP_GROUPS: "1",
    VRRPD_LOG_LEVEL: "debug",
  });
  const { nodes } = situation;
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER");
  nodes.start("b", { VRRPD_PRIORITY: "100" });
  await nodes.untilHeldBy("a");
  const onB = await until(
    async () => {
      const document = await situation.status("b");
      return document.instances[0]!.speakers.length > 0 ? document : null;
    },
    { what: "the master on b" },
  );

  t.test("status --json is what the schema says, and what wire and kernel have", async (t) => {
    const sentBefore = nodes.capture.adverts({ from: "a" }).length;
    const onA = await situation.status("a");
    const sentAfter = nodes.capture.adverts({ from: "a" }).length;
    t.strictSame(schemaViolations(onA), []);
    t.strictSame(schemaViolations(onB), []);
    t.strictSame(onA.problems, []);
    const [instance] = onA.instances;
    const { advertsSent } = instance!.counters;
    t.ok(
      sentBefore <= advertsSent && advertsSent <= sentAfter + 1,
      `${sentBefore} ≤ ${advertsSent} ≤ ${sentAfter} + 1`,
    );
    t.match(instance, {
      name: NAME,
      state: "MASTER",
      priority: 200,
      advertIntervalSeconds: 0.2,
      leaseSeconds: 90,
    });
    const shown = instance!.virtualAddresses.map(({ address, present, expected }) => ({
      address,
      present,
      expected,
    }));
    t.strictSame(
      shown,
      VIPS.map((address) => ({ address: `${address}/32`, present: true, expected: true })),
    );
    t.match(onB.instances[0], { state: "BACKUP", master: { address: "192.0.2.40", priority: 200 } });
    // Removed behind its back, and looked at before it is put back: what the kernel has is what is shown.
    t.equal(
      (await situation.json<{ at: string }>("a", "why")).at > onA.at,
      true,
      "each answer is a new picture",
    );
  });

  t.test(
    "status is a table of at most 100 columns, without colours where there is no terminal",
    async (t) => {
      const { stdout, code } = await situation.vrrpd("a", "status");
      t.equal(code, 0);
      t.ok(widthOf(stdout) <= 100);
      t.match(stdout, /ipfailover_VIP_1 +MASTER +200 +192\.0\.2\.101 here +this node/);
      t.match(stdout, /Nothing is wrong\./);
      t.notMatch(stdout, "\u001b");
      const backup = await situation.vrrpd("b", "status");
      t.match(backup.stdout, /BACKUP +100 +192\.0\.2\.101 not here +192\.0\.2\.40 \(200\)/);
      t.match(backup.stdout, /in 0\.\d s becomes MASTER, unless 192\.0\.2\.40 advertises before/);
      const terminal = async (env: Record<string, string>) => {
        const command = ["script", "-qec", `${VRRPD.join(" ")} status`, "/dev/null"];
        return nodes.host("a").ok(command, { env: { TERM: "xterm", ...env } });
      };
      t.match(await terminal({}), "\u001b[32mMASTER\u001b[0m");
      t.notMatch(await terminal({ NO_COLOR: "1" }), "\u001b");
    },
  );

  t.test("status --watch goes on until a signal ends it", async (t) => {
    const watch = nodes.host("b").start([...VRRPD, "status", "--watch", "--json"]);
    await until(() => watch.lines.length >= 2, { what: "two pictures" });
    const [first, second] = watch.lines.map(({ text }) => JSON.parse(text));
    t.ok(first.at < second.at);
    watch.kill("SIGINT");
    t.strictSame(await watch.exited, { code: 0, signal: null });
  });

  t.test("why tells the transitions, what decided them, and what comes next", async (t) => {
    const { stdout } = await situation.vrrpd("a", "why", NAME);
    t.match(stdout, /ipfailover_VIP_1 is MASTER since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC/);
    t.match(stdout, /priority 200, id 1 on ens3, version 3, interval 0\.2 s, down after 0\.644 s of silence/);
    t.match(stdout, /INIT to BACKUP +ready/);
    t.match(stdout, /BACKUP to MASTER +no master was heard for 0\.\d+ s\n +priority: 200/);
    t.match(stdout, /next +in 0\.\d s sends its next advert \(timer: advertise\)/);
    t.ok(widthOf(stdout) <= 100);
    const unknown = await situation.vrrpd("a", "why", "nobody");
    t.match(unknown, { code: 1, stderr: /no instance nobody; there are: ipfailover_VIP_1/ });
  });

  t.test("peers tells what is heard of the other", async (t) => {
    const { stdout } = await situation.vrrpd("b", "peers");
    t.match(stdout, /192\.0\.2\.40 +1 +3 +200 +0\.2 s +0\.\d s ago +\d\.\d% +192\.0\.2\.101 +as with us/);
    t.match((await situation.vrrpd("a", "peers")).stdout, "Nobody has been heard");
    const captured = () => nodes.capture.adverts({ from: "a" });
    /** Between the counts of the wire before and after the question. */
    const heard = async () => {
      const before = captured().length;
      const { adverts, lastHeardAt } = (await situation.status("b")).instances[0]!.speakers[0]!;
      return { before, adverts, lastHeardAt, after: captured().length };
    };
    const first = await heard();
    await until(() => captured().length >= first.after + 10, { what: "ten adverts more" });
    const second = await heard();
    const { lastHeardAt } = second;
    const grown = second.adverts - first.adverts;
    const [least, most] = [second.before - first.after - 1, second.after - first.before + 1];
    t.ok(least <= grown && grown <= most, `${least} ≤ ${grown} ≤ ${most} adverts heard`);
    const nearest = Math.min(
      ...captured().map(({ atMicros }) => Math.abs(atMicros / 1000 - Date.parse(lastHeardAt))),
    );
    t.ok(nearest < 150, `the last one was heard when the wire had it (${nearest} ms)`);
  });

  t.test("health, metrics and the JSON over HTTP agree", async (t) => {
    t.match(await situation.vrrpd("a", "health"), { code: 0, stdout: "healthy" });
    t.match(await situation.vrrpd("b", "health", "--ready"), { code: 0, stdout: "ready" });
    t.match(await situation.get("a", "/healthz"), { code: 200, body: "ok\n" });
    t.match(await situation.get("b", "/readyz"), { code: 200, body: "ok\n" });
    const { body, type } = await situation.get("a", "/status");
    t.equal(type, "application/json");
    t.strictSame(schemaViolations(JSON.parse(body)), []);
    const before = nodes.capture.adverts({ from: "a" }).length;
    const metrics = await situation.metrics("a");
    const after = nodes.capture.adverts({ from: "a" }).length;
    const labels = { iname: NAME, intf: "ens3", vrid: "1" };
    const sent = metrics.one("keepalived_advertisements_sent_total", labels);
    t.ok(before <= sent && sent <= after + 1, `${before} ≤ ${sent} ≤ ${after} + 1`);
    t.equal(metrics.one("keepalived_up"), 1);
    for (const ip_address of VIPS) {
      t.equal(metrics.one("keepalived_vrrp_state", { ...labels, ip_address }), 2);
      t.equal(metrics.one("vrrpd_virtual_address_present", { ...labels, ip_address }), 1);
    }
    t.equal(metrics.one("vrrpd_transitions_total", { ...labels, from: "BACKUP", to: "MASTER" }), 1);
    t.ok(metrics.one("vrrpd_advert_spacing_error_seconds_count") > 0);
    t.ok(metrics.one("vrrpd_deadline_lateness_seconds_count") > 0);
    t.equal(metrics.one("vrrpd_priority", labels), 200);
    t.ok((await situation.metrics("b")).one("vrrpd_peer_advert_loss_ratio", { peer: "192.0.2.40" }) < 0.5);
  });

  t.test("the kernel's addresses are shown, not the wanted ones", async (t) => {
    // A frozen program cannot put it back before the other one looks; the lease is long.
    const other = nodes.host("b");
    await other.ok(["ip", "address", "add", `${VIP}/32`, "dev", "ens3"]);
    const shown = await until(
      async () => {
        const { instances, problems } = await situation.status("b");
        return instances[0]!.virtualAddresses[0]!.present && problems;
      },
      { what: "the uninvited address" },
    );
    t.match(shown, [{ severity: "error", code: "address-uninvited", instance: NAME }]);
    // An answer over HTTP is given again for a quarter of a second.
    const present = async () =>
      (await situation.metrics("b")).one("vrrpd_virtual_address_present", { ip_address: VIP });
    await until(async () => (await present()) === 1, { what: "the metric of the uninvited address" });
    t.match((await situation.vrrpd("b", "status")).stdout, "192.0.2.101 UNINVITED");
  });

  t.test("another host that has the address is named by its MAC address", async (t) => {
    const client = nodes.host("client");
    await client.ok(["sysctl", "-q", "-w", "net.ipv4.conf.ens3.arp_notify=1"]);
    await client.ok(["ip", "address", "add", `${VIP}/32`, "dev", "ens3"]);
    // Linux then announces its addresses.
    await client.ok(["ip", "link", "set", "ens3", "address", "02:00:00:00:00:77"]);
    const shown = await until(
      async () => {
        const { problems, instances } = await situation.status("a");
        return problems.length > 0 ? { problems, addresses: instances[0]!.virtualAddresses } : null;
      },
      { what: "the conflict" },
    );
    t.match(shown.problems, [{ severity: "error", code: "address-conflict", instance: NAME }]);
    t.match(shown.problems[0]!.text, /^192\.0\.2\.101 is also answered by 02:00:00:00:00:77, /);
    t.match(shown.problems[0]!.action, /Find this MAC address on the switch.*take the address off that host/);
    t.match(shown.addresses, [{ alsoAnsweredBy: "02:00:00:00:00:77" }, { alsoAnsweredBy: null }]);
    await client.ok(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
  });

  t.test("signals dump, and the log begins and ends with a summary", async (t) => {
    a.kill("SIGUSR1");
    const dump = JSON.parse((await a.waitForLine(/SIGUSR1: \(ipfailover_VIP_1\)/)).text);
    t.match(dump, { priority: 200, virtualAddresses: [`${VIP}/32 here`, "192.0.2.102/32 here"] });
    t.match(dump.transitions.at(-1), /BACKUP to MASTER: no master/);
    a.kill("SIGUSR2");
    const counters = JSON.parse((await a.waitForLine(/SIGUSR2: \(ipfailover_VIP_1\)/)).text);
    t.match(counters, { becomeMaster: 1, releaseMaster: 0, priorityZeroSent: 0 });
    a.kill("SIGTERM");
    await a.exited;
    const lines = a.lines.map(({ text }) => JSON.parse(text));
    t.match(lines[0], {
      msg: /^vrrpd \d+\.\d+\.\d+ starts: ipfailover on ens3, 1 virtual router, 2 virtual addresses; ens3 is named by/,
      nodeAddress: "192.0.2.40",
    });
    t.match(lines.at(-1), { msg: /^stopped after \d/, becameMaster: 1 });
    const sent = nodes.capture.adverts({ from: "a" }).filter(({ advert }) => advert.priority > 0).length;
    t.equal(lines.at(-1).advertsSent, sent, "as many adverts as the wire had");
    const entered = lines.filter(({ msg }) => msg === `(${NAME}) Entering MASTER STATE`);
    t.match(entered, [{ from: "BACKUP", to: "MASTER", cause: /no master was heard/, priority: 200 }]);
  });
});
