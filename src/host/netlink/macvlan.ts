/**
 * Interfaces with a virtual MAC address: macvlans in private mode, as rtnetlink makes, shows and removes them. What
 * sysctl would set goes through rtnetlink as well, since /proc/sys is read-only in containers.
 */
import { formatLink, MessageType, parseLink } from "netlink/dist/rt/gen_structs.js";
import {
  AttrStream,
  getObject,
  getString,
  getU32,
  putString,
  putU8,
  putU32,
  readU32,
} from "netlink/dist/structs.js";
import { MAC_LENGTH, type MacAddress, macFromBytes } from "../../base/mac.js";
import { AF_INET, AF_INET6, EXCLUSIVE_FLAGS, Flags, LinkAttribute, SKIP_STATISTICS } from "./constants.js";
import { messageOf } from "./encode.js";

/** IPv4 settings of an interface, by the names of sysctl: `IPV4_DEVCONF_*` of linux/ip.h. */
export const INET_SETTINGS = {
  rp_filter: 8,
  arp_announce: 18,
  arp_ignore: 19,
  promote_secondaries: 20,
} as const;
export type InetSetting = keyof typeof INET_SETTINGS;
export type InetSettings = Readonly<Partial<Record<InetSetting, number>>>;

/** An interface, as far as it may be a macvlan. */
export interface Macvlan {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly mac: MacAddress | null;
  /** Of the interface below it; null: there is none. */
  readonly lowerIndex: number | null;
  /** It is a macvlan in private mode. */
  readonly isPrivate: boolean;
  /** null: it has none. */
  readonly alias: string | null;
  readonly settings: InetSettings;
}

/** `IFLA_*` beside those of constants.ts, and what is nested in them. */
const LINK = 5;
const LINK_INFO = 18;
const ALIAS = 20;
const FAMILY_SETTINGS = 26;
const INFO_KIND = 1;
const INFO_DATA = 2;
const MACVLAN_MODE = 1;
const INET_CONF = 1;
const INET6_ADDRESS_GENERATION = 8;

const KIND = "macvlan";
/** `MACVLAN_MODE_PRIVATE`: it takes part in nothing but the LAN, and hears others that have the same address. */
const PRIVATE_MODE = 1;
/** `IN6_ADDR_GEN_MODE_NONE` */
const NO_ADDRESSES = 1;
const LINK_HEADER = 16;
/** Asks for an answer, and makes nothing. */
const CHANGE_FLAGS = Flags.REQUEST | Flags.ACK;

/** It is down, and EEXIST where there is an interface of this name. */
export function encodeMakeMacvlan(name: string, mac: MacAddress, lowerIndex: number): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink({}));
  stream.push(LinkAttribute.name, putString(name));
  stream.push(LinkAttribute.address, mac.bytes);
  stream.push(LINK, putU32(lowerIndex));
  stream.push(LINK_INFO, (info: AttrStream) => {
    info.push(INFO_KIND, putString(KIND));
    info.push(INFO_DATA, (data: AttrStream) => data.push(MACVLAN_MODE, putU32(PRIVATE_MODE)));
  });
  return messageOf(MessageType.NEWLINK, EXCLUSIVE_FLAGS, stream);
}

/** What the kernel does not take from a request that makes an interface. */
export function encodeDressMacvlan(index: number, alias: string, settings: InetSettings): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink({ index }));
  stream.push(ALIAS, Buffer.from(alias));
  stream.push(FAMILY_SETTINGS, (families: AttrStream) => pushInet(families, settings));
  return messageOf(MessageType.NEWLINK, CHANGE_FLAGS, stream);
}

/** The kernel gives it no IPv6 address of itself, whose MAC address others have as well. EAFNOSUPPORT: there is no IPv6. */
export function encodeNoAddresses(index: number): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink({ index }));
  stream.push(FAMILY_SETTINGS, (families: AttrStream) =>
    families.push(AF_INET6, (inet6: AttrStream) => inet6.push(INET6_ADDRESS_GENERATION, putU8(NO_ADDRESSES))),
  );
  return messageOf(MessageType.NEWLINK, CHANGE_FLAGS, stream);
}

export function encodeInetSettings(index: number, settings: InetSettings): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink({ index }));
  stream.push(FAMILY_SETTINGS, (families: AttrStream) => pushInet(families, settings));
  return messageOf(MessageType.NEWLINK, CHANGE_FLAGS, stream);
}

