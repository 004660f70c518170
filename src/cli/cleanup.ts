/** `vrrpd cleanup`: stops this configuration's daemon and removes what it may have left on this host. */
import type { ExitCode } from "../base/errors.js";
import { cleanUp } from "../daemon/cleanup.js";
import { readConfiguration } from "./configuration.js";
import { requireCapabilities } from "./privileges.js";

/** Throws VrrpdError: `ECONFIG`, `EPERMISSION`, `ELOCKED`. */
export async function cleanup(env: NodeJS.ProcessEnv, print: (text: string) => ExitCode): Promise<ExitCode> {
  const request = readConfiguration(env);
  requireCapabilities();
  const done = await cleanUp(request);
  return print(done.length > 0 ? done.join("\n") : "nothing was left to remove");
}
