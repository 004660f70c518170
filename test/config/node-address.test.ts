/** Which address stands for the node. */
import t from "tap";
import { held, host, ip, planOf } from "./support.js";

const nodeOf = (...addresses: Parameters<typeof host>[0][string]) =>
  planOf({}, host({ eth0: addresses })).nodeAddress?.text ?? null;

t.test("the first global, non-secondary IPv4 address that is nobody else's", (t) => {
  t.equal(nodeOf("192.0.2.10/24", "192.0.2.11/24"), "192.0.2.10");
  t.equal(nodeOf(held("198.51.100.1/24", { scope: "host" }), "192.0.2.10/24"), "192.0.2.10");
  t.equal(nodeOf(held("198.51.100.1/24", { scope: "link" }), "192.0.2.10/24"), "192.0.2.10");
  t.equal(nodeOf(held("198.51.100.1/24", { secondary: true }), "192.0.2.10/24"), "192.0.2.10");
  t.equal(nodeOf("169.254.1.1/16", "192.0.2.10/24"), "192.0.2.10");
  t.equal(nodeOf("192.0.2.100/32", "192.0.2.10/24"), "192.0.2.10", "no configured virtual address");
  t.equal(nodeOf(held("198.51.100.1/24", { label: "eth0:vip" }), "192.0.2.10/24"), "192.0.2.10");
  t.equal(nodeOf(held("192.0.2.10/24", { label: "eth0:vips" })), "192.0.2.10");
  t.equal(
    nodeOf(held("198.51.100.1/32", { marked: true }), "192.0.2.10/24"),
    "192.0.2.10",
    "nor another daemon's",
  );
  t.equal(nodeOf("2001:db8::1/64", "192.0.2.10/24"), "192.0.2.10");
  t.equal(nodeOf("2001:db8::1/64"), null);
  t.equal(nodeOf(), null);
  t.end();
});

t.test("the default route's source is preferred, where it is one of them", (t) => {
  const nodeWith = (source: string | null) => {
    const addresses = ["192.0.2.10/24", "192.0.2.11/24", held("192.0.2.12/24", { secondary: true })];
    const route = { interface: "eth0", source: source === null ? null : ip(source) };
    return planOf({}, host({ eth0: addresses }, route)).nodeAddress?.text;
  };
  t.equal(nodeWith("192.0.2.11"), "192.0.2.11");
  t.equal(nodeWith("192.0.2.12"), "192.0.2.10");
  t.equal(nodeWith("203.0.113.1"), "192.0.2.10");
  t.equal(nodeWith(null), "192.0.2.10");
  t.end();
});

t.test(
  "without an IPv4 address: priorities from the link-local address, the probe to the global IPv6 one",
  (t) => {
    const addresses = [held("2001:db8::9/64", { tentative: true }), "2001:db8::1/64", "fe80::1234:5678/64"];
    const planned = planOf({ OPENSHIFT_HA_VIRTUAL_IPS: "2001:db8::100-101" }, host({ eth0: addresses }));
    t.equal(planned.nodeAddress, null);
    t.equal(planned.probe?.address?.text, "2001:db8::1");
    t.ok(planned.core.routers.every((router) => router.priority !== null));
    t.same(planned.sentences, []);
    t.same(planOf({ OPENSHIFT_HA_VIRTUAL_IPS: "2001:db8::100-101" }, host({ eth0: addresses })), planned);
    t.end();
  },
);

t.test("IPv4 virtual routers say that they wait for an address", (t) => {
  const planned = planOf({}, host({ eth0: ["fe80::1/64"] }));
  t.match(planned.sentences, [
    /^the IPv4 virtual routers wait for an IPv4 address of this node on eth0; until then priorities .* from fe80::1$/,
    /^the address to probe is open until eth0 has one$/,
  ]);
  t.end();
});
