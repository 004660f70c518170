/** Readers of the values of variables: the forms that several share, then those of the original image, then our own. */
import { parseAddress } from "../../base/address.js";
import type { Preempt } from "../../core/config.js";
import type { UserName } from "../../core/notify.js";
import { quoteValue } from "../problem.js";
import { isProblemCode, listProblemCodes } from "../problem-codes.js";
import { shellSyntaxOf } from "../shell-syntax.js";
import { splitWords } from "../words.js";
import { accept, type Reading, refuse } from "./variable.js";

export type Reader<T> = (value: string) => Reading<T>;

/** Decimal digits alone, `min`..`max`. */
export function wholeNumber(min: number, max = Number.MAX_VALUE): Reader<number> {
  return (value) => {
    const number = /^\d+$/.test(value) ? Math.min(Number(value), Number.MAX_VALUE) : Number.NaN;
    return number >= min && number <= max ? accept(number) : refuse(value);
  };
}

/** Seconds as a decimal fraction without sign or exponent, `min`..`max`. */
export function seconds(min: number, max: number): Reader<number> {
  return (value) => {
    const number = parseSeconds(value);
    return number !== null && number >= min && number <= max ? accept(number) : refuse(value);
  };
}

/** The number that decimal digits with at most one point spell, or null. */
export function parseSeconds(text: string): number | null {
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null;
}

/** One of the words, in any case. */
export function choice<const W extends string>(...words: readonly W[]): Reader<W> {
  return (value) => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    return word === undefined ? refuse(value) : accept(word);
  };
}

/** `on` or `off`. */
export const onOff: Reader<boolean> = (value) => {
  const word = choice("on", "off")(value);
  return { ...word, value: word.value === null ? null : word.value === "on" };
};

/** A number of `min`..`max`, or `off`. */
export function wholeNumberOrOff(min: number, max: number): Reader<number | null> {
  return (value) => (value.toLowerCase() === "off" ? accept(null) : wholeNumber(min, max)(value));
}

/** Anything. */
export const text: Reader<string> = (value) => accept(value);

/** A command: split into words; its program an absolute path, or a name that is looked for in PATH. */
export const command: Reader<readonly string[] | null> = (value) => {
  const split = splitWords(value);
  if ("reason" in split) return refuse(value, split.reason);
  const program = split.words[0] ?? "";
  if (program === "") return refuse(value, "names no program");
  if (program.includes("/") && !program.startsWith("/")) return refuse(value, "begins with a relative path");
  const warnings: string[] = [];
  if (!program.startsWith("/"))
    warnings.push(`${quoteValue(program)} is no path: it is looked for in PATH; a whole path is safer`);
  const syntax = shellSyntaxOf(value);
  if (syntax.length > 0) {
    warnings.push(
      `commands run without a shell, so ${syntax.map(quoteValue).join(" and ")} ${syntax.length > 1 ? "are" : "is"} ` +
        "no shell syntax there, but handed to the program as an argument; write /bin/sh -c '…' to have a shell read it",
    );
  }
  return accept(split.words, warnings);
};

