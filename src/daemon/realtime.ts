/** `VRRPD_REALTIME`: real-time scheduling of the loop's thread, so that a busy machine does not make adverts late. */
import { MICROS_PER_SECOND } from "../base/time.js";
import { errnoName, setRealtime } from "../host/native.js";

/**
 * CPU time without a pause after which the kernel ends the process (RLIMIT_RTTIME): a defect that spins must not take
 * the machine with it. Far longer than a wake-up ever takes.
 */
const LONGEST_RUN_MICROS = 2 * MICROS_PER_SECOND;

/** Memory is not locked: V8 aborts under mlockall. Returns null, or a sentence why the host does not permit it. */
export function becomeRealtime(priority: number): string | null {
  const errno = setRealtime(priority, LONGEST_RUN_MICROS);
  if (errno === 0) return null;
  const missing = errnoName(errno) === "EPERM" ? "; CAP_SYS_NICE or RLIMIT_RTPRIO permits it" : "";
  return `VRRPD_REALTIME=${priority} was refused (${errnoName(errno)}${missing}): vrrpd goes on without it`;
}
