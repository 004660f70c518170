/** `vrrpd status` of more instances than anybody reads in a table: what is wrong first, then groups, on one screen. */
import type { InstanceDocument, StatusDocument } from "../../daemon/status/types.js";
import { cell, grid } from "./grid.js";
import {
  headlineLines,
  LEAST_LINES,
  masterOf,
  problemLines,
  STATE_COLOURS,
  type View,
  yieldLines,
} from "./status-view.js";

/** Up to so many instances have a row each, with addresses and cause. */
export const MOST_ROWS = 8;
const MOST_GROUPS = 8;
const MOST_LINES_ABOVE = 2;
const GAPS = 6;
const COUNT = "INSTANCES";
const STATES: readonly InstanceDocument["state"][] = ["FAULT", "INIT", "MASTER", "BACKUP"];
const HINT = "one instance: vrrpd status INSTANCE; all of them: vrrpd status --all";

interface Group {
  readonly state: InstanceDocument["state"];
  readonly master: string;
  readonly names: string[];
}

export function summaryView(status: StatusDocument, view: View): string {
  const yields = linesOf(yieldLines(status, view));
  const above = [
    ...(yields.length > MOST_LINES_ABOVE + 1 ? [...yields.slice(0, MOST_LINES_ABOVE), ""] : yields),
    ...headlineLines(status, view).slice(0, MOST_LINES_ABOVE),
    "",
  ];
  const below = ["", ...groupLines(status.instances, view), "", HINT];
  const room = (view.height ?? LEAST_LINES) - above.length - below.length;
  return [...above, ...within(problemLines(status, view), room), ...below].join("\n");
}

/** Whole problems as far as there is room, at least a part of the first, and how many more there are. */
function within(blocks: readonly string[], room: number): string[] {
  const all = linesOf(blocks);
  if (all.length <= room) return all;
  const told: string[] = [];
  let count = 0;
  for (const block of blocks) {
    const lines = linesOf([block]);
    if (count > 0 && told.length + lines.length > room - 1) break;
    told.push(...lines.slice(0, Math.max(1, room - 1)));
    count += 1;
  }
  const rest = blocks.length - count;
  return rest === 0 ? told : [...told, `         and ${rest} more: vrrpd status --all`];
}

function groupLines(instances: readonly InstanceDocument[], { width, paint }: View): string[] {
  const groups = groupsOf(instances);
  const listed = groups.length <= MOST_GROUPS ? groups : groups.slice(0, MOST_GROUPS - 1);
  const masters = Math.max("MASTER".length, ...listed.map(({ master }) => master.length));
  const room = Math.max(12, width - "MASTER".length - COUNT.length - masters - GAPS);
  const head = ["STATE", COUNT, "MASTER", "WHICH"].map((word) => cell(word, (text) => paint("bold", text)));
  const rows = listed.map(({ state, master, names }) => [
    cell(state, (text) => paint(STATE_COLOURS[state], text)),
    cell(`${names.length}`),
    cell(master),
    cell(namesWithin(names, room)),
  ]);
  const rest = groups.slice(listed.length).reduce((sum, { names }) => sum + names.length, 0);
  return [
    ...grid([head, ...rows], Number.POSITIVE_INFINITY).split("\n"),
    ...(rest > 0 ? [`${rest} instances in ${groups.length - listed.length} more groups`] : []),
  ];
}

/** What takes no part first; of one state the larger one first. */
function groupsOf(instances: readonly InstanceDocument[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { name, state, master } of instances) {
    const text = masterOf(state, master);
    const key = `${state} ${text}`;
    const group = groups.get(key) ?? { state, master: text, names: [] };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (one, other) =>
      STATES.indexOf(one.state) - STATES.indexOf(other.state) || other.names.length - one.names.length,
  );
}

/** No name is broken, unless it is wider than all there is. */
function namesWithin(names: readonly string[], width: number): string {
  const whole = names.join(", ");
  if (whole.length <= width) return whole;
  for (let count = names.length - 1; count > 0; count -= 1) {
    const text = `${names.slice(0, count).join(", ")} and ${names.length - count} more`;
    if (text.length <= width) return text;
  }
  return `${names[0]!.slice(0, width - 1)}…`;
}

function linesOf(blocks: readonly string[]): string[] {
  return blocks.flatMap((block) => block.split("\n"));
}
