/** Where adverts go and who is told, as files write it; each case as Keepalived 2.2.7 was seen to take it. */
import t from "tap";
import { instance, type ReadOptions, readText } from "./support.js";

function routerOf(lines: string, globals = "", options?: ReadOptions) {
  const intent = readText(`global_defs {\n${globals}\n}\n${instance(lines)}`, options);
  return { ...intent, ...intent.instances[0]!, said: intent.warnings.map(({ text }) => text).join("; ") };
}

const VIPS = "virtual_ipaddress {\n192.0.2.74\n2001:db8::74\n}";

t.test("the first address of an instance makes its family, whatever it is for", async (t) => {
  const cases = [
    [VIPS, "ipv4"],
    [`unicast_peer {\n2001:db8::12\n192.0.2.12\n}\n${VIPS}`, "ipv6"],
    [`unicast_src_ip 2001:db8::11\nunicast_peer {\n192.0.2.12\n}\n${VIPS}`, "ipv6"],
    [`${VIPS}\nunicast_src_ip 2001:db8::11`, "ipv4"],
    [`mcast_dst_ip ff02::77\n${VIPS}`, "ipv6"],
    [`virtual_ipaddress_excluded {\n2001:db8::1\n}\n${VIPS}`, "ipv4"],
    [`native_ipv6\n${VIPS}`, "ipv6"],
    [`unicast_src_ip 192.0.2.11\nnative_ipv6\n${VIPS}`, "ipv4"],
    [`${VIPS}\nnative_ipv6`, "ipv4"],
  ] as const;
  for (const [lines, family] of cases) {
    const { router } = routerOf(lines);
    t.equal(router.family, family, lines);
    t.same(
      router.virtualAddresses.filter(({ advertised }) => advertised).map(({ address }) => address.family),
      [family],
      lines,
    );
  }
});

t.test("a group is the instance's, else that of all, else the usual one", async (t) => {
  const groupOf = (lines: string, globals = "") => routerOf(lines, globals).router.multicastGroup.text;
  const V6 = "virtual_ipaddress {\n2001:db8::74\n}";
  const both = "vrrp_mcast_group4 239.1.1.1\nvrrp_mcast_group6 ff02::77";
  t.equal(groupOf(""), "224.0.0.18");
  t.equal(groupOf(V6), "ff02::12");
  t.equal(groupOf("", both), "239.1.1.1");
  t.equal(groupOf(V6, both), "ff02::77");
  t.equal(groupOf("mcast_dst_ip 239.2.2.2", both), "239.2.2.2");
  t.equal(groupOf(`${VIPS}\nmcast_dst_ip ff02::99`, both), "239.1.1.1", "of the other family");
  t.equal(groupOf(`${V6}\nmcast_dst_ip ff05::99`, both), "ff02::77", "beyond the link");
  for (const none of ["192.0.2.1", "ff02::1", "nowhere"])
    t.equal(groupOf("", `vrrp_mcast_group4 ${none}`), "224.0.0.18", none);
  t.equal(groupOf(V6, "vrrp_mcast_group6 ff05::77"), "ff05::77", "which is warned of");
});

t.test("FIFOs: the first of each kind, for users that there are", async (t) => {
  const fifosOf = (globals: string) => routerOf("", globals);
  t.match(fifosOf("vrrp_notify_fifo /a nobody nogroup\nvrrp_notify_fifo /b").fifos, [
    { path: "/a", owner: { user: "nobody", group: "nogroup" }, script: null },
  ]);
  t.same(fifosOf("vrrp_notify_fifo /a stranger").fifos, []);
  t.same(fifosOf("vrrp_notify_fifo a").fifos, []);
  const same = fifosOf("notify_fifo /a\nvrrp_notify_fifo /a");
  t.equal(same.fifos.length, 1);
  t.match(same.said, "notify_fifo names the same");
  const read = fifosOf('notify_fifo /a\nvrrp_notify_fifo /b\nvrrp_notify_fifo_script "/x.sh one" nobody');
  t.match(read.fifos, [
    { path: "/a", script: null },
    { path: "/b", script: { command: ["/x.sh", "one"], user: { user: "nobody" } } },
  ]);
  t.match(fifosOf("notify_fifo_script /x.sh").said, "never runs");
  const told = (lines: string, globals: string) => routerOf(lines, globals).router.fifo;
  t.equal(told("notify_priority_changes", ""), "none");
  t.equal(told("", "notify_fifo /a"), "states");
  t.equal(told("notify_priority_changes", "notify_fifo /a"), "priorities");
  t.equal(told("notify_priority_changes off", "notify_fifo /a\nvrrp_notify_priority_changes"), "states");
  t.equal(told("notify_priority_changes perhaps", "notify_fifo /a"), "states");
  const group = "vrrp_sync_group G {\ngroup {\nV\n}\nnotify_priority_changes on\n}";
  const text = `global_defs {\nnotify_fifo /a\n}\n${group}\n${instance("")}`;
  t.equal(readText(text).instances[0]!.router.fifo, "priorities");
});

t.test("vrrp_min_garp overwrites nothing that says something else", async (t) => {
  const claimed = (globals: string) => routerOf("", globals).router.announcements.claimed;
  t.match(claimed("vrrp_min_garp"), { times: 1, againAfterMicros: null });
  t.match(claimed("vrrp_min_garp off"), { times: 5, againAfterMicros: 5_000_000 });
  t.match(claimed("vrrp_garp_master_repeat 3\nvrrp_min_garp"), { times: 3, againAfterMicros: null });
  t.match(claimed("vrrp_min_garp\nvrrp_garp_master_delay 5"), { times: 1, againAfterMicros: 5_000_000 });
});

t.test("an alternative name stands for the interface", async (t) => {
  const options = {
    interfaces: ["eth0", "eth1"],
    alternatives: { "the-uplink-of-this-host": "eth0", other: "eth1" },
  };
  const lines =
    "interface the-uplink-of-this-host\ntrack_interface {\nother\n}\nvirtual_ipaddress {\n192.0.2.1 dev other\n192.0.2.2 dev the-uplink-of-this-host\n}";
  const read = routerOf(lines, "", options);
  t.equal(read.interface.name, "eth0");
  t.same(
    read.router.virtualAddresses.map((entry) => entry.interface),
    ["eth1", null],
  );
  t.match(read.router.tracks, [{ on: { interface: "eth1" } }]);
  t.throws(() => routerOf("interface nobody", "", options), { code: "ECONFIG" });
});
