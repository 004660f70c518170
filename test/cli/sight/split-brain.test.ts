/** Thirty addresses in a split brain: one problem on each side. */
import t from "tap";
import { until } from "../../netns/index.js";
import { Situation } from "./situation.js";

const ADDRESSES = Array.from({ length: 30 }, (_, place) => `192.0.2.${101 + place}`);

t.test("thirty addresses in a split brain", async (t) => {
  const situation = await Situation.create(t, { OPENSHIFT_HA_VIRTUAL_IPS: ADDRESSES.join(",") });
  const { nodes } = situation;
  nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER", 29);
  nodes.start("b", { VRRPD_PRIORITY: "100", VRRPD_METRICS_LISTEN: "" });
  await nodes.untilState("b", "BACKUP", 29);
  await situation.quiet("a", "b");
  const knowsAll = async () => (await nodes.status("b")).instances.every(({ master }) => master !== null);
  await until(knowsAll, { what: "a master of each on b" });
  await nodes
    .host("b")
    .ok([
      "nft",
      "add table inet site; add chain inet site c { type filter hook input priority 0; }; add rule inet site c ip protocol 112 drop",
    ]);
  const deaf = await situation.first("b", "deaf");
  await situation.first("a", "two-masters");
  const areAll = async (on: string) => (await nodes.status(on)).problems[0]?.instances.length === 30;
  await until(async () => (await areAll("a")) && (await areAll("b")), {
    what: "all thirty",
    timeoutMs: 60_000,
  });
  const both = async () => [await nodes.status("a"), await nodes.status("b")] as const;
  const [onA, onB] = await both();
  t.ok(onA.problems.length === 1 && onB.problems.length === 1, "one cause, one problem");
  t.match(deaf.text, /^192\.0\.2\.40, master .* until then.*02:00:00:00:00:01 answers for 192\.0\.2\.1\d\d/);
  const { stdout } = await situation.vrrpd("a", "status");
  const told = stdout.replace(/\s+/g, " ");
  t.match(
    told,
    /error 30 instances \(ipfailover_VIP_1, ipfailover_VIP_2, ipfailover_VIP_3, ipfailover_VIP_4 and 26 more\): 192\.0\.2\.41 advertises as master too/,
  );
  const metrics = await situation.metrics("a");
  t.equal(metrics.one("vrrpd_problems", { code: "two-masters", severity: "error" }), 1);
  t.match(await situation.vrrpd("a", "check-nagios"), {
    code: 2,
    stdout: /30 master; 30 instances .*problems=1;/,
  });
});
