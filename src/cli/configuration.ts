/** The configuration that a command was given, as an intent. */
import { environmentSource, type Intent } from "../config/index.js";
import { findIdentity } from "../host/scripts/identity.js";

/** Throws `ConfigurationError` (exit code 2), one line a problem. */
export function readConfiguration(env: NodeJS.ProcessEnv): Intent {
  return environmentSource(env).read({
    whyUnknown: (user) => {
      const identity = findIdentity(user);
      return typeof identity === "string" ? identity : null;
    },
  });
}
