/** The list of virtual addresses: no entry is lost, none is invented. */
import t from "tap";
import { formatWithPrefix } from "../../src/base/address.js";
import {
  MAX_VIRTUAL_ADDRESSES,
  readPeers,
  readVirtualAddresses,
} from "../../src/config/env/address-lists.js";
import { ADDRESS_LIST_PROPERTIES } from "../properties/address-lists.js";
import { holds } from "../properties/property.js";

function listed(value: string): string[] {
  const { value: addresses, refusals } = readVirtualAddresses(value);
  if (refusals.length > 0) throw new Error(`${value}: ${JSON.stringify(refusals)}`);
  return (addresses ?? []).map(formatWithPrefix);
}

function reasonFor(entry: string): string | null | undefined {
  const { refusals } = readVirtualAddresses(entry);
  if (refusals[0]?.value !== entry) throw new Error(`${entry} was not refused alone`);
  return refusals[0]?.reason;
}

t.test("addresses and ranges of both families", (t) => {
  t.same(listed("192.0.2.4"), ["192.0.2.4/32"]);
  t.same(listed("192.0.2.4-6"), ["192.0.2.4/32", "192.0.2.5/32", "192.0.2.6/32"]);
  t.same(listed("192.0.2.4-4"), ["192.0.2.4/32"]);
  t.same(listed("192.0.2.254-255"), ["192.0.2.254/32", "192.0.2.255/32"]);
  t.same(listed("2001:DB8::1F39-1f3b"), ["2001:db8::1f39/128", "2001:db8::1f3a/128", "2001:db8::1f3b/128"]);
  t.same(listed("2001:db8::9-a"), ["2001:db8::9/128", "2001:db8::a/128"]);
  t.same(listed("2001:db8::-1"), ["2001:db8::/128", "2001:db8::1/128"]);
  t.same(listed("2001:db8::ff-100"), ["2001:db8::ff/128", "2001:db8::100/128"]);
  t.same(listed("64:ff9b::192.0.2.1"), ["64:ff9b::c000:201/128"]);
  t.equal(listed("2001:db8::-ffff").length, 65536);
  t.end();
});

t.test("a prefix length goes with every address of its entry", (t) => {
  t.same(listed("192.0.2.4/24"), ["192.0.2.4/24"]);
  t.same(listed("192.0.2.4-5/24"), ["192.0.2.4/24", "192.0.2.5/24"]);
  t.same(listed("2001:db8::1-2/64"), ["2001:db8::1/64", "2001:db8::2/64"]);
  t.end();
});

t.test("commas, white space and both part entries, in order", (t) => {
  t.same(listed("192.0.2.1 192.0.2.3,192.0.2.2\n\t2001:db8::1 , 192.0.2.9"), [
    "192.0.2.1/32",
    "192.0.2.3/32",
    "192.0.2.2/32",
    "2001:db8::1/128",
    "192.0.2.9/32",
  ]);
  t.end();
});

t.test("quotes around an entry, empty entries, duplicates: read, with a warning each", (t) => {
  const both = ["192.0.2.1/32", "192.0.2.2/32"];
  for (const value of [`'192.0.2.1','192.0.2.2'`, `"192.0.2.1" 192.0.2.2`]) {
    t.same(listed(value), both, value);
    t.match(readVirtualAddresses(value).warnings, [/^quotes around entries/]);
  }
  for (const value of [",192.0.2.1,192.0.2.2", "192.0.2.1,192.0.2.2,", "192.0.2.1, ,192.0.2.2"]) {
    t.same(listed(value), both, value);
    t.match(readVirtualAddresses(value).warnings, [/^empty entries/]);
  }
  t.same(listed("192.0.2.1/24,192.0.2.2,192.0.2.1"), ["192.0.2.1/24", "192.0.2.2/32"], "as first listed");
  t.same(listed("2001:db8::1,2001:DB8:0::0001"), ["2001:db8::1/128"], "two spellings of one address");
  t.match(readVirtualAddresses("192.0.2.1-7,192.0.2.1-7").warnings, [
    /: 192.0.2.1, .*, 192.0.2.5 and 2 more$/,
  ]);
  t.end();
});

