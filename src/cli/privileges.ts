/** What vrrpd cannot do without. */
import { VrrpdError } from "../base/errors.js";
import type { Intent } from "../config/index.js";
import type { UserName } from "../core/notify.js";
import { nameOf } from "../core/origin.js";
import { type Capability, missingCapabilities } from "../host/capabilities.js";
import { findIdentity, isOwn } from "../host/scripts/identity.js";

/** Throws VrrpdError `EPERMISSION` (exit code 4) that names each missing capability. */
export function requireCapabilities(): void {
  refuse(missingCapabilities(), "");
}

/** The same for what it takes to start scripts as somebody else, where that is asked for. */
export function requireScriptUsers({ settings, origins, checks, instances }: Intent): void {
  const commands = [
    ...checks.filter(({ command }) => command !== null),
    ...instances.flatMap(({ router }) => router.notify),
  ];
  const foreign = commands.find(({ user }) => isForeign(user ?? settings.scripts.user));
  if (foreign === undefined) return;
  const setting = foreign.user === null ? origins.scriptUser : foreign.origin;
  refuse(missingCapabilities(undefined, ["CAP_SETGID", "CAP_SETUID"]), `, for ${nameOf(setting)}`);
}

/** null: the daemon's own. One whom this host does not know is refused elsewhere. */
function isForeign(user: UserName | null): boolean {
  const identity = user === null ? null : findIdentity(user);
  return identity !== null && typeof identity !== "string" && !isOwn(identity);
}

function refuse(missing: readonly Capability[], purpose: string): void {
  if (missing.length === 0) return;
  const [is, it] = missing.length === 1 ? ["is", "it"] : ["are", "them"];
  throw new VrrpdError(
    "EPERMISSION",
    `${missing.join(" and ")} ${is} missing${purpose}: run as root, or grant ${it}`,
  );
}
