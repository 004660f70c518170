/** An existing installation of two nodes changes over to vrrpd, node by node, and back again, while a client asks. */
import t from "tap";
import type { Daemon } from "../../lab/daemons/daemon.js";
import { Keepalived } from "../../lab/daemons/keepalived.js";
import { Vrrpd } from "../../lab/daemons/vrrpd.js";
import { createLan, type Lan, until } from "../../netns/index.js";
import { V2_IPV4_PASS } from "../groups.js";
import { doubleMasters, sentBy } from "../judge/continuity.js";
import { HoldingWatch, overlaps } from "../judge/holdings.js";
import { downMicros, TOLERANCE_MICROS } from "../judge/timers.js";
import { type Judged, wireVerdict } from "../judge/verdict.js";
import type { Group } from "../speakers.js";
import { Client, startService } from "./client.js";
import { CHECK_SCRIPT, ENVIRONMENT, INTERFACE, NODES, SERVICE_PORT } from "./original.js";

type NodeName = keyof typeof NODES;

const GROUPS: readonly Group[] = [1, 2].map((number) => ({
  ...V2_IPV4_PASS,
  virtualRouterId: number,
  virtualAddress: `192.0.2.10${number}`,
}));
const ADDRESSES = GROUPS.map(({ virtualAddress }) => virtualAddress);
/** The longest down interval that one of the nodes can have: the least priority is 41. */
const FAILOVER_MICROS = downMicros(V2_IPV4_PASS, 41);

async function makeNode(lan: Lan, name: NodeName) {
  const host = await lan.add(name, { addresses: [NODES[name].address] });
  await host.writeFile(CHECK_SCRIPT, "#!/bin/sh\nexit 0\n", 0o755);
  await startService(host, SERVICE_PORT);
  const original = new Keepalived(host, NODES[name].conf, true);
  return {
    host,
    watch: await HoldingWatch.start(host),
    original,
    ours: new Vrrpd(host, ENVIRONMENT, GROUPS.length),
  };
}

t.test("takeover: an installation of Keepalived becomes one of vrrpd, and Keepalived again", async (t) => {
  const lan = await createLan({ interface: INTERFACE, hosts: {} });
  t.teardown(() => lan.destroy());
  const nodes = { a: await makeNode(lan, "a"), b: await makeNode(lan, "b") };
  const capture = await lan.capture();
  /** @param where the node of each address */
  const settled = (where: readonly [NodeName, NodeName]) =>
    until(
      async () =>
        (await Promise.all(where.map((name, index) => isOn(nodes, ADDRESSES[index]!, name)))).every(Boolean),
      {
        what: `${ADDRESSES.join(" and ")} on the nodes ${where.join(" and ")}`,
        timeoutMs: 30_000,
      },
    );
  await Promise.all([nodes.a.original.start(), nodes.b.original.start()]);
  await settled(["a", "b"]);
  const client = new Client(
    await lan.add("client", { addresses: ["192.0.2.99/24"] }),
    SERVICE_PORT,
    ADDRESSES,
  );
  await client.untilAnswered();

  /** Waits until the newcomer would have become master, had it wanted to. */
  const exchange = async (what: string, from: Daemon, to: Daemon, where: readonly [NodeName, NodeName]) => {
    const sinceMicros = Date.now() * 1000;
    await from.stop();
    const quietMicros = (await to.start()).backupAtMicros + FAILOVER_MICROS + TOLERANCE_MICROS;
    await capture.waitFor(({ atMicros }) => atMicros > quietMicros, { what, timeoutMs: 30_000 });
    await settled(where);
    await client.untilAnswered();
    judge(t, what, client, sinceMicros);
  };
  const { a, b } = nodes;
  await exchange("the first node gets vrrpd", a.original, a.ours, ["b", "b"]);
  await exchange("the second node gets vrrpd", b.original, b.ours, ["a", "a"]);
  await exchange("the first node gets Keepalived back", a.ours, a.original, ["a", "a"]);
  await exchange("the second node gets Keepalived back", b.ours, b.original, ["a", "b"]);

  for (const group of GROUPS) {
    const sent = sentBy([a.ours, b.ours], group, capture.adverts());
    t.strictSame(doubleMasters(group, sent), [], `${group.virtualAddress}: never two masters on the wire`);
    const [first, second] = [a, b].map(({ watch }) => watch.spans(group.virtualAddress, null));
    const long = overlaps(first!, second!).filter((micros) => micros > TOLERANCE_MICROS);
    t.strictSame(long, [], `${group.virtualAddress}: on two nodes only while it changes hands`);
  }
  await wireVerdict(t, capture, [a.ours, b.ours]);
});

type Nodes = Readonly<Record<NodeName, Awaited<ReturnType<typeof makeNode>>>>;

async function isOn(nodes: Nodes, address: string, name: NodeName): Promise<boolean> {
  const held = await Promise.all([nodes.a, nodes.b].map(({ host }) => host.hasAddress(address)));
  return held[0] === (name === "a") && held[1] === (name === "b");
}

/** No more than one failover for each address. */
function judge(t: Judged, what: string, client: Client, sinceMicros: number): void {
  const outages = client.outages(sinceMicros);
  for (const address of ADDRESSES) {
    const its = outages
      .filter((outage) => outage.address === address)
      .map(({ lengthMicros }) => lengthMicros);
    const shown = its.map((micros) => `${micros / 1000} ms`).join(", ") || "none";
    const good = its.length <= 1 && its.every((micros) => micros <= FAILOVER_MICROS + TOLERANCE_MICROS);
    t.ok(good, `${what}: interruptions of ${address}: ${shown}`);
  }
}
