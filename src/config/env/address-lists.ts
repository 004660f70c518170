/** Lists of addresses: the virtual ones with their ranges, and the unicast peers. No entry is ever lost. */
import type { AddressWithPrefix, IpAddress } from "../../base/address.js";
import { quoteValue } from "../problem.js";
import { expandRange, parseRange, parseUnicastAddress } from "./address-range.js";
import { unquote } from "./readers.js";
import type { Reading, Refusal } from "./variable.js";

/** Addresses that one list may spell, repeated ones counted: a bound for memory, not for use. */
export const MAX_VIRTUAL_ADDRESSES = 65_536;
const EXAMPLES_NAMED = 5;

export function readVirtualAddresses(value: string): Reading<readonly AddressWithPrefix[]> {
  const list = splitList(value);
  const warnings = [...list.warnings];
  const refusals: Refusal[] = [];
  const found = new Map<string, AddressWithPrefix>();
  const repeated = new Set<string>();
  let listed = 0;
  for (const entry of list.entries) {
    const range = parseRange(entry);
    if ("reason" in range) {
      refusals.push({ value: entry, reason: range.reason });
      continue;
    }
    listed += range.count;
    if (listed > MAX_VIRTUAL_ADDRESSES) {
      const reason = `brings the list to ${listed} addresses, above ${MAX_VIRTUAL_ADDRESSES}`;
      refusals.push({ value: entry, reason });
      break;
    }
    if (range.endIsAddress)
      warnings.push(`${quoteValue(entry)} ends with a whole address; its last number is enough`);
    for (const address of expandRange(range)) {
      if (found.has(address.address.text)) repeated.add(address.address.text);
      else found.set(address.address.text, address);
    }
  }
  if (repeated.size > 0)
    warnings.push(`listed more than once, kept once as first listed: ${examples(repeated)}`);
  if (list.entries.length === 0) refusals.push({ value, reason: "holds no address" });
  return { value: [...found.values()], refusals, warnings };
}

export function readPeers(value: string): Reading<readonly IpAddress[]> {
  const list = splitList(value);
  const refusals: Refusal[] = [];
  const found = new Map<string, IpAddress>();
  for (const entry of list.entries) {
    const address = parseUnicastAddress(entry);
    if ("reason" in address) refusals.push({ value: entry, reason: address.reason });
    else found.set(address.text, address);
  }
  if (list.entries.length === 0) refusals.push({ value, reason: "holds no address" });
  return { value: [...found.values()], refusals, warnings: list.warnings };
}

/** At most one address of each family. */
export function readSources(value: string): Reading<readonly IpAddress[]> {
  const reading = readPeers(value);
  const addresses = reading.value ?? [];
  const surplus = addresses.filter(
    ({ family }, index) => addresses.findIndex((other) => other.family === family) !== index,
  );
  const refusals = surplus.map(({ text }) => ({ value: text, reason: "is a second address of its family" }));
  return { ...reading, refusals: [...reading.refusals, ...refusals] };
}

/** Entries between commas and white space, unquoted, with what was overlooked on the way. */
function splitList(value: string): { entries: string[]; warnings: string[] } {
  const pieces = value.split(",").map((piece) => piece.trim());
  const rawEntries = pieces.flatMap((piece) => piece.split(/\s+/)).filter((entry) => entry !== "");
  const unquoted = rawEntries.map(unquote);
  const entries = unquoted.map((entry) => entry.text).filter((entry) => entry !== "");
  const warnings: string[] = [];
  if (unquoted.some((entry) => entry.quoted)) warnings.push("quotes around entries are ignored");
  if (pieces.includes("") || entries.length < rawEntries.length) warnings.push("empty entries are ignored");
  return { entries, warnings };
}

function examples(texts: ReadonlySet<string>): string {
  const named = [...texts].slice(0, EXAMPLES_NAMED).join(", ");
  return texts.size > EXAMPLES_NAMED ? `${named} and ${texts.size - EXAMPLES_NAMED} more` : named;
}