/** Takes away one pair of quotes that surrounds the whole text. */
export function unquote(text: string): { text: string; quoted: boolean } {
  const match = /^(["'])(.*)\1$/s.exec(text);
  if (match === null || match[2]!.includes(match[1]!)) return { text, quoted: false };
  return { text: match[2]!.trim(), quoted: true };
}

const MAX_PREEMPT_DELAY_SECONDS = 1000;
const MAX_INTERFACE_NAME_BYTES = 15;

export interface ConfigName {
  /** As given; the password of version 2 is made of it. */
  readonly raw: string;
  /** As it stands in instance names and paths. */
  readonly scrubbed: string;
}

/** Drops what is outside `[A-Za-z0-9_-]` and turns `-` into `_`. */
export function scrubName(raw: string): string {
  return raw.replace(/[^A-Za-z0-9_-]/g, "").replaceAll("-", "_");
}

export function readConfigName(raw: string): Reading<ConfigName> {
  const scrubbed = scrubName(raw);
  return scrubbed === "" ? refuse(raw, "has no usable character") : accept({ raw, scrubbed });
}

export function readInterfaceName(value: string): Reading<string | null> {
  if (/[/\s]/.test(value)) return refuse(value, 'holds "/" or white space');
  if (Buffer.byteLength(value) > MAX_INTERFACE_NAME_BYTES) return refuse(value, "is longer than 15 bytes");
  return accept(value);
}

/** Takes the digits of the value, as the original does. */
export function readMonitorPort(value: string): Reading<number | null> {
  const digits = value.replace(/\D/g, "");
  if (digits === "") return refuse(value, "holds no digits");
  const port = Number(digits);
  if (port > 65535) return refuse(value, "is above 65535");
  return accept(port, digits === value ? [] : [`${quoteValue(value)} is read as ${port}`]);
}

export function readPreemption(value: string): Reading<Preempt> {
  const [word = "", delayText, ...rest] = value.split(/\s+/);
  if (rest.length > 0) return refuse(value);
  if (delayText === undefined) {
    if (word === "nopreempt") return accept({ mode: "never", delaySeconds: 0 });
    if (word !== "preempt" && word !== "preempt_nodelay") return refuse(value);
    return accept({ mode: "immediate", delaySeconds: 0 }, [
      `${quoteValue(value)} is read as preemption without delay`,
    ]);
  }
  const delaySeconds = parseSeconds(delayText);
  if (word !== "preempt_delay" && word !== "preempt_nodelay") return refuse(value);
  if (delaySeconds === null || delaySeconds > MAX_PREEMPT_DELAY_SECONDS) return refuse(value);
  const warnings =
    word === "preempt_nodelay" ? [`${quoteValue(value)} is read as preempt_delay ${delaySeconds}`] : [];
  return accept({ mode: "delay", delaySeconds }, warnings);
}

export function readUseUnicast(value: string): Reading<boolean | null> {
  const word = value.toLowerCase();
  return word === "true" || word === "false" ? accept(word === "true") : refuse(value);
}

/** Ids to step over, between commas and white space. */
export function readExcludedIds(value: string): Reading<ReadonlySet<number>> {
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== "");
  const isId = (entry: string) => /^\d+$/.test(entry) && Number(entry) >= 1 && Number(entry) <= 255;
  const refusals = entries.filter((entry) => !isId(entry)).map((entry) => ({ value: entry, reason: null }));
  return { value: new Set(entries.filter(isId).map(Number)), refusals, warnings: [] };
}

export type RequestedVersion = "auto" | 2 | 3;
/** Seconds, `fast` (tied to the adverts), or null: no lease. */
export type RequestedLease = number | "fast" | null;

/** The limits of advert intervals in seconds: on the wire 12 bits of centiseconds, in version 2 one byte of seconds. */
export const ADVERT_INTERVAL_LIMITS = { 3: { min: 0.01, max: 40.95 }, 2: { min: 1, max: 255 } } as const;
const MAX_ANNOUNCE_REFRESH_SECONDS = 86_400;
/** The longest finite lifetime that the kernel keeps (an unsigned 32-bit number below infinity). */
const MAX_LEASE_SECONDS = 0xfffffffe;
/** The largest is "nobody at all" (chown(2)). */
const MAX_USER_ID = 0xfffffffe;
/** sun_path holds 108 bytes with the closing zero (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 107;

export function readVersion(value: string): Reading<RequestedVersion> {
  if (value === "2") return accept(2);
  if (value === "3") return accept(3);
  return value.toLowerCase() === "auto" ? accept("auto") : refuse(value);
}

/** Seconds that at least one version can carry; which one speaks is looked at together with `VRRPD_VERSION`. */
export function readAdvertInterval(value: string): Reading<number> {
  const interval = parseSeconds(value);
  if (interval === null || !(carriedByVersion(3, interval) || carriedByVersion(2, interval)))
    return refuse(value);
  return accept(interval);
}

export function carriedByVersion(version: 2 | 3, intervalSeconds: number): boolean {
  const { min, max } = ADVERT_INTERVAL_LIMITS[version];
  const steps = version === 2 ? intervalSeconds : Number((intervalSeconds * 100).toFixed(6));
  return intervalSeconds >= min && intervalSeconds <= max && Number.isInteger(steps);
}

/** 0: never. */
export function readAnnounceRefresh(value: string): Reading<number> {
  return parseSeconds(value) === 0 ? accept(0) : seconds(1, MAX_ANNOUNCE_REFRESH_SECONDS)(value);
}

export function readLease(value: string): Reading<RequestedLease> {
  const word = value.toLowerCase();
  if (word === "fast") return accept("fast");
  return word === "off" ? accept(null) : wholeNumber(1, MAX_LEASE_SECONDS)(value);
}

/** What stands behind the colon of an IPv4 address's label. */
export function readLabel(value: string): Reading<string | null> {
  if (value.toLowerCase() === "none") return accept(null);
  return /^[\w.-]{1,13}$/.test(value) ? accept(value) : refuse(value);
}

export function readSocketPath(value: string): Reading<string | null> {
  if (!value.startsWith("/")) return refuse(value, "is not an absolute path");
  if (Buffer.byteLength(value) > MAX_SOCKET_PATH_BYTES)
    return refuse(value, "is longer than a socket path can be");
  return accept(value);
}

/** A path that begins at the root, or `off`. */
export function readPathOrOff(value: string): Reading<string | null> {
  if (value.toLowerCase() === "off") return accept(null);
  return value.startsWith("/") ? accept(value) : refuse(value, "is not an absolute path");
}

/** `user` or `user:group`; whether this host knows them is not looked at. */
export function readUserName(value: string): Reading<UserName | null> {
  const [, user, group = null] = /^([^\s:/]+)(?::([^\s:/]+))?$/.exec(value) ?? [];
  if (user === undefined) return refuse(value);
  const tooLarge = [user, group].find(
    (one) => one !== null && /^\d+$/.test(one) && Number(one) > MAX_USER_ID,
  );
  return tooLarge === undefined
    ? accept({ user, group })
    : refuse(value, "has a number that no user can have");
}

/** Whether this host knows it is not looked at. */
export function readGroupName(value: string): Reading<string> {
  if (!/^[^\s:/]+$/.test(value)) return refuse(value);
  const isTooLarge = /^\d+$/.test(value) && Number(value) > MAX_USER_ID;
  return isTooLarge ? refuse(value, "is a number that no group can have") : accept(value);
}

export function readUserIds(value: string): Reading<readonly number[]> {
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== "");
  const refused = entries.filter((entry) => !/^\d{1,10}$/.test(entry) || Number(entry) > MAX_USER_ID);
  if (refused.length > 0) return refuse(refused[0]!, "is not the number of a user");
  return accept(entries.map(Number));
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, an IPv6 host in brackets, or `off`. */
export function readListenAddress(value: string): Reading<ListenAddress | null> {
  if (value.toLowerCase() === "off") return accept(null);
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(value);
  if (match === null) return refuse(value);
  const port = Number(match[3]);
  const bracketed = match[1];
  if (port < 1 || port > 65535) return refuse(value, "has a port outside 1..65535");
  if (bracketed !== undefined && parseAddress(bracketed)?.family !== "ipv6") return refuse(value);
  return accept({ host: bracketed ?? match[2]!, port });
}

/** As a URL has them: letters, digits, dashes, dots and, as many a machine's name has it, underscores. */
export function readHostNames(value: string): Reading<readonly string[]> {
  const names = value.split(/[\s,]+/).filter((name) => name !== "");
  const wrong = names.find((name) => !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name));
  return wrong === undefined ? accept(names) : refuse(wrong, "is not a host name");
}

export interface Acknowledgement {
  readonly code: string;
  /** null: wherever it is. */
  readonly instance: string | null;
}

/** One that nobody knows is only a warning: a later version may have it. */
export function readAcknowledgements(value: string): Reading<readonly Acknowledgement[]> {
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== "");
  const read = entries.map((entry) => {
    const [code = "", ...rest] = entry.split("@");
    return { code, instance: rest.length === 0 ? null : rest.join("@") };
  });
  const unknown = read.filter(({ code }) => !isProblemCode(code)).map(({ code }) => quoteValue(code));
  if (unknown.length === 0) return accept(read);
  const verb = unknown.length === 1 ? "is no code" : "are no codes";
  return accept(read, [`${unknown.join(", ")} ${verb} of a problem; there are: ${listProblemCodes()}`]);
}
