/** What vrrpd cannot do without. */
import { ExitCode, VrrpdError } from "../base/errors.js";
import { missingCapabilities } from "../host/capabilities.js";

/** Throws VrrpdError `EPERMISSION` (exit code 4) that names each missing capability. */
export function requireCapabilities(): void {
  const missing = missingCapabilities();
  if (missing.length === 0) return;
  const [is, it] = missing.length === 1 ? ["is", "it"] : ["are", "them"];
  throw new VrrpdError(
    "EPERMISSION",
    `${missing.join(" and ")} ${is} missing: run as root, or grant ${it}`,
    ExitCode.permission,
  );
}
