/** A routing rule as rtnetlink(7) has it: the message that puts it there, and the one that removes exactly it. */
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import { MAIN_TABLE_ID, type Range, type Rule, type RuleAction } from "../../core/fixture.js";
import { AF_INET, AF_INET6, Flags, FlagsNew } from "./constants.js";
import type { EncodedFixture } from "./encode-route.js";
import { attribute, message, text, uint8, uint32 } from "./message.js";

/** `RTM_NEWRULE`, `RTM_DELRULE` */
const NEW_RULE = 32;
const DELETE_RULE = 33;

/** `FRA_*` */
const Attribute = {
  destination: 1,
  source: 2,
  iif: 3,
  goto: 4,
  priority: 6,
  fwmark: 10,
  flow: 11,
  tunnelId: 12,
  suppressGroup: 13,
  suppressPrefixLength: 14,
  table: 15,
  fwmask: 16,
  oif: 17,
  l3mdev: 19,
  uidRange: 20,
  protocol: 21,
  ipProtocol: 22,
  sourcePorts: 23,
  destinationPorts: 24,
} as const;

/** `FR_ACT_*` */
const ACTIONS: Readonly<Record<RuleAction["to"], number>> = {
  table: 1,
  l3mdev: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};
/** `FIB_RULE_INVERT` */
const INVERTED = 2;
const RULE_HEADER_BYTES = 12;
const LARGEST_TABLE_IN_HEADER = 255;

export function encodeRule(rule: Rule): EncodedFixture {
  const parts = [header(rule), ...attributesOf(rule)];
  return {
    add: message(NEW_RULE, Flags.REQUEST | FlagsNew.CREATE | FlagsNew.EXCL, parts),
    remove: message(DELETE_RULE, Flags.REQUEST, parts),
  };
}

/** `struct fib_rule_hdr` */
function header({ family, to, from, tos, action, inverted }: Rule): Uint8Array {
  const bytes = new Uint8Array(RULE_HEADER_BYTES);
  const table = action.to === "table" ? action.table || MAIN_TABLE_ID : 0;
  bytes.set([
    family === "ipv6" ? AF_INET6 : AF_INET,
    to?.prefixLength ?? 0,
    from?.prefixLength ?? 0,
    tos,
    table > LARGEST_TABLE_IN_HEADER ? 0 : table,
    0,
    0,
    ACTIONS[action.to],
  ]);
  new DataView(bytes.buffer).setUint32(8, inverted ? INVERTED : 0, LITTLE_ENDIAN);
  return bytes;
}

function attributesOf(rule: Rule): Uint8Array[] {
  const { from, to, iif, oif, action, priority, realms, tunnelId } = rule;
  const parts = [
    action.to === "table" && action.table > LARGEST_TABLE_IN_HEADER && uint32(Attribute.table, action.table),
    from !== null && from.prefixLength > 0 && attribute(Attribute.source, from.address.bytes),
    to !== null && to.prefixLength > 0 && attribute(Attribute.destination, to.address.bytes),
    uint32(Attribute.priority, priority),
    rule.fwmark !== null && uint32(Attribute.fwmark, rule.fwmark),
    rule.fwmask !== null && uint32(Attribute.fwmask, rule.fwmask),
    realms !== 0 && uint32(Attribute.flow, realms),
    rule.suppressPrefixLength !== null && uint32(Attribute.suppressPrefixLength, rule.suppressPrefixLength),
    rule.suppressGroup !== null && uint32(Attribute.suppressGroup, rule.suppressGroup),
    iif !== null && text(Attribute.iif, iif),
    oif !== null && text(Attribute.oif, oif),
    tunnelId !== null && attribute(Attribute.tunnelId, tunnelBytes(tunnelId)),
    rule.uidRange !== null && attribute(Attribute.uidRange, pairOf32(rule.uidRange)),
    action.to === "l3mdev" && uint8(Attribute.l3mdev, 1),
    rule.protocol !== null && uint8(Attribute.protocol, rule.protocol),
    rule.ipProtocol !== null && uint8(Attribute.ipProtocol, rule.ipProtocol),
    rule.sourcePorts !== null && attribute(Attribute.sourcePorts, pairOf16(rule.sourcePorts)),
    rule.destinationPorts !== null && attribute(Attribute.destinationPorts, pairOf16(rule.destinationPorts)),
    action.to === "goto" && uint32(Attribute.goto, action.priority),
  ];
  return parts.filter((part) => part !== false);
}

/** In network byte order. */
function tunnelBytes(decimal: string): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(decimal));
  return bytes;
}

function pairOf32([first, last]: Range): Uint8Array {
  return new Uint8Array(Uint32Array.of(first, last).buffer);
}

function pairOf16([first, last]: Range): Uint8Array {
  return new Uint8Array(Uint16Array.of(first, last).buffer);
}
