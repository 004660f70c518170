/** `notify`, `notify_master` and the others: scripts that are told what becomes of an instance. */
import type { NotifyCommand } from "../../../core/notify.js";
import { type Keyword, type Keywords, value } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { commandOf, userOf } from "./command.js";

/** As written: whether this host knows the user is not looked at. */
export type NotifyDraft = NotifyCommand;

/** The first of each counts, as in Keepalived. */
export function NOTIFY_KEYWORDS<D extends { readonly notify: NotifyDraft[] }>(): Keywords<D> {
  const told = (on: NotifyCommand["on"]): Keyword<D> =>
    value(({ notify }, statement, report) => {
      const command = readNotify(on, statement, report);
      if (command === null) return;
      if (!notify.some((other) => other.on === on)) notify.push(command);
      else
        report.warn(
          statement.origin,
          `${statement.keyword} stands twice: the first one counts, as in Keepalived`,
        );
    });
  return {
    notify_master: told("MASTER"),
    notify_backup: told("BACKUP"),
    notify_fault: told("FAULT"),
    notify_stop: told("STOP"),
    notify_master_rx_lower_pri: told("LOWER_PRIORITY"),
    notify: told("any"),
    notify_deleted: {
      class: "ignored",
      form: "value",
      why: "is ignored: when a reload removes an instance, vrrpd runs notify_stop",
    },
  };
}

function readNotify(on: NotifyCommand["on"], statement: Statement, report: Report): NotifyCommand | null {
  const { origin, words, keyword } = statement;
  if (words[0] === "") {
    report.warn(origin, `${keyword} "" is ignored`);
    return null;
  }
  const command = commandOf(statement, report);
  if (command === null) return null;
  const { behind } = command;
  const user = behind.length === 0 ? null : userOf(statement, behind, report);
  // Where the command is quoted nobody takes them for its arguments.
  if (user !== null && !/^["']/.test(statement.rest)) {
    const text = `“${behind.join(" ")}” is the user that runs it, not an argument, as in Keepalived; quote a command with its arguments`;
    report.warn(origin, `${keyword} ${command.text}: ${text}`);
  }
  return { origin, on, command: command.words, user };
}
