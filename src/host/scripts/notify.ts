/**
 * Notify scripts: a queue of states for each instance and each sync group, in order, one at a time. Adverts of lower priority are no states:
 * they have a queue of their own, in which no more than one waits, so that no rival holds up what a state runs. Output goes to /dev/null, as under
 * Keepalived, so that a service which a script leaves in the background never loses its standard output.
 */

import { within } from "../../base/within.js";
import type { NotifyCommand } from "../../core/notify.js";
import type { Launchers } from "./launchers.js";
import { describe, type Notification, NotifyQueue } from "./notify-queue.js";

/** Which part of the time until the end STOP waits in its turn; then it is started beside what runs. */
const STOP_PATIENCE = 1 / 4;

export interface NotifierOptions {
  readonly launchers: Pick<Launchers, "as">;
  /**
   * How long a script may run from the moment when another one waits behind it; then it is ended: the script itself,
   * not what it has left in the background. One behind which none waits may take as long as it likes.
   */
  readonly timeoutMillis: number;
  readonly onProblem: (instance: string, sentence: string) => void;
}

export interface Notifier {
  /**
   * Runs in its turn what the event runs, all of it at once: `command… INSTANCE|GROUP <name> <state> <priority>`, or a
   * state's own command alone. An immediate repeat of a state is skipped.
   */
  notify(instance: string, notification: Notification): void;
  /**
   * Takes nothing more and waits for at most `timeoutMillis` until all queues are empty: whether they are. `STOP` waits
   * for what runs before it for a quarter of that time, and is then started beside it. What else has not started is
   * dropped, with a warning. What runs is let run, and may outlive the daemon: a `STOP` script that is cut off in its middle
   * would leave worse behind than one that takes long.
   */
  drain(timeoutMillis: number): Promise<boolean>;
}

export function createNotifier(options: NotifierOptions): Notifier {
  const { launchers, timeoutMillis } = options;
  const queues = new Map<string, NotifyQueue>();
  let draining = false;
  return {
    notify(instance, notification) {
      const onProblem = (sentence: string) => options.onProblem(instance, sentence);
      if (draining) {
        for (const text of describe(notification)) onProblem(`${text} is not run: vrrpd is ending`);
        return;
      }
      const key = `${notification.state === "LOWER_PRIORITY"} ${notification.of} ${instance}`;
      let queue = queues.get(key);
      if (queue === undefined) {
        const launcherFor = ({ user }: NotifyCommand) => launchers.as(user);
        queue = new NotifyQueue({ instance, launcherFor, timeoutMillis, onProblem });
        queues.set(key, queue);
      }
      queue.add(notification);
    },
    async drain(drainMillis) {
      draining = true;
      const all = [...queues.values()];
      const patience = setTimeout(() => {
        for (const queue of all) queue.startStop();
      }, drainMillis * STOP_PATIENCE);
      await within(Promise.all(all.map((queue) => queue.emptied())), drainMillis);
      clearTimeout(patience);
      return all.map((queue) => queue.abandon()).every((wasEmpty) => wasEmpty);
    },
  };
}
