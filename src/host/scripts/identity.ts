/** Who runs the scripts: names and numbers looked up among the users and groups of this host. */
import type { UserName } from "../../core/notify.js";
import { groupNumber, whyUnknownGroup } from "../groups.js";
import { findUser, type SpawnOptions } from "../native.js";

export interface Identity {
  /** As it is spoken of: `nobody`, `65534:65534`. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups too, as initgroups(3) gives them. */
  readonly groups: readonly number[];
  readonly home: string;
}

/** The identity, or the end of the sentence "VRRPD_SCRIPT_USER=… …". */
export function findIdentity({ user, group }: UserName): Identity | string {
  const found = findUser(user) ?? (isNumber(user) ? findUser(Number(user)) : null);
  if (found === null && !isNumber(user)) return `names the user ${user}, whom this host does not know`;
  const gid = group === null ? (found?.gid ?? null) : groupNumber(group);
  if (gid === null) {
    return group === null
      ? `is a number without an entry among the users of this host, so it needs a group: ${user}:${user}`
      : whyUnknownGroup(group)!;
  }
  const name = group === null ? user : `${user}:${group}`;
  if (found === null) return { name, uid: Number(user), gid, groups: [gid], home: "/" };
  const groups = [...new Set([gid, ...found.groups.filter((one) => group === null || one !== found.gid)])];
  return { name, uid: found.uid, gid, groups, home: found.home };
}

/**
 * What a child that runs as this identity gives up. null: nothing, and it runs as the daemon does. Not confined it gives
 * up no more than whoever becomes another user.
 */
export function confinementOf(
  identity: Identity | null,
  confined: boolean,
): Pick<SpawnOptions, "confined" | "identity"> {
  if (identity === null) return { confined: false, identity: null };
  return { confined, identity: isOwn(identity) ? null : identity };
}

/** Nothing has to change for it. */
export function isOwn({ uid, gid, groups }: Identity): boolean {
  const own = new Set([...process.getgroups!(), process.getgid!()]);
  return (
    uid === process.getuid!() &&
    gid === process.getgid!() &&
    groups.every((one) => own.has(one)) &&
    own.size === new Set([...groups, gid]).size
  );
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
