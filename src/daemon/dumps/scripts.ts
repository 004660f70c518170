/** Checks in keepalived.data, with the virtual routers that track each. */
import { printable } from "../../base/text.js";
import { MICROS_PER_SECOND } from "../../base/time.js";
import { type CheckPlan, USUAL_CHECK } from "../../config/index.js";
import { nameOf } from "../../core/origin.js";
import type { Verdict } from "../../core/router/check.js";
import { isRefused } from "./instance.js";
import type { DumpSource } from "./source.js";
import type { Trackers } from "./trackers.js";
import { command, ids, list, text, weight } from "./words.js";

/** Without a result it is bad, and "Init state" says why. */
const STATUS: Readonly<Record<Exclude<Verdict, "disabled">, string>> = {
  pending: "BAD",
  passing: "GOOD",
  failing: "BAD",
  advisory: "BAD",
};

export function scriptText(
  check: CheckPlan,
  verdict: keyof typeof STATUS,
  trackers: Trackers,
  { intent, scripts, isRunning, idsOf }: DumpSource,
): string {
  const { name, origin, user } = check;
  const shown = intent.shown.checks.get(name) ?? USUAL_CHECK;
  const found = scripts.find(({ variable }) => variable === nameOf(origin));
  return text([
    ` VRRP Script = ${printable(name)}`,
    check.command === null ? null : `   Command = ${command(check.command)}`,
    `   Interval = ${Math.round(check.intervalMicros / MICROS_PER_SECOND)} sec`,
    `   Timeout = ${shown.timeoutSeconds} sec`,
    `   Weight = ${weight(shown.weight, shown.reversed)}`,
    `   Rise = ${check.rise}`,
    `   Fall = ${check.fall}`,
    `   Insecure = ${found !== undefined && isRefused(found) ? "yes" : "no"}`,
    verdict === "pending" ? "   Init state = INIT" : null,
    `   Status = ${STATUS[verdict]}`,
    check.command === null ? null : `   Script uid:gid = ${ids(idsOf(user))}`,
    ...list("Tracking instances ", trackers.ofCheck(name)),
    `   State = ${isRunning(name) ? "running" : "idle"}`,
  ]);
}
