/**
 * Notify scripts: one queue an instance, in order, one run at a time. Their output goes to /dev/null, as under
 * Keepalived, so that a service which a script leaves in the background never loses its standard output.
 */

import { within } from "../../base/within.js";
import type { Launcher } from "./launcher.js";
import { describe, type Notification, NotifyQueue } from "./notify-queue.js";

/** Which part of the time until the end STOP waits in its turn; then it is started beside what runs. */
const STOP_PATIENCE = 1 / 4;

export interface NotifierOptions {
  readonly launcher: Launcher;
  /**
   * How long a script may run from the moment when another one waits behind it; then it is ended: the script itself,
   * not what it has left in the background. One behind which none waits may take as long as it likes.
   */
  readonly timeoutMillis: number;
  readonly onProblem: (instance: string, sentence: string) => void;
}

export interface Notifier {
  /** Runs `command… INSTANCE <instance> <state> <priority>` in its turn; an immediate repeat of a state is skipped. */
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
  const { launcher, timeoutMillis } = options;
  const queues = new Map<string, NotifyQueue>();
  let draining = false;
  return {
    notify(instance, notification) {
      const onProblem = (sentence: string) => options.onProblem(instance, sentence);
      if (draining) return onProblem(`${describe(notification)} is not run: vrrpd is ending`);
      let queue = queues.get(instance);
      if (queue === undefined) {
        queue = new NotifyQueue({ instance, launcher, timeoutMillis, onProblem });
        queues.set(instance, queue);
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
