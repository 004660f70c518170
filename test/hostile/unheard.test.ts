/** The kernel refuses what a master says: it gives way to whoever serves, and never leaves nobody. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { type Host, until } from "../netns/index.js";
import { entering } from "./support.js";

t.jobs = 3;

/** An output firewall as an operator would write it: the sender learns of it, as EPERM. */
async function silence(host: Host): Promise<void> {
  const rules = `table inet strict {
  chain output {
    type filter hook output priority 0;
    ip protocol 112 drop
  }
}`;
  ("table inet strict { chain output { type filter hook output priority 0; ip protocol 112 drop; } }");
  await host.ok(["nft", rules]);
}

const unsilence = (host: Host) => host.ok(["nft", "delete table inet strict"]);

async function pair(t: Teardown) {
  const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: "0.5", OPENSHIFT_HA_PREEMPTION: "preempt" });
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilHeldBy("a");
  const b = nodes.start("b", { VRRPD_PRIORITY: "100" });
  await nodes.untilState("b", "BACKUP");
  return { nodes, a, b };
}

t.test("a master that may not speak yields to the other, and comes back once it may", async (t) => {
  const { nodes } = await pair(t);
  const sentBefore = (await nodes.status("a")).instances[0]!.counters.advertsSent;
  await silence(nodes.host("a"));
  const status = await nodes.untilState("a", "FAULT");
  t.match(status.instances[0], {
    code: "adverts-refused",
    reason: /refuses every advert \(EPERM\), and 192\.0\.2\.41/,
  });
  const { counters } = status.instances[0]!;
  t.ok(counters.sendErrorsByErrno.EPERM! >= 4, "counted by errno");
  const wire = nodes.capture.adverts({ from: "a" }).length;
  t.ok(counters.advertsSent - sentBefore < 30 && counters.advertsSent <= wire, "and none of it as sent");
  await nodes.untilHeldBy("b");
  t.equal(await nodes.clientSees(), nodes.host("b").mac);
  await unsilence(nodes.host("a"));
  await nodes.untilHeldBy("a", VIP, 90_000);
  t.equal(await nodes.clientSees(), nodes.host("a").mac);
});

t.test("both may not speak: somebody serves, whoever was silenced first", async (t) => {
  const { nodes, a } = await pair(t);
  await silence(nodes.host("a"));
  await nodes.untilState("a", "FAULT");
  await nodes.untilHeldBy("b");
  await silence(nodes.host("b"));
  await a.waitForLine(
    /nobody else is heard, so it serves although the kernel refuses its adverts \(EPERM\)/,
    {
      timeoutMs: 60_000,
    },
  );
  await until(() => nodes.host("a").hasAddress(VIP), { what: "the address on a" });
  await until(async () => (await nodes.status("a")).problems[0]?.code === "unheard", {
    what: "the first error in the status",
    timeoutMs: 30_000,
  });
  t.match((await nodes.status("a")).instances[0], { state: "MASTER", unheard: { errno: "EPERM" } });
  const before = entering(a).length;
  const from = Date.now();
  await until(() => Date.now() > from + 10_000, { what: "ten seconds", timeoutMs: 20_000 });
  t.equal(entering(a).length, before, "it stays");
  t.ok(await nodes.host("client").reaches(VIP));
});
