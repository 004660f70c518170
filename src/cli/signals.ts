/**
 * Signals, from the first moment on: HUP would end the process, USR1 would open Node's inspector on the host's
 * network, and a TERM during start-up must not be lost. Imports nothing, so that it runs first.
 */
export type StopSignal = "SIGTERM" | "SIGINT";
export type OtherSignal = "SIGHUP" | "SIGUSR1" | "SIGUSR2";

let stopReceived: StopSignal | null = null;
let onStop: ((signal: StopSignal) => void) | null = null;
let onOther: ((signal: OtherSignal) => void) | null = null;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    stopReceived ??= signal;
    onStop?.(signal);
  });
}
for (const signal of ["SIGHUP", "SIGUSR1", "SIGUSR2"] as const) process.on(signal, () => onOther?.(signal));

/** Who is told to stop, now if the signal has come already. */
export function whenStopped(handler: (signal: StopSignal) => void): void {
  onStop = handler;
  if (stopReceived !== null) handler(stopReceived);
}

export function whenSignalled(handler: (signal: OtherSignal) => void): void {
  onOther = handler;
}
