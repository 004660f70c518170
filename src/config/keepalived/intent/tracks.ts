/** What an instance depends on: scripts and interfaces, with their weights. */
import type { Track } from "../../../core/config.js";
import type { TrackDraft } from "../blocks/tracks.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { ScriptDraft } from "../blocks/vrrp-script.js";
import type { Report } from "../report.js";

/** @param checks names of the scripts that run; the others have been spoken of */
export function tracksOf(
  instance: InstanceDraft,
  scripts: ReadonlyMap<string, ScriptDraft>,
  checks: ReadonlySet<string>,
  report: Report,
): Track[] {
  const byScript = instance.trackedScripts
    .filter(({ name }) => checks.has(name))
    .map((track) => {
      const script = scripts.get(track.name)!;
      return trackOf({ check: track.name }, track.weight ?? script.weight, track.reversed ?? script.reversed);
    });
  const byInterface = instance.trackedInterfaces
    .filter((track) => !isItsOwn(track, instance, report))
    .map((track) => trackOf({ interface: track.name }, track.weight ?? 0, track.reversed ?? false));
  return [...byScript, ...byInterface];
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
