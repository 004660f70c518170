/**
 * `vrrpd doctor`: looks for what would go wrong on this host. Changes nothing; on the LAN it joins the VRRP groups and
 * asks for the virtual addresses, from which nobody learns anything.
 */
import { ExitCode } from "../base/errors.js";
import { plan } from "../config/index.js";
import { measureTimers } from "../host/doctor/system.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { readConfiguration } from "./configuration.js";
import { viewOf } from "./daemon-status.js";
import type { Finding } from "./doctor/finding.js";
import { firewallFindings } from "./doctor/firewall.js";
import {
  capabilityFindings,
  clockFindings,
  interfaceFindings,
  lockFindings,
  peerFindings,
  planFindings,
  settingFindings,
} from "./doctor/host.js";
import { serviceFindings } from "./doctor/service.js";
import { wireFindings } from "./doctor/wire.js";
import { paragraph } from "./view/grid.js";
import type { View } from "./view/status-view.js";

/** Exit codes: 0, 1 with warnings, 2 with errors. Throws VrrpdError `ECONFIG` (2 as well). */
export async function doctor(
  env: NodeJS.ProcessEnv,
  json: boolean,
  print: (text: string) => ExitCode,
): Promise<ExitCode> {
  const findings = await examine(env);
  const worst = (["error", "warning"] as const).find((level) => findings.some((one) => one.level === level));
  print(json ? JSON.stringify({ worst: worst ?? "ok", findings }, null, 2) : describe(findings, viewOf()));
  if (worst === undefined) return ExitCode.ok;
  return worst === "warning" ? ExitCode.fatal : ExitCode.configuration;
}

async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const request = readConfiguration(env);
  const facts = gatherHostFacts(request.unicastPeers);
  const made = plan(request, facts, { namedInterfaceGivenUp: false, chosenInterface: null });
  const capabilities = capabilityFindings();
  const permitted = capabilities.every(({ level }) => level === "ok");
  const timers = measureTimers();
  const findings = [
    ...capabilities,
    ...planFindings(made),
    ...interfaceFindings(made, facts),
    ...peerFindings(made),
    ...settingFindings(made, facts),
    ...lockFindings(made),
    ...(await serviceFindings(made)),
    ...(permitted ? await firewallFindings(made) : []),
    ...(permitted ? await wireFindings(made, facts) : []),
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
