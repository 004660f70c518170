/** What vrrpd cannot do without. */
import { VrrpdError } from "../base/errors.js";
import { type Intent, isFromFile, VARIABLES } from "../config/index.js";
import type { UserName } from "../core/notify.js";
import { type Capability, missingCapabilities } from "../host/capabilities.js";
import { findIdentity, isOwn } from "../host/scripts/identity.js";

/** Throws VrrpdError `EPERMISSION` (exit code 4) that names each missing capability. */
export function requireCapabilities(): void {
  refuse(missingCapabilities(), "");
}

/** The same for what it takes to start scripts as somebody else, where that is asked for. */
export function requireScriptUser(intent: Intent): void {
  for (const user of scriptUsers(intent)) {
    const identity = findIdentity(user);
    if (typeof identity === "string" || isOwn(identity)) continue;
    const what = isFromFile(intent) ? `scripts of the user ${user.user}` : VARIABLES.scriptUser.name;
    refuse(missingCapabilities(undefined, ["CAP_SETGID", "CAP_SETUID"]), `, for ${what}`);
  }
}

/** Beside the daemon's own. */
function scriptUsers({ settings, checks, instances }: Intent): UserName[] {
  const scripts = [
    ...checks.filter((check) => check.kind === "script"),
    ...instances.flatMap(({ router }) => router.notify),
  ];
  return [...new Set(scripts.flatMap(({ user }) => user ?? settings.scripts.user ?? []))];
}

function refuse(missing: readonly Capability[], purpose: string): void {
  if (missing.length === 0) return;
  const [is, it] = missing.length === 1 ? ["is", "it"] : ["are", "them"];
  throw new VrrpdError(
    "EPERMISSION",
    `${missing.join(" and ")} ${is} missing${purpose}: run as root, or grant ${it}`,
  );
}
