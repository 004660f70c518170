/** `notify_fifo` and `vrrp_notify_fifo`, and the scripts that read them. */
import type { NotifyCommand, UserName } from "../../../core/notify.js";
import { type Keywords, value } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { type Placed, placed } from "../values.js";
import { commandOf, userOf } from "./command.js";

export interface FifoDraft {
  path: Placed<string> | null;
  /** null: whoever runs scripts. */
  owner: UserName | null;
  /** It gets the path behind its words. */
  script: NotifyCommand | null;
}

export function newFifo(): FifoDraft {
  return { path: null, owner: null, script: null };
}

/** Of each the first counts, as in Keepalived. */
export function FIFO_KEYWORDS<D>(prefix: string, of: (draft: D) => FifoDraft): Keywords<D> {
  return {
    [`${prefix}notify_fifo`]: value((draft, statement, report) => {
      const fifo = of(draft);
      if (fifo.path !== null) return sayTwice(statement, report);
      const [path = "", ...user] = statement.words;
      fifo.path = placed(path, statement);
      fifo.owner = user.length === 0 ? null : userOf(statement, user, report);
    }),
    [`${prefix}notify_fifo_script`]: value((draft, statement, report) => {
      const fifo = of(draft);
      if (fifo.script !== null) return sayTwice(statement, report);
      const command = commandOf(statement, report);
      if (command === null) return;
      const user = command.behind.length === 0 ? null : userOf(statement, command.behind, report);
      fifo.script = { origin: statement.origin, on: "any", command: command.words, user };
    }),
  };
}

function sayTwice({ origin, keyword }: Statement, report: Report): void {
  report.warn(origin, `${keyword} stands twice: the first one counts, as in Keepalived`);
}
