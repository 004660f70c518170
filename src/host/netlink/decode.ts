/**
 * What the kernel tells about links, addresses and routes, as values. The package's codec frames messages and reads
 * headers; of the attributes only those in use are read, since its complete tables refuse messages of newer kernels
 * and do not know `IFA_PROTO`. All of these throw on a message that is not well-formed.
 */
import {
  parseAddress,
  parseAddressCacheInfo,
  parseAddressFlags,
  parseLink,
  parseRoute,
} from "netlink/dist/rt/gen_structs.js";
import { getObject, getString, getU8, getU32, readS32, readU16 } from "netlink/dist/structs.js";
import { addressFromBytes, type IpAddress } from "../../base/address.js";
import { MAC_LENGTH, type MacAddress, macFromBytes } from "../../base/mac.js";
import type { InterfaceAddress } from "../../core/input.js";
import {
  ADDRESS_MARK,
  AddressAttribute,
  AF_INET,
  AF_INET6,
  FOREVER,
  LinkAttribute,
  MAIN_TABLE,
  RouteAttribute,
} from "./constants.js";

const ADDRESS_HEADER = 8;
const LINK_HEADER = 16;
const ROUTE_HEADER = 12;
const SCOPES: Readonly<Record<number, InterfaceAddress["scope"]>> = { 0: "global", 253: "link", 254: "host" };

export interface AddressMessage {
  readonly interfaceIndex: number;
  readonly address: InterfaceAddress;
}

/** A link message; what it does not mention is null (a wireless event has a name and little else). */
export interface LinkMessage {
  readonly index: number;
  /** 0: about the link itself; another number: about its part in something else, such as a bridge. */
  readonly family: number;
  readonly name: string | null;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mac: MacAddress | null;
  readonly mtu: number | null;
  /** Index of the interface that it belongs to; null: to none, or not mentioned. */
  readonly masterIndex: number | null;
  /** Others that it has as well (`ip link property`). */
  readonly alternativeNames: readonly string[];
}

/** An IPv4 default route for unicast in the main table. */
export interface DefaultRoute {
  readonly interfaceIndex: number;
  readonly metric: number;
  readonly source: IpAddress | null;
}

/** How the kernel would reach one destination. */
export interface FoundRoute {
  readonly interfaceIndex: number;
  /** null: it is on-link. */
  readonly gateway: IpAddress | null;
  readonly source: IpAddress | null;
}

type Values = Record<string, unknown> & { __unparsed?: [number, Buffer][] };

interface AddressValues extends Values {
  address?: Buffer;
  local?: Buffer;
  label?: string;
  validSeconds?: number;
  flags?: number;
  protocol?: number;
}

const ADDRESS_FIELDS = {
  [AddressAttribute.address]: (data: Buffer, values: AddressValues) => (values.address = data),
  [AddressAttribute.local]: (data: Buffer, values: AddressValues) => (values.local = data),
  [AddressAttribute.label]: (data: Buffer, values: AddressValues) => (values.label = getString(data)),
  [AddressAttribute.cacheInfo]: (data: Buffer, values: AddressValues) =>
    (values.validSeconds = parseAddressCacheInfo(data).ifaValid!),
  [AddressAttribute.flags]: (data: Buffer, values: AddressValues) => (values.flags = getU32(data)),
  [AddressAttribute.protocol]: (data: Buffer, values: AddressValues) => (values.protocol = getU8(data)),
};

/** `RTM_NEWADDR` or `RTM_DELADDR`; null for a family other than IPv4 and IPv6. */
export function decodeAddress(data: Buffer): AddressMessage | null {
  const header = parseAddress(data.subarray(0, ADDRESS_HEADER));
  if (header.family !== AF_INET && header.family !== AF_INET6) return null;
  const values = getObject<AddressValues>(data.subarray(ADDRESS_HEADER), ADDRESS_FIELDS);
  const bytes = values.local ?? values.address;
  if (bytes === undefined) throw new Error("an address message without an address");
  // IFA_FLAGS has all 32 bits; the header's byte only the first eight.
  const flags = values.flags === undefined ? header.flags! : parseAddressFlags(values.flags);
  const valid = values.validSeconds ?? FOREVER;
  const { address: end } = values;
  return {
    interfaceIndex: header.index!,
    address: {
      address: addressFromBytes(bytes),
      peer: end === undefined || end.equals(bytes) ? null : addressFromBytes(end),
      prefixLength: header.prefixlen!,
      scope: SCOPES[header.scope!] ?? "other",
      // The same bit means "temporary" (RFC 8981) for IPv6.
      secondary: header.family === AF_INET && flags.secondary === true,
      temporary: header.family === AF_INET6 && flags.secondary === true,
      deprecated: flags.deprecated === true,
      tentative: flags.tentative === true,
      nodad: header.family === AF_INET6 && flags.nodad === true,
      label: values.label ?? null,
      validSeconds: valid === FOREVER ? null : valid,
      marked: values.protocol === ADDRESS_MARK,
    },
  };
}

