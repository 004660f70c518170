/** Sync groups as the file writes them → who is in which, before anything of this host is known. */
import type { GroupIntent } from "../../intent.js";
import type { Lookups } from "../../source.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { GroupDraft } from "../blocks/vrrp-sync-group.js";
import type { FileDraft } from "../file.js";
import type { Report } from "../report.js";
import { type DefaultUser, notifyOf } from "./scripts.js";
import { groupTracks } from "./tracks.js";

/** Names of the members of each group that has any, in the order in which it lists them. */
export type Memberships = ReadonlyMap<GroupDraft, readonly string[]>;

/** What Keepalived leaves out is left out, and said. */
export function membershipsOf({ groups, instances }: FileDraft, report: Report): Memberships {
  const taken = new Map<string, GroupDraft>();
  const found = new Map<GroupDraft, readonly string[]>();
  for (const group of groups.values()) {
    const members: string[] = [];
    for (const { value: name, origin } of group.members ?? []) {
      const why = whyNoMember(name, group, instances, taken);
      if (why !== null) {
        report.warn(origin, `${name} in ${group.name} is ignored, as in Keepalived: ${why}`);
        continue;
      }
      taken.set(name, group);
      members.push(name);
    }
    const { statement } = group;
    const title = `vrrp_sync_group ${group.name}`;
    if (members.length === 0)
      report.warn(statement.origin, `${title} has no member, and is left out, as in Keepalived`);
    else found.set(group, members);
    if (members.length === 1)
      report.warn(statement.origin, `${title} has one member alone, which changes by itself`);
  }
  return found;
}

function whyNoMember(
  name: string,
  group: GroupDraft,
  instances: ReadonlyMap<string, InstanceDraft>,
  taken: ReadonlyMap<string, GroupDraft>,
): string | null {
  if (!instances.has(name)) return "there is no vrrp_instance of that name";
  const other = taken.get(name);
  if (other === undefined) return null;
  return other === group ? "it stands twice" : `it is in ${other.name} already`;
}

export function groupOf(memberships: Memberships, name: string): GroupDraft | null {
  for (const [group, members] of memberships) if (members.includes(name)) return group;
  return null;
}

export interface Surroundings {
  readonly file: FileDraft;
  readonly defaultUser: DefaultUser;
  /** Names of the scripts that run. */
  readonly checks: ReadonlySet<string>;
  readonly lookups: Lookups;
  readonly memberships: Memberships;
}

export function groupsOf(
  { memberships, file, checks, defaultUser, lookups }: Surroundings,
  report: Report,
): GroupIntent[] {
  return [...memberships].map(([group, members]) => ({
    name: group.name,
    members,
    tracks: groupTracks(group, file, checks),
    weighs: group.weighs,
    notify: notifyOf(group.notify, defaultUser, lookups, report),
  }));
}
