/** `vrrpd health`: for exec probes, without a shell around it. */
import { ExitCode } from "../base/errors.js";
import { askHealth, socketPath } from "./daemon-status.js";

export interface HealthOptions {
  /** Asks whether the node takes part, not only whether the daemon works. */
  readonly ready: boolean;
  readonly socket: string | null;
}

/** Throws VrrpdError where no daemon answers. */
export async function health(
  { ready, socket }: HealthOptions,
  print: (text: string) => ExitCode,
): Promise<ExitCode> {
  const found = await askHealth(socketPath(socket));
  if (ready ? found.ready : found.healthy) return print(praise(ready ? "ready" : "healthy", found.problems));
  const why = ready ? [...found.problems, ...found.waitsFor] : found.problems;
  print(`${ready ? "not ready" : "not healthy"}: ${why.join("; ")}`);
  return ExitCode.fatal;
}

/** What a healthy daemon has to say all the same stands behind it. */
function praise(word: string, problems: readonly string[]): string {
  return problems.length === 0 ? word : `${word}, but ${problems.join("; ")}`;
}
