/** What adverts look like and how often they leave: version, interval, password. */
import type { Family } from "../../../base/address.js";
import { type Micros, secondsToMicros } from "../../../base/time.js";
import type { VrrpVersion } from "../../../wire/advert.js";
import type { GlobalDefs } from "../blocks/global-defs.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { Report } from "../report.js";

const LONGEST_V3_SECONDS = 40.95;

/** IPv6 has version 3 by default, IPv4 the one of `global_defs`, which is 2. */
export function versionOf(
  { version, statement }: InstanceDraft,
  family: Family,
  { version: usual }: GlobalDefs,
  report: Report,
): VrrpVersion {
  if (family === "ipv4") return version?.value ?? usual ?? 2;
  if (version?.value === 2) {
    const reason = "has no IPv6 (RFC 3768), and vrrpd does not do what Keepalived makes of it";
    report.refuse(version.origin, "2", reason, `version 3 for ${statement.words[0]}`);
  }
  return 3;
}

/** Rounded as Keepalived rounds: version 2 counts seconds, version 3 hundredths. */
export function intervalOf({ advertInterval }: InstanceDraft, version: VrrpVersion, report: Report): Micros {
  const seconds = advertInterval?.value ?? 1;
  const rounded =
    version === 2
      ? Math.max(1, Math.round(seconds))
      : Math.min(LONGEST_V3_SECONDS, Math.round(seconds * 100) / 100);
  if (rounded !== seconds) {
    const why =
      version === 2
        ? "version 2 counts whole seconds"
        : `version 3 counts hundredths of a second up to ${LONGEST_V3_SECONDS}`;
    report.warn(advertInterval!.origin, `advert_int ${seconds}: ${why}; ${rounded} counts, as in Keepalived`);
  }
  return secondsToMicros(rounded);
}

/** null: adverts carry none. */
export function passwordOf(
  { authentication }: InstanceDraft,
  version: VrrpVersion,
  strict: boolean,
  report: Report,
): Uint8Array | null {
  const { type, password } = authentication;
  const place = type ?? password;
  if (place === null) return null;
  const why =
    password === null
      ? "has no auth_pass"
      : type === null
        ? "has no auth_type PASS"
        : version === 3
          ? "does not count: version 3 has none"
          : strict
            ? "does not count in strict mode"
            : null;
  if (why === null) return password!.value;
  report.warn(place.origin, `authentication ${why}: adverts carry no password, as in Keepalived`);
  return null;
}
