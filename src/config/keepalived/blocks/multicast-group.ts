/** Where adverts go: `vrrp_mcast_group4`, `vrrp_mcast_group6` and `mcast_dst_ip`. */
import { type Family, type IpAddress, parseAddress } from "../../../base/address.js";
import { type Report, subjectOf } from "../report.js";
import type { Statement } from "../statement.js";
import { firstWord } from "../values.js";

/** @param family the only one that is meant; null: either. Returns null: it is none, which has been said. */
export function readGroup(statement: Statement, family: Family | null, report: Report): IpAddress | null {
  const group = parseAddress(firstWord(statement, report));
  const why =
    group === null
      ? "is no address"
      : family !== null && group.family !== family
        ? `is no ${family} address`
        : isMulticast(group)
          ? null
          : "is no multicast address";
  if (why === null) return group;
  report.warn(statement.origin, `${subjectOf(statement)} ${why}, and is ignored, as in Keepalived`);
  return null;
}

function isMulticast({ bytes }: IpAddress): boolean {
  return bytes.length === 16 ? bytes[0] === 0xff : (bytes[0]! & 0xf0) === 0xe0;
}

/** It ends at the link: ff02::/16, whatever its flags. */
export function isOfLink({ bytes }: IpAddress): boolean {
  return bytes.length === 4 || (bytes[1]! & 0x0f) === 2;
}
