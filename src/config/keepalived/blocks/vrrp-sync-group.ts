/** `vrrp_sync_group NAME`: instances that change together, as the file writes it. */
import { block, flag, ignored, type Keywords } from "../keyword.js";
import type { Statement } from "../statement.js";
import { bare, onOff, type Placed, placed } from "../values.js";
import { NOTIFY_KEYWORDS, type NotifyDraft } from "./notify.js";
import { readCounted, readTracks, type TrackDraft } from "./tracks.js";

export interface GroupDraft {
  readonly name: string;
  readonly statement: Statement;
  /** As listed; null: no list stands there. */
  members: readonly Placed<string>[] | null;
  readonly trackedScripts: TrackDraft[];
  readonly trackedInterfaces: TrackDraft[];
  readonly trackedFiles: TrackDraft[];
  readonly trackedProcesses: TrackDraft[];
  readonly notify: NotifyDraft[];
  /** Priorities of its members that change are told to readers of FIFOs. */
  tellsPriorities: boolean;
  /** Weights of what its members track themselves count. */
  weighs: boolean;
}

export function newGroup(name: string, statement: Statement): GroupDraft {
  return {
    name,
    statement,
    members: null,
    trackedScripts: [],
    trackedInterfaces: [],
    trackedFiles: [],
    trackedProcesses: [],
    notify: [],
    tellsPriorities: false,
    weighs: false,
  };
}

const { notify_master, notify_backup, notify_fault, notify_stop, notify } = NOTIFY_KEYWORDS<GroupDraft>();

export const VRRP_SYNC_GROUP: Keywords<GroupDraft> = {
  group: block((group, statement, report) => {
    if (group.members !== null)
      return report.warn(statement.origin, "group stands twice: the first one counts, as in Keepalived");
    group.members = statement.children!.flatMap((line) =>
      [line.keyword, ...line.words].map((name) => placed(name, line)),
    );
  }),
  track_script: block((group, statement, report) => {
    readTracks(group.trackedScripts, statement, report);
  }),
  track_interface: block((group, statement, report) => {
    readTracks(group.trackedInterfaces, statement, report);
  }),
  track_file: block((group, statement, report) => {
    readCounted(group.trackedFiles, statement, true, report);
  }),
  track_process: block((group, statement, report) => {
    readCounted(group.trackedProcesses, statement, false, report);
  }),
  notify_master: notify_master!,
  notify_backup: notify_backup!,
  notify_fault: notify_fault!,
  notify_stop: notify_stop!,
  notify: notify!,
  sync_group_tracking_weight: flag((group, statement, report) => {
    bare(statement, report);
    group.weighs = true;
  }),
  global_tracking: flag((group, statement, report) => {
    group.weighs = true;
    const text =
      "global_tracking is deprecated, and does what sync_group_tracking_weight does, as in Keepalived";
    report.once("global_tracking", statement.origin, text);
  }),
  notify_priority_changes: flag((group, statement, report) => {
    group.tellsPriorities = onOff(statement, report) ?? group.tellsPriorities;
  }),
  track_bfd: { class: "refused", form: "any", why: "follows a BFD session, which vrrpd does not do" },
  ...ignored("any", "is ignored: vrrpd sends no mail; use notify scripts", "smtp_alert"),
};
