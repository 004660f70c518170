/** The manual page, in the macros of man(7). */
import { SOCKET_VARIABLE } from "../../src/base/socket-variable.js";
import { rowsOf } from "../../src/cli/commands/command.js";
import type { Registered } from "../../src/cli/commands/index.js";
import { SOCKET_FOLDER } from "../../src/daemon/control/client.js";

export function pageText(commands: readonly Registered[]): string {
  return `${[
    '.\\" Made by npm run manual of what the commands say of themselves.',
    '.TH VRRPD 8 "" vrrpd "System Manager\'s Manual"',
    ".SH NAME",
    "vrrpd \\- virtual IP failover (VRRP)",
    ".SH SYNOPSIS",
    ...commands.flatMap(({ usage }, at) => [...(at === 0 ? [] : [".br"]), `.B ${roff(`vrrpd ${usage}`)}`]),
    ".SH DESCRIPTION",
    roff("vrrpd keeps virtual IP addresses alive on a set of hosts (VRRP, RFC 9568)."),
    roff(
      "It reads variables of the environment (--config env), such variables in a file (--config env:FILE),",
    ),
    roff("or a keepalived.conf (--config FILE). Commands without --config ask the daemon that runs."),
    ".SH COMMANDS",
    ...commands.flatMap(section),
    ".SH ENVIRONMENT",
    ...row(SOCKET_VARIABLE, "which daemon to ask, where --socket does not say it"),
    ...row("NO_COLOR", "set to anything: no colours"),
    ".SH FILES",
    ...row(
      `${SOCKET_FOLDER}/NAME.sock`,
      "the control socket of the daemon whose configuration has this name",
    ),
    ...row("/var/lib/vrrpd", "what yield --persist keeps over restarts"),
    ".SH SEE ALSO",
    ".BR keepalived.conf (5)",
  ].join("\n")}\n`;
}

function section({ name, summary, usage, command }: Registered): string[] {
  const { options, codes } = rowsOf(command);
  return [
    `.SS ${roff(`vrrpd ${name ?? usage}`)}`,
    ...roff(`${capital(summary)}.\n${command.text}`).split("\n"),
    ...options.flatMap(([head, clause]) => row(head, clause)),
    ".PP",
    "Exit codes:",
    ...codes.flatMap(([code, clause]) => row(code, clause)),
  ];
}

function row(head: string, clause: string): string[] {
  return [".TP", `.B ${roff(head)}`, roff(clause)];
}

const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);

/** As a text that troff shows as it is. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("“", "\\(lq")
    .replaceAll("”", "\\(rq")
    .replaceAll("…", "...")
    .replaceAll(/^(?=[.'])/gm, "\\&");
}
