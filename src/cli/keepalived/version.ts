/** What the command is called, and what `keepalived -v` says. Programs take the version from the first line, and look for words in the others. */

/** Of the command, and of its process for pgrep and ps. */
export const NAME = "keepalived";

/** Whose options, signals and files these are. */
const KEEPALIVED = "2.2.7";

export function versionText(vrrpd: string): string {
  return `Keepalived v${KEEPALIVED} (vrrpd ${vrrpd})

This is vrrpd under the name of Keepalived, with the options, signals and files of its version ${KEEPALIVED}.

Config options:  VRRP VRRP_AUTH JSON SYSTEMD_NOTIFY`;
}
