/** Asks the running daemon, for all commands that show something of it. */
import { VrrpdError } from "../base/errors.js";
import { SOCKET_VARIABLE } from "../base/socket-variable.js";
import { ask, socketNamed, theOnlySocket, WORK_TIMEOUT_MILLIS } from "../daemon/control/client.js";
import type { ReloadOutcome } from "../daemon/reloading.js";
import type { HealthDocument } from "../daemon/status/health.js";
import type { StatusDocument } from "../daemon/status/types.js";
import type { ResumeRequest, YieldOutcome, YieldRequest } from "../daemon/yield-requests.js";
import { paintFor } from "./view/paint.js";
import type { View } from "./view/status-view.js";

type Taken = Extract<ReloadOutcome, { change: unknown }>;

/** Everything fits this; a narrower terminal makes it narrower. */
const WIDTH = 100;
const LEAST_WIDTH = 60;
const LEAST_HEIGHT = 24;

/** Throws VrrpdError `EAMBIGUOUS`, `EFORBIDDEN`, `ENODAEMON`. @param given a path, or a name */
export async function socketPath(given: string | undefined): Promise<string> {
  const named = given ?? process.env[SOCKET_VARIABLE]?.trim();
  return named ? socketNamed(named) : theOnlySocket();
}

/** Throws VrrpdError `ENODAEMON` where no daemon answers. */
export async function askStatus(path: string): Promise<StatusDocument> {
  return (await ask(path, "status")) as StatusDocument;
}

export async function askHealth(path: string): Promise<HealthDocument> {
  return (await ask(path, "health")) as HealthDocument;
}

/**
 * @param what `preview-reload` only looks. @param refused a sentence's beginning, for when the configuration is refused
 * Throws VrrpdError `ECONFIG` with each problem, `ENODAEMON`, `EFORBIDDEN`.
 */
export async function askReload(
  path: string,
  what: "reload" | "preview-reload",
  refused: string,
): Promise<Taken> {
  const outcome = (await ask(path, what, WORK_TIMEOUT_MILLIS)) as ReloadOutcome;
  if ("change" in outcome) return outcome;
  const lines = outcome.problems.map((line) => `\n  ${line}`).join("");
  throw new VrrpdError("ECONFIG", `${refused}:${lines}`);
}

/** Throws VrrpdError `EINSTANCE` with what there is, `ENODAEMON`, `EFORBIDDEN`. */
export async function askYield(
  path: string,
  request:
    | ({ readonly command: "yield-instances" } & YieldRequest)
    | ({ readonly command: "resume-instances" } & ResumeRequest),
): Promise<Extract<YieldOutcome, { instances: unknown }>> {
  const outcome = (await ask(path, request)) as YieldOutcome;
  if ("instances" in outcome) return outcome;
  throw new VrrpdError(outcome.code ?? "EUSAGE", outcome.error);
}

/** As the standard output is. */
export function viewOf({ isTTY, columns, rows }: NodeJS.WriteStream = process.stdout): View {
  return {
    width: isTTY ? Math.max(LEAST_WIDTH, Math.min(WIDTH, columns)) : WIDTH,
    ...(isTTY ? { height: Math.max(LEAST_HEIGHT, rows) - 1 } : {}),
    paint: paintFor(isTTY, process.env),
  };
}
