import t from "tap";
import { parseAddress } from "../../../src/base/address.js";
import type { InterfaceAddress } from "../../../src/core/input.js";
import { primarySource } from "../../../src/host/netlink/sources.js";
import { withPrefix } from "./support.js";

function address(text: string, more: Partial<InterfaceAddress> = {}): InterfaceAddress {
  const defaults = {
    secondary: false,
    tentative: false,
    label: null,
    validSeconds: null,
    marked: false,
  } as const;
  return { ...withPrefix(text), scope: "global", ...defaults, ...more };
}

const NONE = { source: null, detail: "eth0 has no IPv4 address of its own" };
const chosen = (text: string) => ({ source: parseAddress(text), detail: null });

t.test("[7.2-3 +-] IPv4: the first global address that is not secondary and not virtual", async (t) => {
  const virtual = [withPrefix("192.0.2.10/32")];
  const addresses = [
    address("192.0.2.10/32"),
    address("192.0.2.11/24", { secondary: true }),
    address("192.0.2.12/24", { label: "eth0:vip" }),
    address("192.0.2.1/24"),
    address("192.0.2.2/24"),
  ];
  t.same(primarySource("eth0", addresses, "ipv4", virtual), chosen("192.0.2.1"));
  const preferred = parseAddress("192.0.2.2");
  t.same(primarySource("eth0", addresses, "ipv4", virtual, preferred), chosen("192.0.2.2"));
  const elsewhere = parseAddress("203.0.113.1");
  t.same(primarySource("eth0", addresses, "ipv4", virtual, elsewhere), chosen("192.0.2.1"));
});

t.test("IPv4: without one any other that is not virtual, 169.254/16 last", async (t) => {
  const autoconfigured = address("169.254.3.4/16", { scope: "link" });
  const secondary = address("192.0.2.11/24", { secondary: true });
  t.same(primarySource("eth0", [autoconfigured, secondary], "ipv4", []), chosen("192.0.2.11"));
  t.same(primarySource("eth0", [autoconfigured], "ipv4", []), chosen("169.254.3.4"));
});

t.test("[7.2-3 -] IPv4: virtual addresses alone are none", async (t) => {
  const virtual = [withPrefix("192.0.2.10/32")];
  const leftover = address("192.0.2.11/32", { marked: true });
  t.same(primarySource("eth0", [address("192.0.2.10/32"), leftover], "ipv4", virtual), NONE);
  t.same(primarySource("eth0", [], "ipv4", virtual), NONE);
});

t.test("[7.2-3 +-] IPv6: the first link-local address that is not tentative", async (t) => {
  const global = address("2001:db8::1/64");
  const tentative = address("fe80::1/64", { scope: "link", tentative: true });
  const usable = address("fe80::2/64", { scope: "link" });
  t.same(primarySource("eth0", [global, tentative, usable], "ipv6", []), chosen("fe80::2"));
  t.same(primarySource("eth0", [global, tentative], "ipv6", []), {
    source: null,
    detail: "the link-local address fe80::1 of eth0 is tentative",
  });
  t.same(primarySource("eth0", [global], "ipv6", []), {
    source: null,
    detail: "eth0 has no link-local IPv6 address",
  });
  const virtual = [withPrefix("fe80::2/64")];
  t.equal(primarySource("eth0", [usable], "ipv6", virtual).source, null, "nor a virtual one");
});
