/** What an instance depends on: scripts and interfaces, with their weights. */
import type { Track } from "../../../core/config.js";
import type { TrackDraft } from "../blocks/tracks.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { ScriptDraft } from "../blocks/vrrp-script.js";
import type { GroupDraft } from "../blocks/vrrp-sync-group.js";
import type { Report } from "../report.js";

export interface Tracks {
  /** Of the instance itself, as far as its group lets them count. */
  readonly own: readonly Track[];
  /** What its group tracks, and it does not itself. */
  readonly ofGroup: readonly Track[];
}

/**
 * @param group the one that it is a member of; null: none
 * @param checks names of the scripts that run; the others have been spoken of
 */
export function tracksOf(
  instance: InstanceDraft,
  group: GroupDraft | null,
  scripts: Scripts,
  checks: ReadonlySet<string>,
  report: Report,
): Tracks {
  const own = [
    ...scriptTracks(instance, scripts, checks),
    ...interfaceTracks(instance.trackedInterfaces.filter((track) => !isItsOwn(track, instance, report))),
  ].flatMap((track) => countedIn(group, track, instance, report));
  const known = new Set([
    ...own.map(({ on }) => keyOf(on)),
    keyOf({ interface: instance.interface?.value ?? "" }),
  ]);
  const ofGroup = group === null ? [] : groupTracks(group, scripts, checks);
  for (const { on } of ofGroup)
    if (own.some((track) => keyOf(track.on) === keyOf(on)))
      report.warn(
        group!.statement.origin,
        `${group!.name} tracks ${nameOfTrack(on)}, and so does its member ${instance.name}: the member's own counts there, as in Keepalived`,
      );
  return { own, ofGroup: ofGroup.filter(({ on }) => !known.has(keyOf(on))) };
}

/** As the group itself has them. */
export function groupTracks(group: GroupDraft, scripts: Scripts, checks: ReadonlySet<string>): Track[] {
  return [...scriptTracks(group, scripts, checks), ...interfaceTracks(group.trackedInterfaces)];
}

type Scripts = ReadonlyMap<string, ScriptDraft>;

function scriptTracks(
  { trackedScripts }: Pick<InstanceDraft, "trackedScripts">,
  scripts: Scripts,
  checks: ReadonlySet<string>,
): Track[] {
  return trackedScripts
    .filter(({ name }) => checks.has(name))
    .map((track) => {
      const script = scripts.get(track.name)!;
      return trackOf({ check: track.name }, track.weight ?? script.weight, track.reversed ?? script.reversed);
    });
}

function interfaceTracks(tracked: readonly TrackDraft[]): Track[] {
  return tracked.map((track) =>
    trackOf({ interface: track.name }, track.weight ?? 0, track.reversed ?? false),
  );
}

/** Members have one priority in common with their group, so Keepalived lets no weight of a single one count. */
function countedIn(group: GroupDraft | null, track: Track, instance: InstanceDraft, report: Report): Track[] {
  if (group === null || group.weighs || track.effect === "fault") return [track];
  const what = `${nameOfTrack(track.on)} of ${instance.name}`;
  const why = `${instance.name} is in ${group.name} without sync_group_tracking_weight`;
  const becomes =
    "check" in track.on ? "is not tracked" : "is tracked without its weight, so that it is a fault";
  report.warn(instance.statement.origin, `${what} ${becomes}, as in Keepalived: ${why}`);
  return "check" in track.on ? [] : [{ ...track, effect: "fault" }];
}

function keyOf(on: Track["on"]): string {
  return "check" in on ? `check ${on.check}` : `interface ${on.interface}`;
}

function nameOfTrack(on: Track["on"]): string {
  return "check" in on ? `track_script ${on.check}` : `track_interface ${on.interface}`;
}

function trackOf(on: Track["on"], weight: number, reversed: boolean): Track {
  return { on, effect: weight === 0 ? "fault" : { weight }, reversed };
}

function isItsOwn({ name, statement }: TrackDraft, instance: InstanceDraft, report: Report): boolean {
  if (name !== instance.interface?.value) return false;
  const text = `track_interface ${name} is ignored, as in Keepalived: an instance tracks its own interface by itself`;
  report.warn(statement.origin, text);
  return true;
}
