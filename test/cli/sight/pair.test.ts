/**
 * Two nodes, and what goes wrong between them or on one of them: each time status says first what the cause is, with what
 * shows it and what to do; and nothing once it is over.
 */
import t from "tap";
import { VRRPD } from "../../lab/daemons/vrrpd.js";
import { VIP } from "../../lab/environment.js";
import { until } from "../../netns/index.js";
import { Situation, widthOf } from "./situation.js";

const A = "192.0.2.40";
const B = "192.0.2.41";
const MAC_OF_A = "02:00:00:00:00:01";
/** Drops adverts of others in this direction, as a firewall of this host does. */
const DROP = (hook: "input" | "output") =>
  `add table inet site; add chain inet site c { type filter hook ${hook} priority 10; }; add rule inet site c ip protocol 112 drop`;
const QUIET = { VRRPD_METRICS_LISTEN: "" };

t.test("two nodes", async (t) => {
  const situation = await Situation.create(t, { ...QUIET, OPENSHIFT_HA_PREEMPTION: "preempt" });
  const { nodes } = situation;
  const [hostA, hostB] = [nodes.host("a"), nodes.host("b")];
  const filter = (host: typeof hostA, rules: string) => host.ok(["nft", rules]);
  const unfilter = (host: typeof hostA) => host.ok(["nft", "delete table inet site"]);
  let a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER");
  let b = nodes.start("b", { VRRPD_PRIORITY: "100" });
  const bothSettled = async () => {
    await until(async () => (await nodes.status("b")).instances[0]!.master?.address === A, {
      what: "b follows a",
    });
    await nodes.untilHeldBy("a");
  };
  const restart = async () => {
    await Promise.all([a.stop(), b.stop()]);
    a = nodes.start("a", { VRRPD_PRIORITY: "200" });
    await nodes.untilState("a", "MASTER");
    b = nodes.start("b", { VRRPD_PRIORITY: "100" });
    await bothSettled();
    await situation.quiet("a", "b");
  };
  await bothSettled();
  await situation.quiet("a", "b");

  await t.test("multicast is dropped on one node", async (t) => {
    await filter(hostB, DROP("input"));
    const deaf = await situation.first("b", "deaf");
    t.match(deaf.text, `${A}, master with priority 200 until then, fell silent at ${deaf.since}`);
    t.match(deaf.text, `${MAC_OF_A} answers for ${VIP}`);
    t.match(deaf.action, /vrrpd status on .*IP protocol 112 to its group.*vrrpd doctor.*multicast snooping/);
    const heard = await situation.first("a", "two-masters");
    t.match(
      heard.text,
      /^192\.0\.2\.41 advertises as master too, with priority 100 \(this node: 200\): \d+ adverts since/,
    );
    t.match(heard.action, /vrrpd doctor on 192\.0\.2\.41/);
    const { stdout } = await situation.vrrpd("b", "status");
    t.match(
      stdout.replace(/\s+/g, " "),
      /error ipfailover_VIP_1: \S+, master with priority 200 until then, fell silent at /,
    );
    t.notMatch(stdout, /take the address off|Nothing is wrong/);
    t.ok(widthOf(stdout) <= 100);
    await unfilter(hostB);
    await bothSettled();
    await situation.quiet("a", "b");
  });

  await t.test("a master is frozen, and thawed", async (t) => {
    a.freeze();
    const lost = await situation.first("b", "master-lost");
    t.match(
      lost.text,
      `${A}, master with priority 200 until then, fell silent at ${lost.since} without having released`,
    );
    t.match(lost.action, /frozen/);
    await until(() => Date.now() - Date.parse(lost.since!) > 2_000, { what: "a stall that counts" });
    a.thaw();
    const stalled = await situation.first("a", "stalled");
    t.match(stalled.text, /^the daemon has stalled \d+ times? since its start, \d.* s at worst$/);
    t.match(stalled.action, /CPU time/);
    await bothSettled();
    await situation.quiet("b");
  });

  await t.test("adverts are blocked on their way out; alone, the master serves on", async (t) => {
    await restart();
    await filter(hostA, DROP("output"));
    const refused = await situation.first("a", "adverts-refused");
    t.match(
      refused.text,
      `it is in FAULT: the kernel refuses every advert (EPERM), and ${B} is heard in its place`,
    );
    t.match(refused.action, /nft list ruleset/);
    await nodes.untilHeldBy("b");
    await b.stop();
    const unheard = await situation.first("a", "unheard");
    t.match(
      unheard.text,
      /the kernel has refused every advert since .* \(EPERM\)\. It goes on because nobody else is heard/,
    );
    t.match(unheard.action, /packet filter of this host drops VRRP/);
    await unfilter(hostA);
    await situation.quiet("a");
  });

  await t.test("somebody removes the address, fast and slowly", async (t) => {
    const remove = () => hostA.run(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
    const present = () => until(() => hostA.hasAddress(VIP), { what: "the address is put back" });
    for (let time = 0; time < 2; time += 1) {
      await present();
      await remove();
    }
    await present();
    const slow = await situation.first("a", "address-removed");
    t.match(slow, {
      severity: "warning",
      text: /^somebody on this host removes 192\.0\.2\.101\/32 from ens3: 2 times since /,
    });
    t.match(slow.action, /NetworkManager/);
    const loop = hostA.start([
      "sh",
      "-c",
      `while :; do ip address del ${VIP}/32 dev ens3 2>/dev/null; sleep 0.05; done`,
    ]);
    const fast = await until(
      async () => {
        const first = await situation.first("a", "address-removed");
        return first.severity === "error" ? first : null;
      },
      { what: "an address that is mostly away", timeoutMs: 30_000 },
    );
    t.match(fast.text, /: \d+ times since .*, the last time at .*\. vrrpd puts it back each time/);
    await loop.stop();
  });

  await t.test("adverts get lost, in one direction", async (t) => {
    await restart();
    await hostA.drop(50, "out");
    const lossy = await situation.first("b", "lossy");
    t.match(
      lossy.text,
      /^\d\d % of the adverts of 192\.0\.2\.40 do not arrive: \d+ of the last \d+ are missing, since /,
    );
    t.match(lossy.action, /ip -s link/);
    const challenged = await situation.first("a", "challenged");
    t.match(
      challenged.text,
      /^192\.0\.2\.41, of priority 100, became master beside this node \d+ times since /,
    );
    t.match(challenged.action, /LOSS of vrrpd peers on 192\.0\.2\.41/);
    const { stdout } = await situation.vrrpd("b", "peers");
    t.match(stdout, /192\.0\.2\.40 .* \d\d\.\d%/);
    await hostA.drop(0, "out");
  });

  await t.test("adverts get lost at random, in both directions", async (t) => {
    await b.stop();
    await hostB.drop(40, "both");
    b = nodes.start("b", { VRRPD_PRIORITY: "100" });
    const lossy = await situation.first("b", "lossy");
    t.match(lossy.text, /^\d\d % of the adverts of 192\.0\.2\.40 do not arrive: /);
    await hostB.drop(0, "both");
  });

  await t.test("a cluster on our id without password", async (t) => {
    await restart();
    const client = nodes.host("client");
    await client.isolate({ direction: "in" });
    const foreign = nodes.start("client", { VRRPD_PRIORITY: "150", OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.200" });
    const stranger = await situation.first("a", "stranger");
    t.match(stranger.text, "192.0.2.99 uses our virtual router id 1 for other addresses: 192.0.2.200");
    t.match(stranger.action, /Another cluster is on this LAN.*OPENSHIFT_HA_VRRP_ID_OFFSET/);
    await foreign.stop();
  });

  await t.test("a check that fails now and then, and one that is slow", async (t) => {
    const CHECK = "/etc/keepalive/check.sh";
    const script = (...lines: string[]) =>
      hostB.writeFile(CHECK, ["#!/bin/sh", ...lines, ""].join("\n"), 0o755);
    await script("n=$(cat /run/n 2>/dev/null || echo 0); echo $((n + 1)) > /run/n; exit $((n % 2))");
    await b.stop();
    b = nodes.start("b", {
      VRRPD_PRIORITY: "100",
      OPENSHIFT_HA_CHECK_SCRIPT: CHECK,
      OPENSHIFT_HA_CHECK_INTERVAL: "0.3",
    });
    const flaky = await situation.first("b", "check-flapping");
    t.match(flaky.text, /^check script passes, and has failed \d+ times since /);
    t.match(flaky.action, /Run OPENSHIFT_HA_CHECK_SCRIPT by hand.*several times in a row/);
    t.equal((await nodes.status("b")).problems.length, 1, "the changes of state are no problem of their own");
    await script("sleep 5");
    const slow = await until(
      async () => {
        const one = await situation.first("b", "check-failing");
        return one.text.includes("timed out") ? one : null;
      },
      { what: "a check that is slow", timeoutMs: 30_000 },
    );
    t.match(
      slow.text,
      /^check script has been failing since .*: timed out after 0\.3 s; it has failed \d+ times since /,
    );
    t.match(slow.action, /what makes it slow: time OPENSHIFT_HA_CHECK_SCRIPT by hand.*longer timeout/);
  });

  await t.test("the same priority, and another interval in version 3", async (t) => {
    await Promise.all([a.stop(), b.stop()]);
    a = nodes.start("a", { VRRPD_PRIORITY: "200" });
    await nodes.untilState("a", "MASTER");
    b = nodes.start("b", { VRRPD_PRIORITY: "200", OPENSHIFT_HA_PREEMPTION: "nopreempt" });
    const equal = await situation.first("b", "equal-priority");
    t.match(equal.text, `${A} has the same priority 200; the greater address decides`);
    t.match(equal.action, /VRRPD_PRIORITY/);
    await b.stop();
    b = nodes.start("b", { VRRPD_PRIORITY: "100", VRRPD_ADVERT_INTERVAL: "0.3" });
    const interval = await situation.first("b", "interval");
    t.match(interval.text, `${A} advertises every 0.2 s, we every 0.3 s`);
    t.match(interval.action, /VRRPD_ADVERT_INTERVAL/);
    await b.stop();
  });

  await t.test("what is known is listed and does not count; an unknown code is a warning", async (t) => {
    const known = "equal-priority,interval@ipfailover_VIP_1,nonsense";
    b = nodes.start("b", {
      VRRPD_PRIORITY: "200",
      VRRPD_ADVERT_INTERVAL: "0.3",
      VRRPD_ACKNOWLEDGE: known,
      OPENSHIFT_HA_PREEMPTION: "nopreempt",
    });
    await until(async () => (await nodes.status("b")).problems.length === 2, { what: "two problems" });
    const { problems, warnings } = await nodes.status("b");
    t.match(problems, [{ acknowledged: true }, { acknowledged: true }]);
    t.match(warnings, [/VRRPD_ACKNOWLEDGE: "nonsense" is no code of a problem; there are: .*equal-priority/]);
    const { stdout } = await situation.vrrpd("b", "status");
    t.match(stdout, /^known +ipfailover_VIP_1: 192\.0\.2\.40 has the same priority 200/m);
    t.match(await situation.vrrpd("b", "check-nagios"), { code: 0, stdout: /VRRP OK/ });
    await b.stop();
  });

  await t.test("a port that stays dark after link up", async (t) => {
    b = nodes.start("b", { VRRPD_PRIORITY: "100" });
    await bothSettled();
    await hostA.cut();
    await nodes.untilState("b", "MASTER");
    await hostA.isolate({ direction: "both" });
    await hostA.heal();
    await nodes.untilState("a", "MASTER");
    // Adverts of a would end b's mastership before a has heard of it.
    await hostA.drop(0, "in");
    const dark = await situation.first("a", "dark-port");
    t.match(
      dark.text,
      /^for \d+\.\d s after link up at .* nobody was heard on ens3, so this node became master beside 192\.0\.2\.41: the switch port stays dark/,
    );
    t.match(dark.action, /portfast.*VRRPD_LINK_GRACE=\d+ and VRRPD_START_GRACE/);
    await hostA.rejoin();
  });

  await t.test("no IPv4 address", async (t) => {
    await b.stop();
    await hostB.ok(["ip", "address", "del", `${B}/24`, "dev", "ens3"]);
    b = nodes.start("b", { VRRPD_PRIORITY: "100" });
    const without = await situation.first("b", "no-source");
    t.match(without.text, /^it is in INIT: /);
    t.match(without.action, /Give the interface an address/);
    await hostB.ok(["ip", "address", "add", `${B}/24`, "dev", "ens3"]);
    await situation.quiet("b");
  });

  await t.test("somebody flushes the firewall rule that accepts VRRP", async (t) => {
    await b.stop();
    b = nodes.start("b", { VRRPD_PRIORITY: "100", OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT" });
    const rules = () => hostB.ok(["iptables", "-S", "INPUT"]);
    await until(async () => (await rules()).includes("vrrpd:ipfailover"), { what: "the rule" });
    await hostB.ok(["iptables", "-P", "INPUT", "DROP"]);
    await until(async () => (await nodes.status("b")).firewall, { what: "the rule is known" });
    await hostB.ok(["iptables", "-F", "INPUT"]);
    const flushed = await until(
      async () => (await nodes.status("b")).problems.find(({ code }) => code === "firewall-flushed"),
      { what: "the rule is put back", timeoutMs: 30_000, intervalMs: 200 },
    );
    t.match(
      flushed.text,
      /^the firewall rule that accepts VRRP was gone once, the last time at .*, and was put back/,
    );
    t.match(flushed.action, /firewalld|iptables -F/);
    t.match(await rules(), "vrrpd:ipfailover");
    t.equal((await nodes.status("b")).firewall?.restored, 1);
    await hostB.ok(["iptables", "-P", "INPUT", "ACCEPT"]);
  });

  await t.test("the disk that the log is written to is full", async (t) => {
    await b.stop();
    await hostB.ok(["sh", "-c", "mkdir -p /run/log && mount -t tmpfs -o size=64k none /run/log"]);
    const command = ["sh", "-c", 'exec "$0" "$@" >> /run/log/vrrpd.log', ...VRRPD];
    b = nodes.startAs("b", command, { VRRPD_PRIORITY: "100" });
    await situation.quiet("b");
    await hostB.run(["sh", "-c", "cat /dev/zero > /run/log/fill"]);
    // The last page of the file has room for some more.
    await until(
      async () => {
        b.kill("SIGUSR1");
        return (await nodes.status("b")).waitingLogLines?.errno === "ENOSPC";
      },
      { what: "lines that wait", intervalMs: 200 },
    );
    const waiting = await situation.first("b", "log-lines-waiting");
    t.match(waiting.text, /^\d+ log lines? waits? since .*: to write fails with ENOSPC$/);
    t.match(waiting.action, /Make room/);
    await hostB.ok(["rm", "/run/log/fill"]);
    await situation.quiet("b");
  });
});
