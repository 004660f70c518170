/** `vrrpd why` for a person: the state, what decides it, what comes next, and how it came to it. */
import { VARIABLES } from "../../config/index.js";
import { placedAddress } from "../../daemon/status/phrases.js";
import type { InstanceDocument, StatusDocument, TransitionDocument } from "../../daemon/status/types.js";
import { cell, grid, paragraph } from "./grid.js";
import { problemLines, shortAddress, type View } from "./status-view.js";
import { clockTime, secondsBetween, span } from "./time.js";

const LABEL = 13;
/** The document does not say how its daemon's source spells them. */
const GRACES = `${VARIABLES.startGrace.name}, ${VARIABLES.linkGrace.name}`;

export function whyView(status: StatusDocument, instances: readonly InstanceDocument[], view: View): string {
  return instances.map((instance) => instanceView(status, instance, view)).join("\n\n");
}

function instanceView(status: StatusDocument, instance: InstanceDocument, view: View): string {
  const { width, paint } = view;
  const { name, state, since, reason } = instance;
  const age = span(secondsBetween(since, status.at));
  const line = (label: string, text: string) => paragraph(`  ${label}`.padEnd(LABEL), text, width);
  const concerned = status.problems.filter(
    ({ instances }) => instances.length === 0 || instances.includes(name),
  );
  return [
    paint("bold", paragraph("", `${name} is ${state} since ${clockTime(since)} (${age})`, width)),
    line("because", reason),
    ...yieldOf(instance).map((text) => line("yielded", text)),
    ...groupOf(status, instance).map((text) => line("sync group", text)),
    line("decided by", decidingFacts(instance)),
    ...tracksOf(instance).map((text) => line("tracks", text)),
    line("master", masterOf(instance, status.at)),
    line("addresses", addressesOf(instance)),
    ...instance.routes.map((one) => line(one.kind, `${one.words} ${one.present ? "here" : "not here"}`)),
    ...graceOf(instance, status.at).map((text) => line("grace", text)),
    ...delayOf(instance, status.at).map((text) => line("delay", text)),
    ...instance.checks.map(({ name: check, state: verdict, detail, value }) =>
      line(`check`, `${check} ${value === null ? `is ${verdict}` : `tells ${value}`}: ${detail}`),
    ),
    ...nextOf(instance, status.at).map((text, index) => line(index === 0 ? "next" : "", text)),
    ...(concerned.length > 0 ? problemLines({ ...status, problems: concerned, warnings: [] }, view) : []),
    line("history", instance.transitions.length > 0 ? "the latest last" : "no transition yet"),
    ...history(instance.transitions, width),
  ].join("\n");
}

function yieldOf({ yielded }: InstanceDocument): string[] {
  if (yielded === null) return [];
  const { since, until, force, persistent } = yielded;
  const end = until === null ? "until vrrpd resume" : `until ${clockTime(until)}`;
  const kept = persistent ? ", restarts included" : "";
  const what = force ? "it claims nothing, whatever happens" : "it gives way to every other master";
  return [`since ${clockTime(since)}, ${end}${kept}: ${what}`];
}

/** Its group, what that is, and who else is in it. */
function groupOf({ syncGroups }: StatusDocument, { name, syncGroup }: InstanceDocument): string[] {
  const group = syncGroups.find((one) => one.name === syncGroup);
  if (group === undefined) return [];
  const others = group.members.filter((member) => member !== name);
  const beside = others.length > 0 ? `, with ${others.join(", ")}` : ", alone";
  const waits = group.awaited.length > 0 ? `; it waits for ${group.awaited.join(", ")}` : "";
  return [`${group.name} is ${group.state}${beside}${waits}`];
}

function decidingFacts(instance: InstanceDocument): string {
  const { virtualRouterId, version, priority, preempt, advertIntervalSeconds, downIntervalSeconds } =
    instance;
  const preempts =
    preempt.mode === "delay"
      ? `preempts after ${preempt.delaySeconds} s`
      : preempt.mode === "never"
        ? "never preempts"
        : "preempts at once";
  const down =
    downIntervalSeconds === null ? "" : `, down after ${downIntervalSeconds.toFixed(3)} s of silence`;
  return (
    `priority ${priority ?? "open"}${baseOf(instance)}, id ${virtualRouterId} on ${instance.interface}, version ${version}, ` +
    `interval ${advertIntervalSeconds} s${down}, ${preempts}`
  );
}

function baseOf({ priority, basePriority }: InstanceDocument): string {
  return priority === basePriority ? "" : ` (configured: ${basePriority})`;
}

/** What counts for its priority, and interfaces; a check that is a fault is told with its verdict. */
function tracksOf({ tracks }: InstanceDocument): string[] {
  return tracks.flatMap(({ check, interface: on, finding, weight, value, reversed, adds }) => {
    if (check !== null && weight === null) return [];
    const what = check === null ? `interface ${on}` : `check ${check}`;
    if (weight === null) return [`${what}: ${finding} (${reversed ? "success" : "failure"} is FAULT)`];
    const turned = reversed ? " reverse" : "";
    if (value !== null) return [`${what}: ${value} times ${weight}${turned}, adds ${adds}`];
    return [`${what}: ${finding}, adds ${adds} (weight ${weight}${turned})`];
  });
}

function masterOf({ state, master, speakers }: InstanceDocument, at: string): string {
  if (state === "MASTER") return "this node";
  if (master === null) return "none is known";
  const speaker = speakers.find(({ address }) => address === master.address);
  const heard = speaker ? `, heard ${span(secondsBetween(speaker.lastHeardAt, at))} ago` : "";
  return `${master.address}, priority ${master.priority}${heard}`;
}

function graceOf({ graceEndsAt }: InstanceDocument, at: string): string[] {
  if (graceEndsAt === null) return [];
  return [`only listens for another ${span(secondsBetween(at, graceEndsAt))} (${GRACES})`];
}

/** What became of the preempt delay last, whether or not one is running. */
function delayOf({ preempt, preemptDelayNews: news }: InstanceDocument, at: string): string[] {
  if (news === null) return [];
  return [`preempt_delay ${preempt.delaySeconds}, ${span(secondsBetween(news.at, at))} ago: ${news.text}`];
}

function addressesOf(instance: InstanceDocument): string {
  return instance.virtualAddresses
    .map((one) => `${shortAddress(placedAddress(one, instance))} ${one.present ? "here" : "not here"}`)
    .join(", ");
}

/** Without a timer it is a fact of the host that has to change. */
function nextOf({ next, state, reason }: InstanceDocument, at: string): string[] {
  if (next.length === 0) return [state === "MASTER" ? "nothing is due" : `waits until this ends: ${reason}`];
  return next.map(
    ({ at: due, meaning, reason: timer }) =>
      `in ${span(secondsBetween(at, due))} ${meaning} (timer: ${timer})`,
  );
}

function history(transitions: readonly TransitionDocument[], width: number): string[] {
  if (transitions.length === 0) return [];
  const rows = transitions.map(({ at, from, to, cause, facts }) => [
    cell(clockTime(at)),
    cell(`${from} to ${to}`),
    cell([cause, ...factLines(facts)]),
  ]);
  return [grid(rows, width - 2).replace(/^/gm, "  ")];
}

/** The facts beside the sentence: "priority 100, masterPriority 200". */
function factLines(facts: TransitionDocument["facts"]): string[] {
  const told = Object.entries(facts).map(([name, value]) => `${name}: ${String(value)}`);
  return told.length > 0 ? [told.join(", ")] : [];
}
