/** What scripts find in their environment. */
import { FOR_THE_DAEMON_ALONE } from "../service-manager.js";
import type { Identity } from "./identity.js";

const CLEAN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The daemon's own, as Keepalived hands it to scripts, but for what is said to the daemon alone. */
export function ownEnvironment(): string[] {
  const entries = Object.entries(process.env).filter(([name]) => !FOR_THE_DAEMON_ALONE.has(name));
  return entries.map(([name, value]) => `${name}=${value}`);
}

/** What a login of this user would have, and nothing of the daemon's: none of its variables, and no secret among them. */
export function cleanEnvironment(identity: Identity | null): string[] {
  const uid = identity?.uid ?? process.getuid!();
  const user =
    identity === null
      ? { name: uid === 0 ? "root" : String(uid), home: uid === 0 ? "/root" : "/" }
      : identity;
  const name = user.name.split(":")[0]!;
  return [
    `PATH=${CLEAN_PATH}`,
    `HOME=${user.home}`,
    `USER=${name}`,
    `LOGNAME=${name}`,
    "SHELL=/bin/sh",
    "LANG=C.UTF-8",
  ];
}
