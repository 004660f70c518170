/** The lists of addresses: no entry is lost, no address is invented. */
import { deepStrictEqual, ok } from "node:assert";
import { isIP } from "node:net";
import fc from "fast-check";
import { addressFromBytes, formatWithPrefix } from "../../src/base/address.js";
import { readPeers, readVirtualAddresses } from "../../src/config/env/address-lists.js";
import { named } from "./property.js";

const octet = fc.integer({ min: 0, max: 255 });
const group = fc.integer({ min: 0, max: 0xffff });
const separator = fc.constantFrom(",", " ", ", ", " ,", "\n", ",,", "\t");

const ipv4Range = fc.tuple(octet, octet, octet).map(([third, a, b]) => {
  const [from, to] = a <= b ? [a, b] : [b, a];
  const all = Array.from({ length: to - from + 1 }, (_, i) => `203.0.${third}.${from + i}/32`);
  return { text: `203.0.${third}.${from}-${to}`, all };
});

const length = fc.oneof({ weight: 9, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(300) });

const ipv6Range = fc.tuple(group, group, length).map(([seventh, from, more]) => {
  const to = Math.min(0xffff, from + more);
  const all = Array.from({ length: to - from + 1 }, (_, i) => {
    const bytes = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.push(seventh >> 8, seventh & 255, (from + i) >> 8, (from + i) & 255);
    return `${addressFromBytes(Uint8Array.from(bytes)).text}/128`;
  });
  return { text: `2001:db8::${seventh.toString(16)}:${from.toString(16)}-${to.toString(16)}`, all };
});

export const rangesAreExact = named(
  "any range gives exactly the addresses between its ends",
  200,
  fc.property(fc.oneof(ipv4Range, ipv6Range), ({ text, all }) => {
    const { value, refusals } = readVirtualAddresses(text);
    deepStrictEqual(refusals, []);
    deepStrictEqual(value?.map(formatWithPrefix), all);
  }),
);

const good = fc.tuple(octet, octet).map(([a, b]) => `198.51.${a}.${b}`);
const bad = fc.constantFrom("vip", "192.0.2.256", "192.0.2.9-1", "1.2.3", "-", "::g", "192.0.2.1/99", "%");
const entries = fc.array(fc.record({ text: fc.oneof(good, bad), separator }), { minLength: 1 });

export const listsAreComplete = named(
  "any list: every good entry is kept in order, every other one is named",
  300,
  fc.property(entries, (entries) => {
    const list = entries.map((one) => one.text + one.separator).join("");
    const texts = entries.map((one) => one.text);
    const kept = [...new Set(texts.filter((text) => text.startsWith("198.51.")))];
    const refused = texts.filter((text) => !text.startsWith("198.51."));
    const virtual = readVirtualAddresses(list);
    deepStrictEqual(
      virtual.value?.map((one) => one.address.text),
      kept,
    );
    deepStrictEqual(
      virtual.refusals.map((one) => one.value),
      refused,
    );
    const peers = readPeers(list);
    deepStrictEqual(
      peers.value?.map((one) => one.text),
      kept,
    );
    deepStrictEqual(
      peers.refusals.map((one) => one.value),
      refused,
    );
  }),
);

const plain = fc.oneof(
  ipv4Range.map(({ text }) => text),
  ipv6Range.map(({ text }) => text),
  good,
  fc.tuple(good, fc.integer({ min: 0, max: 40 })).map(([text, length]) => `${text}/${length}`),
  fc.tuple(good, octet).map(([text, end]) => `${text}-${text.replace(/\d+$/, String(end))}`),
  fc.constantFrom("2001:db8::1-2001:db8::9/64", "64:ff9b::192.0.2.1", "::", "::1", "ff02::12", "127.0.0.1"),
);
/** What people mistype: a character too much, too few, or another one. None of them parts entries. */
const typo = fc.record({
  at: fc.nat(60),
  kind: fc.constantFrom("insert", "delete", "replace"),
  character: fc.constantFrom(..."0123456789abcdefgx:.-/%"),
});
const mistyped = fc.tuple(plain, fc.array(typo, { maxLength: 3 })).map(([text, typos]) => {
  const characters = [...text];
  for (const { at, kind, character } of typos) {
    const place = at % (characters.length + 1);
    if (kind === "insert") characters.splice(place, 0, character);
    else characters.splice(place, 1, ...(kind === "replace" ? [character] : []));
  }
  return characters.join("");
});

export const mistypedEntries = named(
  "any entry, mistyped or not, is refused as it stands or gives just the addresses that it spells",
  200,
  fc.property(
    mistyped.filter((text) => text !== ""),
    (entry) => {
      const { value, refusals } = readVirtualAddresses(entry);
      const found = value ?? [];
      if (refusals.length > 0) {
        deepStrictEqual([found, refusals.map((one) => one.value)], [[], [entry]]);
        ok(!/^198\.51\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/.test(entry));
      } else {
        const { first, last, prefixLength } = spelledBy(entry);
        deepStrictEqual(found.length, Number(last - first) + 1);
        ok(found.every((one) => one.prefixLength === prefixLength));
        ok(found.every(({ address }, offset) => numberOfBytes(address.bytes) === first + BigInt(offset)));
        deepStrictEqual(
          [numberOf(found[0]!.address.text), numberOf(found.at(-1)!.address.text)],
          [first, last],
        );
      }
    },
  ),
);

/** A second reading of an entry that is none of the refused ones, by Node's own parsers of addresses. */
function spelledBy(entry: string): { first: bigint; last: bigint; prefixLength: number } {
  const [body = "", prefix, ...moreSlashes] = entry.split("/");
  const [start = "", end = start, ...moreDashes] = body.split("-");
  deepStrictEqual([moreSlashes, moreDashes], [[], []]);
  ok(prefix === undefined || /^[1-9]\d*$/.test(prefix));
  const bits = isIP(start) === 4 ? 32 : 128;
  const first = numberOf(start);
  const last = isIP(end) === 0 ? withLastNumber(first, bits, end) : numberOf(end);
  return { first, last, prefixLength: prefix === undefined ? bits : Number(prefix) };
}

function withLastNumber(first: bigint, bits: number, text: string): bigint {
  const mask = bits === 32 ? 0xffn : 0xffffn;
  return (first & ~mask) | BigInt(bits === 32 ? text : `0x${text}`);
}

function numberOfBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function numberOf(text: string): bigint {
  if (isIP(text) === 4) return text.split(".").reduce((number, part) => number * 256n + BigInt(part), 0n);
  const url = new URL("http://[::1]");
  url.hostname = `[${text}]`;
  const canonical = url.hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::").map((half) => half.split(":").filter((one) => one !== ""));
  const groups = [
    ...head,
    ...Array<string>(tail ? 8 - head.length - tail.length : 0).fill("0"),
    ...(tail ?? []),
  ];
  return groups.reduce((number, part) => number * 0x10000n + BigInt(`0x${part}`), 0n);
}

export const ADDRESS_LIST_PROPERTIES = [rangesAreExact, listsAreComplete, mistypedEntries];
