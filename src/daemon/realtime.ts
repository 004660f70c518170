/** `VRRPD_REALTIME`: real-time scheduling of the daemon's threads, so that a busy machine does not make adverts late. */

import { MICROS_PER_SECOND } from "../base/time.js";
import { VARIABLES } from "../config/index.js";
import { endRealtime, errnoName, setRealtime } from "../host/native.js";

/**
 * CPU time of the loop without a pause after which it gives up its real time: a burst of work must not take the
 * processor from the rest of the machine. Far longer than a wake-up takes. Only time in which it runs is counted, so
 * that others who are busy cannot use it up.
 */
const LONGEST_RUN_MICROS = 2 * MICROS_PER_SECOND;
/** After this the kernel ends the process (RLIMIT_RTTIME): the loop no longer turns, or it would have given up. */
const SPINNING_MICROS = 10 * MICROS_PER_SECOND;
const REST_MILLIS = 60_000;

/**
 * Memory is not locked: V8 aborts under mlockall.
 * @param priority null: it is not asked for
 * @param onWithout called with a sentence where the host does not permit it, and each time that it does without for a minute
 */
export function becomeRealtime(priority: number | null, onWithout: (sentence: string) => void): void {
  if (priority === null) return;
  const errno = setRealtime(priority, LONGEST_RUN_MICROS, SPINNING_MICROS);
  if (errno !== 0) {
    const missing = errnoName(errno) === "EPERM" ? "; CAP_SYS_NICE or RLIMIT_RTPRIO permits it" : "";
    return onWithout(
      `${VARIABLES.realtime.name}=${priority} was refused (${errnoName(errno)}${missing}): vrrpd goes on without it`,
    );
  }
  let resting = false;
  // Without a handler this signal would end the process.
  process.on("SIGXCPU", () => {
    if (resting) return;
    resting = true;
    endRealtime();
    onWithout(
      `${VARIABLES.realtime.name}=${priority}: the loop was busy for ${LONGEST_RUN_MICROS / MICROS_PER_SECOND} s without a pause; it runs at the usual scheduling for ${REST_MILLIS / 1000} s`,
    );
    setTimeout(() => {
      resting = false;
      setRealtime(priority, LONGEST_RUN_MICROS, SPINNING_MICROS);
    }, REST_MILLIS).unref();
  });
}
