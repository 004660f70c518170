/** What the checks and the notify script need. */
import { once } from "node:events";
import { createConnection } from "node:net";
import { type Plan, type ProbePlan, probesOf } from "../../../config/index.js";
import { type Command, commandsOf } from "../../../daemon/scripts.js";
import { Launcher } from "../../../host/scripts/launcher.js";
import { error, type Finding, ok, warning } from "./finding.js";

const CONNECT_MILLIS = 1_000;

export async function serviceFindings(plan: Plan): Promise<Finding[]> {
  const launcher = Launcher.of(plan.settings.scripts);
  return [
    ...(await Promise.all(probesOf(plan).map(portFinding))),
    ...(await Promise.all(commandsOf(plan).map((command) => scriptFindings(launcher, command)))).flat(),
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

async function scriptFindings(launcher: Launcher, { name, purpose, command }: Command): Promise<Finding[]> {
  const { problem, unsafe } = await launcher.examine(command);
  if (problem !== null) {
    const text = `${name}: ${problem}`;
    const action = "Mend it before vrrpd starts.";
    return [purpose === "check" ? error("script", text, action) : warning("script", text, action)];
  }
  const runs = ok(
    "script",
    `${command[0]} can be run${launcher.user === null ? "" : ` as ${launcher.user}`}`,
  );
  if (unsafe === null) return [runs];
  const text = `${name}: ${unsafe}`;
  const action =
    "Give what is named to root, and take the right to write from all others (chown root, chmod go-w).";
  return launcher.security
    ? [error("script", `${text}, so it would not be run`, action)]
    : [runs, warning("script", text, action)];
}
