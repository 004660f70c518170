/** What the checks and the notify script need. */
import { once } from "node:events";
import { createConnection } from "node:net";
import type { Plan, ProbePlan } from "../../config/index.js";
import { ownEnvironment } from "../../host/scripts/environment.js";
import { Launcher } from "../../host/scripts/launcher.js";
import { error, type Finding, ok, warning } from "./finding.js";

const CONNECT_MILLIS = 1_000;

export async function serviceFindings(plan: Plan): Promise<Finding[]> {
  const { probe, script, core } = plan;
  const notify = core.routers.find((router) => router.notifyCommand !== null)?.notifyCommand ?? null;
  return [
    ...(probe === null ? [] : [await portFinding({ ...probe, address: probe.address ?? plan.nodeAddress })]),
    ...(script === null
      ? []
      : [await scriptFinding("OPENSHIFT_HA_CHECK_SCRIPT", script.command, script.strict)]),
    ...(notify === null ? [] : [await scriptFinding("OPENSHIFT_HA_NOTIFY_SCRIPT", notify, false)]),
  ];
}

async function portFinding({ address, port }: Pick<ProbePlan, "address" | "port">): Promise<Finding> {
  if (address === null) {
    return warning(
      "port",
      `port ${port} was not tried: this node has no address yet`,
      "Give the interface one.",
    );
  }
  const refusal = await connectTo(address.text, port);
  const target = `port ${port} of ${address.text}`;
  if (refusal === null) return ok("port", `${target} answers`);
  return warning(
    "port",
    `${target} does not answer (${refusal}): the node would be in FAULT`,
    "Start the service, or correct OPENSHIFT_HA_MONITOR_PORT.",
  );
}

/** null: it answers. */
async function connectTo(host: string, port: number): Promise<string | null> {
  const socket = createConnection({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_MILLIS) });
    return socket.localPort === port ? "ECONNREFUSED" : null;
  } catch (failure) {
    const { code, name } = failure as NodeJS.ErrnoException;
    return name === "AbortError" ? "no answer within a second" : (code ?? name);
  } finally {
    socket.destroy();
  }
}

async function scriptFinding(
  variable: string,
  command: readonly string[],
  strict: boolean,
): Promise<Finding> {
  const { problem } = await new Launcher({ environment: ownEnvironment() }).examine(command);
  if (problem === null) return ok("script", `${command[0]} can be run`);
  const text = `${variable}: ${problem}`;
  const action = "Mend it before vrrpd starts.";
  return strict || variable.includes("CHECK")
    ? error("script", text, action)
    : warning("script", text, action);
}
