import { execFileSync } from "node:child_process";
import root from "tap";
import type { InterfaceFacts } from "../../../src/config/plan/facts.js";
import type { InterfaceAddress, LinkState } from "../../../src/core/input.js";
import { KernelEvents } from "../../../src/host/netlink/events.js";
import { gatherHostFacts } from "../../../src/host/netlink/facts.js";
import { OwnChanges } from "../../../src/host/netlink/own-changes.js";
import { AddressRequests, prepareAddresses } from "../../../src/host/netlink/requests.js";
import { until } from "../../netns/until.js";
import { addPair, enterNamespace, indexOf, ip, ipBatch, virtualAddresses, withPrefix } from "./support.js";

enterNamespace();
addPair("eth0", "eth1");

root.beforeEach(() => ip("address flush dev eth0 scope global"));

const AUTHORS = { us: "ours", others: "foreign", kernel: "taken along" };

/** Follows the namespace; what is told is collected as lines, those of eth0 and of what tests make. */
function follow(t: Pick<typeof root, "fail" | "teardown">, receiveBufferBytes?: number) {
  const own = new OwnChanges();
  const requests = new AddressRequests(own);
  const lines: string[] = [];
  const links = new Map<string, LinkState | null>();
  const resyncs = new Map<string, readonly InterfaceAddress[]>();
  const events = new KernelEvents({
    own,
    requestPortId: requests.portId,
    onError: (error) => t.fail(error.message),
    changes: {
      onLink: (name, link) => {
        links.set(name, link);
        lines.push(
          `link ${name} ${link === null ? "gone" : `${link.up ? "up" : "down"}${link.carrier ? " carrier" : ""}`}`,
        );
      },
      onAddress: (change, name, { address, prefixLength }, author) =>
        lines.push(`${change} ${name} ${address.text}/${prefixLength} ${AUTHORS[author]}`),
      onResync: (name, addresses) => {
        resyncs.set(name, addresses);
        lines.push(`resync ${name}`);
      },
    },
    ...(receiveBufferBytes === undefined ? {} : { receiveBufferBytes }),
  });
  t.teardown(() => {
    events.close();
    requests.close();
  });
  events.start();
  const seen = (line: string) =>
    until(() => lines.includes(line), { what: `"${line}" among ${lines.join(", ")}` });
  return { requests, events, lines, links, resyncs, seen };
}

/** What the table holds is what a fresh dump says. */
function isTrue(events: KernelEvents): boolean {
  const plain = (facts: readonly InterfaceFacts[]) =>
    JSON.stringify(
      facts
        .map(({ name, link, addresses }) => ({
          name,
          link,
          addresses: addresses
            .map((entry) => ({ ...entry, validSeconds: entry.validSeconds === null }))
            .sort(byText),
        }))
        .sort((a, b) => a.link.index - b.link.index),
    );
  return plain(events.interfaces()) === plain(gatherHostFacts().interfaces);
}

function byText(a: { address: { text: string } }, b: { address: { text: string } }): number {
  return a.address.text < b.address.text ? -1 : 1;
}