export function encodeLinkUp(index: number, up: boolean): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink({ index, flags: up ? { up: true } : {}, change: { up: true } }));
  return messageOf(MessageType.NEWLINK, CHANGE_FLAGS, stream);
}

export function encodeRemoveLink(index: number): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink({ index }));
  return messageOf(MessageType.DELLINK, CHANGE_FLAGS, stream);
}

/** Asks for one interface. @param of its name or its index */
export function encodeLinkQuestion(of: string | number): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink(typeof of === "number" ? { index: of } : {}));
  if (typeof of === "string") stream.push(LinkAttribute.name, putString(of));
  stream.push(LinkAttribute.extMask, putU32(SKIP_STATISTICS));
  return messageOf(MessageType.GETLINK, Flags.REQUEST, stream);
}

interface LinkValues extends Record<string, unknown> {
  __unparsed?: [number, Buffer][];
  name?: string;
  mac?: Buffer;
  lowerIndex?: number;
  alias?: string;
  kind?: string;
  mode?: number;
  inet?: Buffer;
}

const MODE_FIELDS = {
  [MACVLAN_MODE]: (data: Buffer, values: LinkValues) => (values.mode = getU32(data)),
};
const INFO_FIELDS = {
  [INFO_KIND]: (data: Buffer, values: LinkValues) => (values.kind = getString(data)),
  [INFO_DATA]: (data: Buffer, values: LinkValues) => {
    if (values.kind === KIND) Object.assign(values, getObject<LinkValues>(data, MODE_FIELDS));
  },
};
const INET_FIELDS = {
  [INET_CONF]: (data: Buffer, values: LinkValues) => (values.inet = data),
};
const FAMILY_FIELDS = {
  [AF_INET]: (data: Buffer, values: LinkValues) =>
    Object.assign(values, getObject<LinkValues>(data, INET_FIELDS)),
};
const LINK_FIELDS = {
  [LinkAttribute.address]: (data: Buffer, values: LinkValues) => (values.mac = data),
  [LinkAttribute.name]: (data: Buffer, values: LinkValues) => (values.name = getString(data)),
  [LINK]: (data: Buffer, values: LinkValues) => (values.lowerIndex = getU32(data)),
  [ALIAS]: (data: Buffer, values: LinkValues) => (values.alias = getString(data)),
  [LINK_INFO]: (data: Buffer, values: LinkValues) =>
    Object.assign(values, getObject<LinkValues>(data, INFO_FIELDS)),
  [FAMILY_SETTINGS]: (data: Buffer, values: LinkValues) =>
    Object.assign(values, getObject<LinkValues>(data, FAMILY_FIELDS)),
};

/** `RTM_NEWLINK`; null for a message of another family, as bridges send them. Throws on one that is not well-formed. */
export function decodeMacvlan(data: Buffer): Macvlan | null {
  const header = parseLink(data.subarray(0, LINK_HEADER));
  if (header.family !== 0) return null;
  const values = getObject<LinkValues>(data.subarray(LINK_HEADER), LINK_FIELDS);
  return {
    index: header.index!,
    name: values.name ?? "",
    up: header.flags?.up === true,
    mac: values.mac?.length === MAC_LENGTH ? macFromBytes(values.mac) : null,
    lowerIndex: values.lowerIndex ?? null,
    isPrivate: values.kind === KIND && values.mode === PRIVATE_MODE,
    alias: values.alias ?? null,
    settings: settingsOf(values.inet ?? Buffer.alloc(0)),
  };
}

/** The kernel lists all of them, from number 1 on. */
function settingsOf(inet: Buffer): InetSettings {
  const found = Object.entries(INET_SETTINGS).flatMap(([key, number]) => {
    const at = 4 * (number - 1);
    return at + 4 <= inet.length ? [[key, readU32.call(inet, at)] as const] : [];
  });
  return Object.fromEntries(found);
}

function pushInet(families: AttrStream, settings: InetSettings): void {
  families.push(AF_INET, (inet: AttrStream) =>
    inet.push(INET_CONF, (conf: AttrStream) => {
      for (const [key, value] of Object.entries(settings)) {
        conf.push(INET_SETTINGS[key as InetSetting], putU32(value));
      }
    }),
  );
}
