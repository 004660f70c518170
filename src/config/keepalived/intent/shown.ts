/** What a file says for the eyes of whoever reads Keepalived's dumps. */
import type { Shown, ShownInstance } from "../../shown.js";
import type { GlobalDefs } from "../blocks/global-defs.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { FileDraft } from "../file.js";
import { isMaster } from "./election.js";

export function shownOf({ globals, instances, scripts }: FileDraft): Shown {
  return {
    routerId: globals.routerId,
    version: globals.version ?? 2,
    strict: globals.strict,
    skipsAddressCheck: globals.skipsAddressCheck,
    waitsForInterfaces: globals.dynamicInterfaces,
    startupDelaySeconds: globals.startupDelay?.value ?? null,
    instances: new Map([...instances].map(([name, instance]) => [name, shownInstance(instance, globals)])),
    scripts: new Map(
      [...scripts].map(([name, { weight, reversed, timeout }]) => [
        name,
        { weight, reversed, timeoutSeconds: timeout ?? 0 },
      ]),
    ),
  };
}

function shownInstance(instance: InstanceDraft, globals: GlobalDefs): ShownInstance {
  const strict = instance.strict ?? globals.strict;
  return {
    wantsMaster: isMaster(instance, strict),
    strict,
    skipsAddressCheck: instance.skipsAddressCheck ?? globals.skipsAddressCheck,
  };
}
