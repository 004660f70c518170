/** `vrrpd cleanup`: stops this configuration's daemon and removes what it may have left on this host. */
import type { ExitCode } from "../base/errors.js";
import { cleanUp } from "../daemon/cleanup.js";
import { sweep } from "../daemon/sweep.js";
import { readConfiguration } from "./configuration.js";
import { requireCapabilities } from "./privileges.js";

/** Without it nothing else of a configuration means anything. */
const REQUIRED = "OPENSHIFT_HA_VIRTUAL_IPS";

/** Throws VrrpdError: `ECONFIG`, `EPERMISSION`, `ELOCKED`. */
export async function cleanup(env: NodeJS.ProcessEnv, print: (text: string) => ExitCode): Promise<ExitCode> {
  const isConfigured = Boolean(env[REQUIRED]?.trim());
  const request = isConfigured ? readConfiguration(env) : null;
  requireCapabilities();
  const done = request === null ? await sweep() : await cleanUp(request);
  const what = done.length > 0 ? done.join("\n") : "nothing was left to remove";
  const whose = `${REQUIRED} is not set, so this is about all that any vrrpd has left in this network namespace`;
  return print(request === null ? `${whose}\n${what}` : what);
}
