/** `vrrpd why` over many instances: one timeline of all that has changed, what happened together in one row. */
import type { StatusDocument, TransitionDocument } from "../../daemon/status/types.js";
import { cell, grid } from "./grid.js";
import { LEAST_LINES, type View } from "./status-view.js";
import { clockTime, secondsBetween } from "./time.js";

/** The newest; the others are counted. */
const MOST_ROWS = 20;
/** What has the same cause within this time is one event. */
const TOGETHER_SECONDS = 1;
/** Where there are earlier ones. */
const HEAD_LINES = 2;
const HINT = "what decides over one of them, and what comes next: vrrpd why INSTANCE";

interface Event extends Pick<TransitionDocument, "at" | "from" | "to" | "cause"> {
  readonly names: string[];
}

export function timelineView({ instances, at }: StatusDocument, view: View): string {
  const events = eventsOf(instances);
  const tail = ["", HINT];
  const room = (view.height ?? LEAST_LINES) - tail.length - HEAD_LINES;
  let listed = events.slice(-MOST_ROWS);
  let table = tableOf(listed, at, view);
  for (; listed.length > 1 && table.length > room; table = tableOf(listed, at, view))
    listed = listed.slice(1);
  const earlier = events.length - listed.length;
  return [...(earlier > 0 ? [`${earlier} earlier`, ""] : []), ...table, ...tail].join("\n");
}

/** Lines. */
function tableOf(events: readonly Event[], now: string, { width, paint }: View): string[] {
  if (events.length === 0) return ["no transition yet"];
  const head = ["WHEN (UTC)", "INSTANCE", "CHANGE", "CAUSE"].map((word) =>
    cell(word, (text) => paint("bold", text)),
  );
  const rows = events.map(({ at, names, from, to, cause }) => [
    cell(timeOf(at, now)),
    { lines: [names[0]!, ...(names.length > 1 ? [`and ${names.length - 1} more`] : [])], whole: true },
    cell(`${from} to ${to}`),
    cell(cause),
  ]);
  return grid([head, ...rows], width).split("\n");
}

/** The latest last. */
function eventsOf(instances: StatusDocument["instances"]): Event[] {
  const all = instances.flatMap(({ name, transitions }) => transitions.map((one) => ({ ...one, name })));
  all.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const events: Event[] = [];
  const open = new Map<string, Event>();
  for (const { at, from, to, cause, name } of all) {
    const key = `${from} ${to} ${cause}`;
    const last = open.get(key);
    if (last !== undefined && secondsBetween(last.at, at) < TOGETHER_SECONDS) last.names.push(name);
    else {
      const event = { at, from, to, cause, names: [name] };
      open.set(key, event);
      events.push(event);
    }
  }
  return events;
}

/** Without the day where that is today. */
function timeOf(time: string, now: string): string {
  const [day, clock] = clockTime(time).split(" ");
  return time.slice(0, 10) === now.slice(0, 10) ? clock! : `${day} ${clock}`;
}