root.test("at start every interface is told, with its addresses", async (t) => {
  ip("address add 192.0.2.1/24 dev eth0");
  const { lines, links, resyncs, events } = follow(t);
  t.same(lines.slice(0, 2), ["link lo up carrier", "resync lo"]);
  t.match(links.get("eth0"), { index: indexOf("eth0"), up: true, carrier: true, mtu: 1500 });
  t.match(links.get("eth0")!.mac!.text, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  t.match(resyncs.get("eth0")![0], { prefixLength: 24, scope: "global", label: "eth0", marked: false });
  t.ok(isTrue(events));
  ip("address del 192.0.2.1/24 dev eth0");
});

root.test("what others do is foreign, what we ask for is ours", async (t) => {
  const { requests, events, lines, seen } = follow(t);
  const addresses = [withPrefix("198.51.100.1/32"), withPrefix("2001:db8::1/128")];
  const batch = { prepared: prepareAddresses(indexOf("eth0"), addresses, 90), addresses: [0, 1] };
  requests.add([batch]);
  await seen("added eth0 198.51.100.1/32 ours");
  await seen("added eth0 2001:db8::1/128 ours");
  requests.remove([batch]);
  await seen("removed eth0 198.51.100.1/32 ours");
  await seen("removed eth0 2001:db8::1/128 ours");
  ipBatch(["address add 198.51.100.1/32 dev eth0", "address add 2001:db8::1/128 dev eth0 nodad"]);
  await seen("added eth0 198.51.100.1/32 foreign");
  await seen("added eth0 2001:db8::1/128 foreign");
  requests.remove([batch]);
  await until(() => lines.filter((line) => /^removed.*ours/.test(line)).length === 4, {
    what: "both removed",
  });
  // Three changes in one breath: the kernel may tell of the first only after it has been undone, or never.
  requests.add([batch]);
  requests.remove([batch]);
  requests.add([batch]);
  await until(() => isTrue(events), { what: "the table to agree with the kernel" });
  ip("address del 198.51.100.1/32 dev eth0");
  ip("address del 2001:db8::1/128 dev eth0");
  await seen("removed eth0 198.51.100.1/32 foreign");
  await seen("removed eth0 2001:db8::1/128 foreign");
  t.equal(lines.filter((line) => line.includes("foreign")).length, 4, lines.join("\n"));
});

root.test("a lease that runs out is told as removed by somebody else", async (t) => {
  const { requests, seen } = follow(t);
  const addresses = [withPrefix("198.51.100.1/32"), withPrefix("2001:db8::1/128")];
  requests.add([{ prepared: prepareAddresses(indexOf("eth0"), addresses, 1), addresses: [0, 1] }]);
  await seen("removed eth0 198.51.100.1/32 foreign");
  await seen("removed eth0 2001:db8::1/128 foreign");
});

root.test("an address that goes with another one of ours is told as taken along", async (t) => {
  const { requests, seen } = follow(t);
  const addresses = [withPrefix("192.0.2.10/24"), withPrefix("192.0.2.11/24")];
  const prepared = prepareAddresses(indexOf("eth0"), addresses, 90);
  requests.add([{ prepared, addresses: [0, 1] }]);
  await seen("added eth0 192.0.2.11/24 ours");
  requests.remove([{ prepared, addresses: [0] }]);
  await seen("removed eth0 192.0.2.10/24 ours");
  await seen("removed eth0 192.0.2.11/24 taken along");
});

root.test(
  "a secondary that the kernel promotes when ours goes is told as somebody else's change",
  async (t) => {
    const { requests, seen, events } = follow(t);
    execFileSync("sysctl", ["-q", "-w", "net.ipv4.conf.eth0.promote_secondaries=1"]);
    t.teardown(() => execFileSync("sysctl", ["-q", "-w", "net.ipv4.conf.eth0.promote_secondaries=0"]));
    const prepared = prepareAddresses(indexOf("eth0"), [withPrefix("192.0.2.10/24")], 90);
    requests.add([{ prepared, addresses: [0] }]);
    ip("address add 192.0.2.1/24 dev eth0");
    await seen("added eth0 192.0.2.1/24 foreign");
    requests.remove([{ prepared, addresses: [0] }]);
    await seen("changed eth0 192.0.2.1/24 foreign");
    t.ok(isTrue(events));
  },
);

root.test("a change of an address is told, a renewal of its lifetime is not", async (t) => {
  const { lines, seen } = follow(t);
  ip("address add 192.0.2.1/24 dev eth0 valid_lft 900 preferred_lft 900");
  ip("address change 192.0.2.1/24 dev eth0 valid_lft 1000 preferred_lft 1000");
  ip("address change 192.0.2.1/24 dev eth0");
  await seen("changed eth0 192.0.2.1/24 foreign");
  ip("address del 192.0.2.1/24 dev eth0");
  await seen("removed eth0 192.0.2.1/24 foreign");
  t.same(
    lines.filter((line) => line.includes("192.0.2.1/24")),
    ["added", "changed", "removed"].map((change) => `${change} eth0 192.0.2.1/24 foreign`),
  );
});

root.test("a link is told when it flaps, is renamed, deleted and made again", async (t) => {
  const { lines, links, resyncs, events, seen } = follow(t);
  addPair("vnet0", "vnet1");
  await seen("link vnet0 up carrier");
  await seen("resync vnet0");
  const { index } = links.get("vnet0")!;
  lines.length = 0;
  ip("link set vnet1 down");
  await seen("link vnet0 up");
  ip("link set vnet1 up");
  await seen("link vnet0 up carrier");
  ip("link set vnet0 mtu 1400");
  await until(() => links.get("vnet0")?.mtu === 1400, { what: "the MTU" });
  ip("link set vnet0 address 02:00:00:00:00:77");
  await until(() => links.get("vnet0")?.mac?.text === "02:00:00:00:00:77", { what: "the MAC address" });
  ip("link set vnet0 down");
  await seen("link vnet0 down");
  ip("link set vnet0 name vnet2");
  ip("address add 192.0.2.9/24 dev vnet2");
  await seen("link vnet0 gone");
  await seen("added vnet2 192.0.2.9/24 foreign");
  t.equal(links.get("vnet2")?.index, index, "the same interface under another name");
  t.ok(lines.indexOf("link vnet0 gone") < lines.indexOf("link vnet2 down"));
  ip("link del vnet2");
  await seen("link vnet2 gone");
  lines.length = 0;
  addPair("vnet2", "vnet1");
  await seen("link vnet2 up carrier");
  t.not(links.get("vnet2")!.index, index, "another interface under the same name");
  t.same(resyncs.get("vnet2"), [], "which has no address yet");
  await until(() => isTrue(events), { what: "the table to agree with the kernel" });
  ip("link del vnet2");
  await seen("link vnet2 gone");
});

root.test("a port that leaves its bridge is not gone", async (t) => {
  const { lines, events, seen } = follow(t);
  ip("link add br0 type bridge");
  ip("link set eth0 master br0");
  ip("link set eth0 nomaster");
  ip("link del br0");
  await seen("link br0 gone");
  t.notOk(lines.includes("link eth0 gone"));
  t.ok(isTrue(events));
});

root.test("after events were lost the differences are told", async (t) => {
  const { requests, events, lines, resyncs } = follow(t, 16 * 1024);
  const mine = prepareAddresses(indexOf("eth0"), [withPrefix("192.0.2.99/32")], 90);
  addPair("vnet0", "vnet1");
  await until(() => lines.includes("resync vnet1"), { what: "the new pair" });
  lines.length = 0;
  // The loop stands still meanwhile: nothing is read.
  const many = virtualAddresses("ipv4", 1000).concat(virtualAddresses("ipv6", 1000));
  const text = many.map(({ address, prefixLength }) => `${address.text}/${prefixLength}`);
  requests.add([{ prepared: mine, addresses: [0] }]);
  ipBatch(text.map((address) => `address add ${address} dev eth0`));
  ipBatch(text.map((address) => `address replace ${address} dev eth0 valid_lft 900 preferred_lft 900`));
  ipBatch(text.slice(1).map((address) => `address del ${address} dev eth0`));
  requests.remove([{ prepared: mine, addresses: [0] }]);
  ip("link set eth1 mtu 1400");
  ip("link del vnet0");
  await until(() => events.statistics.overruns > 0, { what: "an overrun" });
  await until(() => isTrue(events), { what: "the table to agree with the kernel" });
  t.ok(lines.includes("link vnet0 gone"));
  t.ok(lines.includes("link eth1 up carrier"));
  t.ok(resyncs.get("eth0")!.some(({ address }) => address.text === text[0]!.split("/")[0]));
  t.equal(events.statistics.malformed, 0);

  // And it goes on: what comes later is told as ever, and a removal that was lost is not waited for.
  lines.length = 0;
  ipBatch(["address add 192.0.2.99/32 dev eth0", "address del 192.0.2.99/32 dev eth0"]);
  await until(() => lines.length >= 2, { what: "both events" });
  t.same(lines, ["added eth0 192.0.2.99/32 foreign", "removed eth0 192.0.2.99/32 foreign"]);
  ip(`address del ${text[0]} dev eth0`);
});

root.test("reading all empties the queue at once, within and without a listener", async (t) => {
  const { requests, events, lines } = follow(t);
  const prepared = prepareAddresses(indexOf("eth0"), virtualAddresses("ipv4", 1000), 90);
  const addresses = prepared.entries.map((_, at) => at);
  requests.add([{ prepared, addresses }]);
  events.readAll();
  t.equal(lines.filter((line) => line.startsWith("added")).length, 1000);
  requests.remove([{ prepared, addresses }]);
  events.readAll();
  t.equal(lines.filter((line) => line.startsWith("removed")).length, 1000);
});
