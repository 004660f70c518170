/** Sync groups in keepalived.data. */
import { printable } from "../../base/text.js";
import { type CheckPlan, type GroupIntent, ownNameOf } from "../../config/index.js";
import type { Track } from "../../core/config.js";
import { weightOf } from "../../core/router/tracks.js";
import type { GroupDocument } from "../status/types.js";
import type { DumpSource } from "./source.js";
import { notifyLines } from "./topology.js";
import { list, text, weight } from "./words.js";

export function groupText(document: GroupDocument, source: DumpSource): string {
  const asked = source.intent.groups.find(({ name }) => name === document.name);
  return text([
    ` VRRP Sync Group = ${printable(document.name)}, ${document.state}`,
    ...list("VRRP member instances ", document.members.map(printable)),
    asked?.weighs ? "   sync group tracking weight set" : null,
    "   Using smtp notification = no",
    ...list("Tracked interfaces ", asked === undefined ? [] : interfaceLines(asked)),
    ...list("Tracked scripts ", asked === undefined ? [] : checkLines(asked, "script", source)),
    ...list("Tracked files ", asked === undefined ? [] : checkLines(asked, "file", source)),
    ...list("Tracked process ", asked === undefined ? [] : checkLines(asked, "process", source)),
    ...(asked === undefined ? [] : notifyLines({ config: asked }, source)),
  ]);
}

function interfaceLines({ tracks }: GroupIntent): string[] {
  return tracks.flatMap((track) => ("interface" in track.on ? [trackLine(track.on.interface, track)] : []));
}

function checkLines({ tracks }: GroupIntent, kind: CheckPlan["kind"], { plan }: DumpSource): string[] {
  return tracks.flatMap((track) => {
    const check = "check" in track.on ? plan.checks.get(track.on.check) : undefined;
    return check?.kind === kind ? [trackLine(ownNameOf(check), track)] : [];
  });
}

function trackLine(name: string, { effect, reversed }: Track): string {
  return `${printable(name)} weight ${weight(weightOf(effect), reversed)}`;
}
