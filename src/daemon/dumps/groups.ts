/** Sync groups in keepalived.data. */
import { printable } from "../../base/text.js";
import type { GroupIntent } from "../../config/index.js";
import type { Track } from "../../core/config.js";
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
    ...list("Tracked scripts ", asked === undefined ? [] : scriptLines(asked)),
    ...(asked === undefined ? [] : notifyLines({ config: asked }, source)),
  ]);
}

function interfaceLines({ tracks }: GroupIntent): string[] {
  return tracks.flatMap((track) => ("interface" in track.on ? [trackLine(track.on.interface, track)] : []));
}

function scriptLines({ tracks }: GroupIntent): string[] {
  return tracks.flatMap((track) => ("check" in track.on ? [trackLine(track.on.check, track)] : []));
}

function trackLine(name: string, { effect, reversed }: Track): string {
  return `${printable(name)} weight ${weight(effect === "fault" ? null : effect.weight, reversed)}`;
}
