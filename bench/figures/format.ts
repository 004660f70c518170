/** Figures as people read them. */
import type { Ratio, Spread } from "./numbers.js";
import type { Aim, Hardware, Row, Tail, Unit } from "./results.js";

/** Three significant digits, and never an exponent. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const digits = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(size))));
  return value.toFixed(digits);
}

/** "median (lower–upper)", with the quartiles; of a single value that alone. */
export function spread({ lower, median, upper, count }: Spread): string {
  return count === 1 ? number(median) : `${number(median)} (${number(lower)}–${number(upper)})`;
}

export function tail(values: Tail): string {
  return values.map(number).join(" / ");
}

export function ratio(value: Ratio | null): string {
  return value === null ? "–" : `${number(value.median)} (${number(value.lower)}–${number(value.upper)})`;
}

export function aim(value: Aim | null, unit: Unit): string {
  if (value === null) return "reported";
  return value.of === "ratio" ? `≤ ${value.most}` : `≤ ${value.most}${unit === "" ? "" : ` ${unit}`}`;
}

export function met({ met }: Row): string {
  return met === null ? "" : met ? "yes" : "no";
}

export function hardwareLine(machine: Hardware): string {
  const { processor, cores, memoryGigabytes, kernel, node, peers } = machine;
  return [
    `${cores} × ${processor}`,
    `${memoryGigabytes} GB`,
    `Linux ${kernel}`,
    `Node ${node}`,
    ...peers,
  ].join(", ");
}

/** What a row says, cell by cell, in the order of `COLUMNS`. */
export const COLUMNS = ["What", "Ours", "Theirs", "Ratio", "Aim", "Met"] as const;

export function cells(row: Row): string[] {
  const unit = row.unit === "" ? "" : `, ${row.unit}`;
  const peer = row.peer !== null && row.peer !== "Keepalived" ? `, ${row.peer}` : "";
  return [
    `${row.what}${peer}${unit}${row.note === undefined ? "" : `; ${row.note}`}`,
    row.tails === null ? spread(row.ours) : tail(row.tails.ours),
    row.theirs === null ? "–" : row.tails === null ? spread(row.theirs) : tail(row.tails.theirs),
    ratio(row.ratio),
    aim(row.aim, row.unit),
    met(row),
  ];
}