t.test("a whole address as the end, within the same /24 or /112, with a warning", (t) => {
  t.same(listed("192.0.2.4-192.0.2.5"), ["192.0.2.4/32", "192.0.2.5/32"]);
  t.same(listed("2001:db8::1-2001:db8::2"), ["2001:db8::1/128", "2001:db8::2/128"]);
  t.match(readVirtualAddresses("2001:db8::1-2001:db8::2").warnings, [
    /^"2001:db8::1-2001:db8::2" ends with a whole/,
  ]);
  t.equal(reasonFor("192.0.2.4-192.0.3.5"), "is a range that ends outside the /24 of its start");
  t.equal(reasonFor("2001:db8::1-2001:db8::1:2"), "is a range that ends outside the /112 of its start");
  t.equal(reasonFor("192.0.2.4-2001:db8::2"), "is a range that ends outside the /24 of its start");
  t.end();
});

t.test("ranges that cannot be meant", (t) => {
  t.equal(reasonFor("192.0.2.9-4"), "is a range that runs backwards");
  t.equal(reasonFor("2001:db8::b-a"), "is a range that runs backwards");
  t.equal(reasonFor("192.0.2.9-192.0.2.4"), "is a range that runs backwards");
  t.equal(reasonFor("192.0.2.4-256"), "is a range that runs out of its octet");
  t.equal(reasonFor("2001:db8::1-10000"), "is a range that runs out of its group");
  for (const entry of [
    "192.0.2.4-",
    "192.0.2.4-x",
    "192.0.2.4-1f",
    "2001:db8::1-g",
    "2001:db8::1-192.0.2.2",
    "2001:db8::1-2001:db8::0.0.0.2",
  ]) {
    t.match(reasonFor(entry), /^is a range (without a readable end|that ends outside)/, entry);
  }
  t.equal(reasonFor("192.0.2.4-5-6"), "is not an address or a range");
  t.equal(reasonFor("2001:db8::192.0.2.4-6"), "is a range that begins with a dotted IPv6 address");
  t.end();
});

t.test("what is ambiguous or cannot be held is refused", (t) => {
  t.match(reasonFor("192.000.2.1"), /leading zero/);
  t.match(reasonFor("192.0.2.1-06"), /leading zero/);
  t.equal(reasonFor("192.0.2.256"), "has a number above 255");
  t.match(reasonFor("fe80::1%eth0"), /carries a zone/);
  t.match(reasonFor("::ffff:192.0.2.1"), /IPv4-mapped/);
  t.match(reasonFor("224.0.0.18"), /multicast/);
  t.match(reasonFor("239.255.255.255"), /multicast/);
  t.match(reasonFor("ff02::12"), /multicast/);
  t.match(reasonFor("127.0.0.1"), /loopback/);
  t.match(reasonFor("::1"), /loopback/);
  t.match(reasonFor("0.0.0.0"), /unspecified/);
  t.match(reasonFor("::"), /unspecified/);
  t.match(reasonFor("255.255.255.254-255"), /broadcast/);
  for (const entry of ["192.0.2.1/0", "192.0.2.1/33", "192.0.2.1/024", "192.0.2.1/", "2001:db8::1/129"]) {
    t.match(reasonFor(entry), /prefix length outside 1\.\./, entry);
  }
  for (const entry of ["192.0.2.1/24/24", "192.0.2", "1", "-", "a-b", "2001:db8::1::2", `"192.0.2.1`]) {
    t.match(reasonFor(entry), /^is not an address/, entry);
  }
  t.end();
});

t.test("the list is bounded before it is spelled out", (t) => {
  const { refusals } = readVirtualAddresses(Array(20_000).fill("2001:db8::-ffff").join(","));
  t.match(refusals, [{ value: "2001:db8::-ffff", reason: `above ${MAX_VIRTUAL_ADDRESSES}` }]);
  t.equal(refusals.length, 1);
  t.end();
});

t.test("peers: either family, once each, entries that are none refused", (t) => {
  const { value, refusals, warnings } = readPeers(
    "192.0.2.1,192.0.2.2 2001:DB8::1,192.0.2.1,x,192.0.2.1-2,::",
  );
  t.same(
    value?.map((peer) => peer.text),
    ["192.0.2.1", "192.0.2.2", "2001:db8::1"],
  );
  t.same(
    refusals.map((refusal) => refusal.value),
    ["x", "192.0.2.1-2", "::"],
  );
  t.same(warnings, []);
  t.end();
});

for (const property of ADDRESS_LIST_PROPERTIES) {
  t.test(property.name, async (t) => holds(t, property));
}
