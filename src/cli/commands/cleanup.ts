/** `vrrpd cleanup`: stops this configuration's daemon and removes what it may have left on this host. */

import { ExitCode } from "../../base/errors.js";
import { VARIABLES } from "../../config/index.js";
import { cleanUp } from "../../daemon/cleanup.js";
import { sweep } from "../../daemon/sweep.js";
import { readConfiguration } from "../configuration.js";
import { requireCapabilities } from "../privileges.js";
import { defineCommand, requirePlace, SOURCE } from "./command.js";

/** Without it nothing else of a configuration means anything. */
const REQUIRED = VARIABLES.virtualAddresses.name;

export const command = defineCommand({
  options: SOURCE,
  text: `With --config env and without ${REQUIRED} it removes what any vrrpd has left in this network namespace.`,
  exitCodes: { [ExitCode.permission]: "a capability is missing" },
  handlesSignals: true,
  async run({ options, env, print }) {
    const place = requirePlace(options);
    const isConfigured = place.config !== "env" || Boolean(env[REQUIRED]?.trim());
    const intent = isConfigured ? await readConfiguration(place, env) : null;
    requireCapabilities();
    const done = intent === null ? await sweep() : await cleanUp(intent);
    const what = done.length > 0 ? done.join("\n") : "nothing was left to remove";
    const whose = `${REQUIRED} is not set, so this is about all that any vrrpd has left in this network namespace`;
    return print(intent === null ? `${whose}\n${what}` : what);
  },
});
