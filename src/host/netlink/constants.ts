/**
 * Numbers of rtnetlink(7) that the `netlink` package's tables do not name, and the ones of its tables that are used.
 * The package is imported by its codec's files alone: its index also loads its own sockets, whose addon aborts the
 * process on a poll error, and takes twice as long to load.
 */
import { MessageType as Control, Flags, FlagsGet, FlagsNew } from "netlink/dist/constants.js";
import { MessageType } from "netlink/dist/rt/gen_structs.js";

export const AF_INET = 2;
export const AF_INET6 = 10;

/** `IFA_PROTO` of a virtual address: who added it. Any value above the kernel's own (1..3) is free for programs. */
export const ADDRESS_MARK = 112;
/** `IFA_*` */
export const AddressAttribute = {
  address: 1,
  local: 2,
  label: 3,
  cacheInfo: 6,
  flags: 8,
  protocol: 11,
} as const;
/** `IFLA_*` */
export const LinkAttribute = {
  address: 1,
  name: 3,
  mtu: 4,
  master: 10,
  operState: 16,
  extMask: 29,
  carrier: 33,
  properties: 52,
  alternativeName: 53,
} as const;
/** `RTA_*` */
export const RouteAttribute = {
  destination: 1,
  oif: 4,
  gateway: 5,
  priority: 6,
  prefsrc: 7,
  multipath: 9,
  table: 15,
  /** A gateway of the other family. */
  via: 18,
} as const;

/** `RT_TABLE_MAIN` */
export const MAIN_TABLE = 254;

/** `RTEXT_FILTER_SKIP_STATS`: a link without its counters is a third as long. */
export const SKIP_STATISTICS = 1 << 3;

/** A lifetime that does not end. */
export const FOREVER = 0xffff_ffff;

/** `RTMGRP_LINK`, `RTMGRP_IPV4_IFADDR` and `RTMGRP_IPV6_IFADDR`. */
export const EVENT_GROUPS = 0x1 | 0x10 | 0x100;

/** `RTMGRP_IPV4_ROUTE` and `RTMGRP_IPV6_ROUTE`. */
export const ROUTE_EVENT_GROUPS = 0x40 | 0x400;

/** All that routes and rules depend on: those groups, and `RTMGRP_IPV4_RULE` and `RTNLGRP_IPV6_RULE`. */
export const FIXTURE_EVENT_GROUPS = EVENT_GROUPS | ROUTE_EVENT_GROUPS | 0x80 | (1 << 18);

export const ADD_FLAGS = Flags.REQUEST | FlagsNew.CREATE | FlagsNew.REPLACE;
/** Refused (EEXIST) where it is there. */
export const EXCLUSIVE_FLAGS = Flags.REQUEST | Flags.ACK | FlagsNew.CREATE | FlagsNew.EXCL;
export const REMOVE_FLAGS = Flags.REQUEST;
export const DUMP_FLAGS = Flags.REQUEST | FlagsGet.DUMP;

export { Control, Flags, FlagsNew, MessageType };
