/**
 * `vrrpd doctor`: looks for what would go wrong on this host. Changes nothing; on the LAN it joins the VRRP groups and
 * asks for the virtual addresses, from which nobody learns anything.
 */
import { ExitCode } from "../../../base/errors.js";
import type { Finding } from "../../../host/finding.js";
import { measureTimers } from "../../../host/timer-lateness.js";
import { planHere } from "../../configuration.js";
import { viewOf } from "../../daemon-status.js";
import type { Place } from "../../place.js";
import { paragraph } from "../../view/grid.js";
import type { View } from "../../view/status-view.js";
import { defineCommand, JSON_OUTPUT, requirePlace, SOURCE } from "../command.js";
import { firewallFindings } from "./firewall.js";
import {
  capabilityFindings,
  clockFindings,
  interfaceFindings,
  lockFindings,
  peerFindings,
  planFindings,
  settingFindings,
} from "./host.js";
import { wireFindings } from "./lan.js";
import { runningDaemon, runningFindings } from "./running.js";
import { serviceFindings } from "./service.js";

export const command = defineCommand({
  options: { ...SOURCE, json: JSON_OUTPUT },
  text: "On the LAN it joins the VRRP groups and asks for the virtual addresses, from which nobody learns anything.",
  exitCodes: {
    [ExitCode.fatal]: "warnings were found",
    [ExitCode.configuration]: "errors were found, or the configuration is refused",
  },
  async run({ options, env, print }) {
    const findings = await examine(requirePlace(options), env);
    const levels = ["error", "warning"] as const;
    const worst = levels.find((level) => findings.some((one) => one.level === level));
    const document = () => JSON.stringify({ worst: worst ?? "ok", findings }, null, 2);
    print(options.json ? document() : describe(findings, viewOf()));
    if (worst === undefined) return ExitCode.ok;
    return worst === "warning" ? ExitCode.fatal : ExitCode.configuration;
  },
});

async function examine(place: Place, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { facts, planned: made } = await planHere(place, env);
  const capabilities = capabilityFindings();
  const permitted = capabilities.every(({ level }) => level === "ok");
  const timers = measureTimers();
  const running = await runningDaemon(made.settings.socketPath);
  const findings = [
    ...capabilities,
    ...planFindings(made),
    ...made.interfaces.flatMap((on) => interfaceFindings(made, on, facts)),
    ...peerFindings(made),
    ...made.interfaces.flatMap((on) => settingFindings(made, on, facts)),
    ...runningFindings(running),
    ...lockFindings(made, running?.pid ?? null),
    ...(await serviceFindings(made)),
    ...(permitted ? await firewallFindings(made) : []),
    ...(permitted ? await wireFindings(made, facts, running) : []),
  ];
  return [...findings, ...clockFindings(timers.stop())];
}

const COLOURS = { ok: "green", warning: "yellow", error: "red" } as const;
const LABEL = 9;

function describe(findings: readonly Finding[], { width, paint }: View): string {
  const lines = findings.map(({ level, subject, text, action }) => {
    const told = paragraph(level.padEnd(LABEL), `${subject}: ${text}`, width);
    const todo = action === null ? "" : `\n${paragraph(`${" ".repeat(LABEL)}to do: `, action, width)}`;
    return `${paint(COLOURS[level], told.slice(0, LABEL))}${told.slice(LABEL)}${todo}`;
  });
  const count = (level: Finding["level"]) => findings.filter((one) => one.level === level).length;
  return [...lines, "", `${count("ok")} ok, ${count("warning")} warnings, ${count("error")} errors`].join(
    "\n",
  );
}
