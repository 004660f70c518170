/** What an instance depends on: scripts, interfaces, files and processes, with their weights. */
import type { Track } from "../../../core/config.js";
import { checkNameOf } from "../../check-names.js";
import { USUAL_FILE_WEIGHT } from "../blocks/track-file.js";
import type { TrackDraft } from "../blocks/tracks.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { GroupDraft } from "../blocks/vrrp-sync-group.js";
import type { FileDraft } from "../file.js";
import type { Report } from "../report.js";
import { isOwner } from "./election.js";

export interface Tracks {
  /** Of the instance itself, as far as its group lets them count. */
  readonly own: readonly Track[];
  /** What its group tracks, and it does not itself. */
  readonly ofGroup: readonly Track[];
}

type Kind = "script" | "interface" | "file" | "process";

/** Before it is known whether its weight counts. */
interface Asked {
  readonly kind: Kind;
  readonly name: string;
  readonly weight: number;
  readonly reversed: boolean;
}

/**
 * @param group the one that it is a member of; null: none
 * @param checks names of the checks that run; the others have been spoken of
 */
export function tracksOf(
  instance: InstanceDraft,
  group: GroupDraft | null,
  file: FileDraft,
  checks: ReadonlySet<string>,
  report: Report,
): Tracks {
  const ofGroup = group === null ? [] : askedByGroup(group, file, checks);
  const own = askedBy(instance, file, checks)
    .filter((one) => !isItsOwn(one, instance, report))
    .flatMap((one) => countedIn(group, one, instance, report))
    .map((one) => {
      const twice = ofGroup.find((other) => isOfSame(one, other));
      return twice === undefined ? one : merged(one, twice, instance, group!, report);
    });
  const known = new Set([...own.map(keyOf), `interface ${instance.interface?.value}`]);
  return {
    own: own.map(trackOf),
    ofGroup: ofGroup.filter((one) => !known.has(keyOf(one))).map(trackOf),
  };
}

/** As the group itself has them. */
export function groupTracks(group: GroupDraft, file: FileDraft, checks: ReadonlySet<string>): Track[] {
  return askedByGroup(group, file, checks).map(trackOf);
}

/** With an owner among its members it has no weights. */
function askedByGroup(group: GroupDraft, file: FileDraft, checks: ReadonlySet<string>): Asked[] {
  const members = (group.members ?? []).flatMap(({ value }) => file.instances.get(value) ?? []);
  const hasOwner = members.some(isOwner);
  return askedBy(group, file, checks).map((one) =>
    hasOwner && one.kind !== "interface" ? { ...one, weight: 0 } : one,
  );
}

function askedBy(
  one: InstanceDraft | GroupDraft,
  { scripts, files, processes }: FileDraft,
  checks: ReadonlySet<string>,
): Asked[] {
  return [
    ...one.trackedScripts
      .filter(({ name }) => checks.has(name))
      .map((track) => asked("script", track, scripts.get(track.name)!)),
    ...one.trackedInterfaces.map((track) => asked("interface", track, { weight: 0, reversed: false })),
    ...one.trackedFiles.map((track) => asked("file", track, files.get(track.name)!)),
    ...one.trackedProcesses.map((track) => asked("process", track, processes.get(track.name)!)),
  ];
}

function asked(
  kind: Kind,
  { name, weight, reversed }: TrackDraft,
  usual: { readonly weight: number | null; readonly reversed: boolean },
): Asked {
  const otherwise = usual.weight ?? (kind === "file" ? USUAL_FILE_WEIGHT : 0);
  return { kind, name, weight: weight ?? otherwise, reversed: reversed ?? usual.reversed };
}

/**
 * Members have one priority in common with their group, so Keepalived lets no weight of a single one count, but those of
 * processes. Of interfaces it says so, and counts them.
 */
function countedIn(group: GroupDraft | null, one: Asked, instance: InstanceDraft, report: Report): Asked[] {
  const why =
    group !== null && !group.weighs
      ? `${instance.name} is in ${group.name} without sync_group_tracking_weight`
      : one.kind === "file" && isOwner(instance)
        ? `${instance.name} is an owner`
        : null;
  if (why === null || one.weight === 0 || one.kind === "process") return [one];
  const what = `${spelled(one)} of ${instance.name}`;
  if (one.kind === "interface") {
    const text = `the weight of ${what} counts, as in Keepalived, which says that it ignores it: ${why}`;
    report.warn(instance.statement.origin, text);
    return [one];
  }
  const stays = one.kind === "file" && one.weight === USUAL_FILE_WEIGHT;
  const becomes = stays ? "is tracked without its weight, so that it is a fault" : "is not tracked";
  report.warn(instance.statement.origin, `${what} ${becomes}, as in Keepalived: ${why}`);
  return stays ? [{ ...one, weight: 0 }] : [];
}

/** What both track: the group's weight takes the place of one that is there. */
function merged(
  own: Asked,
  ofGroup: Asked,
  instance: InstanceDraft,
  group: GroupDraft,
  report: Report,
): Asked {
  const whose = own.weight === 0 ? "the member's own counts there" : "the group's weight counts there";
  report.warn(
    group.statement.origin,
    `${group.name} tracks ${spelled(own)}, and so does its member ${instance.name}: ${whose}, as in Keepalived`,
  );
  if (own.weight === 0) return own;
  return { ...ofGroup, reversed: own.kind === "process" ? own.reversed : ofGroup.reversed };
}

function isOfSame(one: Asked, other: Asked): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf({ kind, name }: Asked): string {
  return `${kind} ${name}`;
}

function spelled({ kind, name }: Asked): string {
  return `track_${kind} ${name}`;
}

function trackOf({ kind, name, weight, reversed }: Asked): Track {
  const on = kind === "interface" ? { interface: name } : { check: checkNameOf(kind, name) };
  if (weight === 0) return { on, effect: "fault", reversed };
  return { on, effect: kind === "file" ? { factor: weight } : { weight }, reversed };
}

function isItsOwn({ kind, name }: Asked, instance: InstanceDraft, report: Report): boolean {
  if (kind !== "interface" || name !== instance.interface?.value) return false;
  const { origin } = instance.trackedInterfaces.find((track) => track.name === name)!.statement;
  const text = `track_interface ${name} is ignored, as in Keepalived: an instance tracks its own interface by itself`;
  report.warn(origin, text);
  return true;
}
