/** What `keepalived --signum=NAME` answers: the numbers by which Keepalived 2.2.7 is asked for something on Linux. */
import { constants } from "node:os";

const { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 } = constants.signals;
/** As the C library counts them: it keeps the first two real-time signals for itself. */
const SIGRTMIN = 34;
const SIGRTMAX = 64;

/** Behind SIGRTMIN. */
export const JSON_SIGNAL = 2;
export const STATS_CLEAR_SIGNAL = SIGRTMAX - 1 - SIGRTMIN;

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["STOP", SIGTERM],
  ["RELOAD", SIGHUP],
  ["DATA", SIGUSR1],
  ["STATS", SIGUSR2],
  ["STATS_CLEAR", SIGRTMIN + STATS_CLEAR_SIGNAL],
  ["JSON", SIGRTMIN + JSON_SIGNAL],
]);

export const SIGNAL_NAMES: readonly string[] = [...NUMBERS.keys()];

/** null: Keepalived has no such name. */
export function signalNumber(name: string): number | null {
  return NUMBERS.get(name) ?? null;
}
