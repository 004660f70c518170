/** What a file says for the eyes of whoever reads Keepalived's dumps. */
import { checkNameOf } from "../../check-names.js";
import type { Shown, ShownCheck, ShownInstance } from "../../shown.js";
import type { GlobalDefs } from "../blocks/global-defs.js";
import { USUAL_FILE_WEIGHT } from "../blocks/track-file.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { FileDraft } from "../file.js";
import { isMaster } from "./election.js";

export function shownOf({ globals, instances, scripts, files, processes }: FileDraft): Shown {
  return {
    routerId: globals.routerId,
    version: globals.version ?? 2,
    strict: globals.strict,
    skipsAddressCheck: globals.skipsAddressCheck,
    waitsForInterfaces: globals.dynamicInterfaces,
    multicastGroups: globals.multicastGroups,
    startupDelaySeconds: globals.startupDelay?.value ?? null,
    instances: new Map([...instances].map(([name, instance]) => [name, shownInstance(instance, globals)])),
    checks: new Map([
      ...[...scripts].map(([name, { weight, reversed, timeout }]) =>
        shownCheck("script", name, weight, reversed, timeout ?? 0),
      ),
      ...[...files].map(([name, { weight, reversed }]) =>
        shownCheck("file", name, weight ?? USUAL_FILE_WEIGHT, reversed),
      ),
      ...[...processes].map(([name, { weight, reversed }]) =>
        shownCheck("process", name, weight ?? 0, reversed),
      ),
    ]),
  };
}

function shownCheck(
  kind: "script" | "file" | "process",
  name: string,
  weight: number,
  reversed: boolean,
  timeoutSeconds = 0,
): readonly [string, ShownCheck] {
  return [checkNameOf(kind, name), { weight, reversed, timeoutSeconds }];
}

function shownInstance(instance: InstanceDraft, globals: GlobalDefs): ShownInstance {
  const strict = instance.strict ?? globals.strict;
  return {
    wantsMaster: isMaster(instance, strict),
    strict,
    skipsAddressCheck: instance.skipsAddressCheck ?? globals.skipsAddressCheck,
  };
}
