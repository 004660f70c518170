/** Keepalived's spellings of values. */
import { printable } from "../../base/text.js";
import type { Time } from "../status/types.js";
import type { Ids } from "./source.js";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const enabled = (is: boolean) => (is ? "enabled" : "disabled");

/** "1795856717.683000 (Sat Nov 28 09:05:17.683000 2026)", in local time. */
export function moment(time: Time): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, "0");
  const micros = `${String(date.getMilliseconds()).padStart(3, "0")}000`;
  const day = `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)}`;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${seconds(time)} (${day} ${clock}.${micros} ${date.getFullYear()})`;
}

/** Of the epoch, with six decimals. */
export function seconds(time: Time): string {
  return (Date.parse(time) / 1000).toFixed(6);
}

/** Each word in quotes: "'/check.sh' 'two words'". */
export function command(words: readonly string[]): string {
  return words.map((word) => `'${printable(word).replace(/['\\]/g, "\\$&")}'`).join(" ");
}

export function ids({ uid, gid }: Ids): string {
  return `${uid}:${gid}`;
}

/** What adverts carry of it, without the zeros that fill it up. */
export function password(bytes: Uint8Array): string {
  return printable(Buffer.from(bytes).toString("utf8").replace(/\0+$/, ""));
}

/** @param value null: what is tracked decides over FAULT */
export function weight(value: number | null, reversed: boolean): string {
  return `${value ?? 0}${reversed ? " reverse" : ""}`;
}

/** Each with its end; null: left out. */
export function text(lines: readonly (string | null)[]): string {
  return lines.map((line) => (line === null ? "" : `${line}\n`)).join("");
}

/** A heading with lines below it; nothing without any. */
export function list(heading: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [`   ${heading}:`, ...entries.map((entry) => `     ${entry}`)];
}
