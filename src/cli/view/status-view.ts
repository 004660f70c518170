/** `vrrpd status` for a person: a table, what comes next, and what is wrong. */
import { interfacesOf, placedAddress, problemSentence, yieldSentences } from "../../daemon/status/phrases.js";
import type { InstanceDocument, StatusDocument, VirtualAddressDocument } from "../../daemon/status/types.js";
import { type Cell, cell, grid, paragraph, wholeCell } from "./grid.js";
import type { Colour, Paint } from "./paint.js";
import { secondsBetween, span } from "./time.js";

export interface View {
  readonly width: number;
  /** Of a terminal, without the line of the prompt; left out: 24 with it. */
  readonly height?: number;
  readonly paint: Paint;
}

export const STATE_COLOURS: Readonly<Record<InstanceDocument["state"], Colour>> = {
  MASTER: "green",
  BACKUP: "cyan",
  FAULT: "red",
  INIT: "yellow",
};
/** The prompt takes the last line of 24. */
export const LEAST_LINES = 23;
const HEAD = ["INSTANCE", "STATE", "PRIO", "ADDRESSES", "MASTER", "SINCE", "CAUSE"];
/** More addresses of an instance are counted; --json lists them. */
const LISTED_ADDRESSES = 6;
const LISTED_NEXT = 8;

export function statusView(status: StatusDocument, view: View): string {
  const { paint, width } = view;
  const head = HEAD.map((word) => cell(word, (text) => paint("bold", text)));
  const rows = status.instances.map((instance) => rowOf(instance, status.at, paint));
  return [
    ...yieldLines(status, view),
    ...headlineLines(status, view),
    "",
    grid([head, ...rows], width),
    ...section(nextLines(status, width)),
    ...section(problemLines(status, view)),
  ].join("\n");
}

/** Whoever looks must not take a yield for granted, or forget it. */
export function yieldLines(status: StatusDocument, { width, paint }: View): string[] {
  const told = yieldSentences(status).map((sentence) => paragraph("YIELDED  ", sentence, width));
  return told.length === 0 ? [] : [...told.map((text) => paint("yellow", text)), ""];
}

export function headlineLines(status: StatusDocument, { width }: View): string[] {
  return paragraph("", headline(status), width).split("\n");
}

function headline(status: StatusDocument): string {
  const { version, name, host, startedAt, at, advertsLeaveThrough } = status;
  // What most installations have needs no word.
  const through = advertsLeaveThrough === "addon" ? ", adverts leave through its addon" : "";
  const on = interfacesOf(status);
  const where =
    on.length === 0 ? "no interface yet" : `interface${on.length > 1 ? "s" : ""} ${on.join(", ")}`;
  return `${name} on ${host}, ${where}; vrrpd ${version}, running for ${span(secondsBetween(startedAt, at))}${through}`;
}

function rowOf(instance: InstanceDocument, at: string, paint: Paint): Cell[] {
  const { name, state, master, since, reason } = instance;
  return [
    wholeCell(name),
    cell(state, (text) => paint(STATE_COLOURS[state], text)),
    cell(priorityOf(instance)),
    cell(addressLines(instance)),
    cell(masterOf(state, master)),
    cell(span(secondsBetween(since, at))),
    cell(reason),
  ];
}

/** With the configured one where that is another. */
function priorityOf({ priority, basePriority }: InstanceDocument): string {
  if (priority === null) return "-";
  return priority === basePriority ? `${priority}` : `${priority} (${basePriority})`;
}

export function masterOf(state: InstanceDocument["state"], master: InstanceDocument["master"]): string {
  if (state === "MASTER") return "this node";
  return master === null ? "-" : `${master.address} (${master.priority})`;
}

/** What is not as it should be first. */
function addressLines(instance: InstanceDocument): string[] {
  const { virtualAddresses: addresses } = instance;
  const isRight = ({ present, expected }: VirtualAddressDocument) => present === expected;
  const sorted = [...addresses.filter((one) => !isRight(one)), ...addresses.filter(isRight)];
  const listed = sorted.length <= LISTED_ADDRESSES ? sorted : sorted.slice(0, LISTED_ADDRESSES - 1);
  const rest = sorted.slice(listed.length);
  const here = rest.filter(({ present }) => present).length;
  const more = rest.length > 0 ? [`and ${rest.length} more, ${here} here`] : [];
  return [
    ...listed.map((one) => `${shortAddress(placedAddress(one, instance))} ${presenceOf(one)}`),
    ...more,
  ];
}

function presenceOf({ present, expected, own }: VirtualAddressDocument): string {
  if (present) return expected ? "here" : own ? "OWN" : "UNINVITED";
  return expected ? "MISSING" : "not here";
}

/** The prefix length only where it says something. */
export function shortAddress(address: string): string {
  return address.replace(address.includes(":") ? /\/128(?= |$)/ : /\/32(?= |$)/, "");
}

/** The masters' next adverts are nothing that anybody waits for. */
function nextLines({ instances, at }: StatusDocument, width: number): string[] {
  const next = instances.flatMap(({ name, next: timers }) => {
    const timer = timers.find(({ reason }) => reason === "preempt delay") ?? timers[0];
    if (timer === undefined || timer.reason === "advertise" || timer.reason === "announce") return [];
    return [
      paragraph("next     ", `${name}: in ${span(secondsBetween(at, timer.at))} ${timer.meaning}`, width),
    ];
  });
  const rest = next.length - LISTED_NEXT;
  return rest > 0 ? [...next.slice(0, LISTED_NEXT), `         and ${rest} more: vrrpd why`] : next;
}

export function problemLines({ problems, warnings }: StatusDocument, { width, paint }: View): string[] {
  if (problems.length === 0 && warnings.length === 0) return ["Nothing is wrong."];
  const lines = problems.map((problem) => {
    const { severity, acknowledged, action } = problem;
    const told = paragraph((acknowledged ? "known" : severity).padEnd(9), problemSentence(problem), width);
    const colour = acknowledged ? "cyan" : severity === "error" ? "red" : "yellow";
    return `${paint(colour, told.slice(0, 9))}${told.slice(9)}\n${paragraph("         to do: ", action, width)}`;
  });
  const planned = warnings.map((text) => {
    const told = paragraph("warning  ", text, width);
    return `${paint("yellow", told.slice(0, 9))}${told.slice(9)}`;
  });
  return [...lines, ...planned];
}

function section(lines: readonly string[]): string[] {
  return lines.length > 0 ? ["", ...lines] : [];
}
