/** What vrrpd cannot do without. */
import { VrrpdError } from "../base/errors.js";
import { type Intent, VARIABLES } from "../config/index.js";
import { type Capability, missingCapabilities } from "../host/capabilities.js";
import { findIdentity, isOwn } from "../host/scripts/identity.js";

/** Throws VrrpdError `EPERMISSION` (exit code 4) that names each missing capability. */
export function requireCapabilities(): void {
  refuse(missingCapabilities(), "");
}

/** The same for what it takes to start scripts as somebody else, where that is asked for. */
export function requireScriptUser({ settings, checks, instances }: Intent): void {
  const { user } = settings.scripts;
  const runsScripts =
    checks.some(({ command }) => command !== null) ||
    instances.some(({ router }) => router.notify.length > 0);
  if (user === null || !runsScripts) return;
  const identity = findIdentity(user);
  if (typeof identity === "string" || isOwn(identity)) return;
  refuse(missingCapabilities(undefined, ["CAP_SETGID", "CAP_SETUID"]), `, for ${VARIABLES.scriptUser.name}`);
}

function refuse(missing: readonly Capability[], purpose: string): void {
  if (missing.length === 0) return;
  const [is, it] = missing.length === 1 ? ["is", "it"] : ["are", "them"];
  throw new VrrpdError(
    "EPERMISSION",
    `${missing.join(" and ")} ${is} missing${purpose}: run as root, or grant ${it}`,
  );
}