interface LinkValues extends Values {
  mac?: Buffer;
  name?: string;
  mtu?: number;
  masterIndex?: number;
  alternativeNames?: string[];
}

const LINK_FIELDS = {
  [LinkAttribute.address]: (data: Buffer, values: LinkValues) => (values.mac = data),
  [LinkAttribute.name]: (data: Buffer, values: LinkValues) => (values.name = getString(data)),
  [LinkAttribute.mtu]: (data: Buffer, values: LinkValues) => (values.mtu = getU32(data)),
  [LinkAttribute.master]: (data: Buffer, values: LinkValues) => (values.masterIndex = getU32(data)),
  [LinkAttribute.properties]: (data: Buffer, values: LinkValues) =>
    (values.alternativeNames = getObject<AlternativeNames>(data, PROPERTY_FIELDS).names ?? []),
};

interface AlternativeNames extends Values {
  names?: string[];
}

const PROPERTY_FIELDS = {
  [LinkAttribute.alternativeName]: (data: Buffer, values: AlternativeNames) =>
    (values.names = [...(values.names ?? []), getString(data)]),
};

/** `RTM_NEWLINK` or `RTM_DELLINK`. */
export function decodeLink(data: Buffer): LinkMessage {
  const header = parseLink(data.subarray(0, LINK_HEADER));
  const values = getObject<LinkValues>(data.subarray(LINK_HEADER), LINK_FIELDS);
  const flags = header.flags!;
  return {
    index: header.index!,
    family: header.family!,
    name: values.name ?? null,
    up: flags.up === true,
    // Not the operational state, which the kernel raises up to a second later.
    carrier: flags.lowerUp === true,
    mac: values.mac?.length === MAC_LENGTH ? macFromBytes(values.mac) : null,
    mtu: values.mtu ?? null,
    masterIndex: values.masterIndex ?? null,
    alternativeNames: values.alternativeNames ?? [],
  };
}

interface RouteValues extends Values {
  oif?: number;
  gateway?: Buffer;
  via?: Buffer;
  priority?: number;
  prefsrc?: Buffer;
  multipath?: Buffer;
  table?: number;
}

const ROUTE_FIELDS = {
  [RouteAttribute.oif]: (data: Buffer, values: RouteValues) => (values.oif = getU32(data)),
  [RouteAttribute.gateway]: (data: Buffer, values: RouteValues) => (values.gateway = data),
  [RouteAttribute.via]: (data: Buffer, values: RouteValues) => (values.via = data),
  [RouteAttribute.priority]: (data: Buffer, values: RouteValues) => (values.priority = getU32(data)),
  [RouteAttribute.prefsrc]: (data: Buffer, values: RouteValues) => (values.prefsrc = data),
  [RouteAttribute.multipath]: (data: Buffer, values: RouteValues) => (values.multipath = data),
  [RouteAttribute.table]: (data: Buffer, values: RouteValues) => (values.table = getU32(data)),
};
/** In `struct rtnexthop`: length (2 bytes), flags, hops, then the interface's index. */
const NEXT_HOP_INDEX = 4;

/** `struct rtvia` begins with the family of the address behind it. */
const VIA_HEADER = 2;

/** `RTM_NEWROUTE` as the answer to a question for one destination; null: no way to another host. */
export function decodeFoundRoute(data: Buffer): FoundRoute | null {
  const header = parseRoute(data.subarray(0, ROUTE_HEADER));
  const values = getObject<RouteValues>(data.subarray(ROUTE_HEADER), ROUTE_FIELDS);
  if (header.type !== "UNICAST" || values.oif === undefined) return null;
  const gateway = values.gateway ?? values.via?.subarray(VIA_HEADER);
  return {
    interfaceIndex: values.oif,
    gateway: gateway === undefined ? null : addressFromBytes(gateway),
    source: values.prefsrc === undefined ? null : addressFromBytes(values.prefsrc),
  };
}

/** `RTM_NEWROUTE`; null for all but IPv4 default routes. A route over several interfaces counts as its first. */
export function decodeDefaultRoute(data: Buffer): DefaultRoute | null {
  const header = parseRoute(data.subarray(0, ROUTE_HEADER));
  if (header.family !== AF_INET || header.dstLen !== 0 || header.type !== "UNICAST") return null;
  const values = getObject<RouteValues>(data.subarray(ROUTE_HEADER), ROUTE_FIELDS);
  if ((values.table ?? header.table) !== MAIN_TABLE) return null;
  const interfaceIndex = values.oif ?? firstNextHop(values.multipath);
  if (interfaceIndex === null) return null;
  const source = values.prefsrc === undefined ? null : addressFromBytes(values.prefsrc);
  return { interfaceIndex, metric: values.priority ?? 0, source };
}

function firstNextHop(multipath: Buffer | undefined): number | null {
  if (multipath === undefined || multipath.length < readU16.call(multipath, 0)) return null;
  return readS32.call(multipath, NEXT_HOP_INDEX);
}
