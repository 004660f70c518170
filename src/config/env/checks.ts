/** The checks that the environment asks for: one function a kind. */
import { secondsToMicros } from "../../base/time.js";
import type { CheckIntent, HttpCheck, ScriptCheck, TcpCheck } from "../checks.js";
import { originOf, type Values } from "./table.js";

const DEFAULT_PORT = 80;

/** The probe first. */
export function checksOf(values: Values): CheckIntent[] {
  const others = [...scriptChecksOf(values), ...httpChecksOf(values)];
  return [...probesOf(values, others.length === 0 ? DEFAULT_PORT : null), ...others];
}

/** What checks of all kinds share. */
function commonOf({ checkInterval, checkRise: rise, checkFall: fall }: Values) {
  return { intervalMicros: secondsToMicros(checkInterval), rise, fall, advisoryUntilFirstPass: false };
}

/**
 * Beside a script, a port that has never answered is only a warning, unless VRRPD_CHECKS=both.
 * @param usual the port where none is asked for; null: none
 */
function probesOf(values: Values, usual: number | null): TcpCheck[] {
  const { checkScript, checks, monitorPort } = values;
  const port = monitorPort ?? usual;
  if (port === null || port === 0 || (checkScript !== null && checks === "script")) return [];
  return [
    {
      ...commonOf(values),
      kind: "tcp",
      name: "probe",
      origin: originOf("monitorPort"),
      advisoryUntilFirstPass: checkScript !== null && checks === "auto",
      connectsTo: "node",
      command: null,
      user: null,
      port,
    },
  ];
}

function scriptChecksOf(values: Values): ScriptCheck[] {
  const { checkScript: command, checkStrict: strict } = values;
  if (command === null) return [];
  const common = commonOf(values);
  return [
    {
      ...common,
      kind: "script",
      name: "script",
      origin: originOf("checkScript"),
      connectsTo: null,
      command,
      strict,
      timeoutMicros: common.intervalMicros,
      user: null,
    },
  ];
}

function httpChecksOf(values: Values): HttpCheck[] {
  const { httpCheck: target, httpCheckHost: hostName, httpCheckStatus: statuses } = values;
  if (target === null) return [];
  return [
    {
      ...commonOf(values),
      kind: "http",
      name: "http",
      origin: originOf("httpCheck"),
      connectsTo: null,
      command: null,
      user: null,
      target,
      hostName,
      statuses,
    },
  ];
}
