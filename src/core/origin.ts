/** Where settings come from, and how a message names them in the words of their source. */
import { printable } from "../base/text.js";

/** A variable of the environment, whether it is set or not. */
export interface VariableOrigin {
  readonly variable: string;
  /** Where it is set; left out: in the environment of the process, or nowhere. */
  readonly at?: { readonly file: string; readonly line: number };
}

/** A place in a file: where the keyword stands, or the block in which it does not. */
export interface FileOrigin {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  readonly keyword: string;
}

export type Origin = VariableOrigin | FileOrigin;

/** What messages advise to set, by what it is; a source says where each is, or would be. */
export type Setting =
  | "virtualAddresses"
  /** Over how many virtual routers the addresses spread. */
  | "groups"
  | "virtualRouterId"
  | "idConflict"
  | "interface"
  | "unicastPeers"
  | "unicastMinTtl"
  | "priority"
  | "replicaCount"
  | "advertInterval"
  | "version"
  | "authentication"
  | "password"
  | "guardRemove"
  | "announceRefresh"
  | "startGrace"
  | "linkGrace"
  | "scriptUser"
  | "scriptSecurity"
  | "iptablesChain"
  | "nftablesRule";

export type SettingOrigins = Readonly<Record<Setting, Origin>>;

/** The setting as its source spells it, within a sentence: `VRRPD_PRIORITY`, `priority (/etc/vrrp.conf, line 7)`. */
export function nameOf(origin: Origin): string {
  if ("variable" in origin) return origin.variable;
  return `${origin.keyword} (${printable(origin.file)}, line ${origin.line})`;
}

/** Two settings, within a sentence; once, where their source has one word for both. */
export function bothOf(one: Origin, other: Origin): string {
  const names = new Set([nameOf(one), nameOf(other)]);
  return [...names].join(" and ");
}

/** A setting with its value, within a sentence: `VRRPD_PRIORITY=100`, `priority 100 (/etc/vrrp.conf, line 7)`. */
export function settingOf(origin: Origin, value: string): string {
  if ("variable" in origin) return `${origin.variable}=${value}`;
  return nameOf({ ...origin, keyword: `${origin.keyword} ${value}` });
}
