/**
 * A plan as a keepalived.conf: what runs, in words with which Keepalived 2.2.7 does the same. What it has no words for is
 * a comment where it would stand.
 */
import { formatSeconds, type Micros, microsToSeconds } from "../../../base/time.js";
import type { UserName } from "../../../core/notify.js";
import { type CheckPlan, type FileCheck, type HttpCheck, type ProcessCheck, urlOf } from "../../checks.js";
import type { FifoPlan } from "../../fifo.js";
import type { Plan } from "../types.js";
import { trackFileOf, trackProcessOf } from "./counted.js";
import { blocksOf } from "./fixtures.js";
import { command, comment, render, userWords, type Written, word } from "./text.js";
import { commandLine, instanceOf } from "./vrrp-instance.js";
import { groupOf } from "./vrrp-sync-group.js";

/** The first line: a file that begins with it was written by vrrpd. */
export const WRITTEN_BY_VRRPD = "# Written by vrrpd: what it runs, as Keepalived would be told.";

const HEADER = [
  WRITTEN_BY_VRRPD,
  "# It is written anew when vrrpd starts and whenever what runs changes, so edits are lost, and removed when vrrpd ends.",
  "# vrrpd never reads it. A vrrpd that was killed leaves it behind.",
];

/** Whole seconds, as far as Keepalived 2.2 counts for checks. */
const MOST_CHECK_SECONDS = 4294;

const STATIC_BLOCKS = { address: "static_ipaddress", route: "static_routes", rule: "static_rules" };

/** Pure: the same plan gives the same text, whose parts are made when they are asked for. */
export function* keepalivedConfOf(plan: Plan): Generator<string> {
  const checks = [...plan.checks.values()].map((check) => ({ check, block: checkOf(check) }));
  const written = new Map(
    checks.flatMap(({ check, block }) => (typeof block === "string" ? [] : [[check.name, check] as const])),
  );
  yield render(HEADER);
  yield render(["", globalsOf(plan)]);
  for (const block of blocksOf(plan.core.statics ?? [], STATIC_BLOCKS)) yield render(["", block]);
  for (const { block } of checks) yield render(["", block]);
  for (const group of plan.core.groups ?? []) yield render(["", groupOf(group, plan)]);
  for (const router of plan.routers.values()) {
    const promotes = plan.promotes.includes(router.config.interface);
    yield render(["", instanceOf(router, written, promotes)]);
  }
}

function globalsOf({ settings, core, firewall, routers, fifos }: Plan): Written {
  const { scripts } = settings;
  const start = microsToSeconds(core.startGraceMicros ?? 0);
  const link = core.linkGraceMicros ?? 0;
  const leases = [...new Set([...routers.values()].map(({ config }) => config.leaseSeconds))];
  return [
    "global_defs",
    [
      "dynamic_interfaces",
      ...scriptUserOf(scripts.user),
      ...(scripts.security === "none" ? [] : ["enable_script_security"]),
      ...fifos.flatMap(fifoOf),
      ...pausesOf(core.routers),
      ...(start > 0 ? [`vrrp_startup_delay ${start}`] : []),
      ...(link > 0 ? [comment(`vrrpd only listens for ${formatSeconds(link)} after a link came up`)] : []),
      ...leases.flatMap((seconds) =>
        seconds === null
          ? []
          : [comment(`vrrpd gives the addresses a lifetime of ${seconds} s, which it renews`)],
      ),
      ...(firewall === null
        ? []
        : [
            comment(
              firewall.backend === "nftables"
                ? "vrrpd has adverts accepted by an nftables table of its own"
                : `vrrpd has adverts accepted by the iptables chain ${firewall.chain}`,
            ),
          ]),
    ],
  ];
}

const FIFO_KEYWORDS = ["vrrp_notify_fifo", "notify_fifo"] as const;

function fifoOf({ path, owner, script }: FifoPlan, index: number): Written[] {
  const keyword = FIFO_KEYWORDS[index]!;
  const [name, who] = [word(path), owner === null ? "" : userWords(owner)];
  if (name === null || who === null)
    return [comment(`Keepalived cannot be told the name or the owner of ${keyword}`)];
  const reader = script === null ? [] : [commandLine(`${keyword}_script`, script)];
  return [`${keyword} ${name} ${who}`.trimEnd(), ...reader];
}

/** Between two announcements; the same for all instances. */
function pausesOf([first]: Plan["core"]["routers"]): string[] {
  const { ipv4, ipv6 } = first!.announcements.pauseMicros;
  return [
    ...(ipv4 > 0 ? [`vrrp_garp_interval ${microsToSeconds(ipv4)}`] : []),
    ...(ipv6 > 0 ? [`vrrp_gna_interval ${microsToSeconds(ipv6)}`] : []),
  ];
}

/** Without a user of its own vrrpd runs scripts as itself, which for Keepalived is root. */
function scriptUserOf(user: UserName | null): Written[] {
  const written = userWords(user ?? { user: "root", group: null });
  return written === null
    ? [comment("Keepalived cannot be told the user of scripts")]
    : [`script_user ${written}`];
}

function checkOf(check: CheckPlan): Written {
  if (check.kind === "file") return trackFileOf(check);
  if (check.kind === "process") return trackProcessOf(check);
  return scriptOf(check);
}

/** Those that Keepalived has as a script. */
type Run = Exclude<CheckPlan, FileCheck | ProcessCheck>;

function scriptOf(check: Run): Written {
  const { name, intervalMicros, rise, fall } = check;
  const title = word(name);
  const run = commandOf(check);
  if (title === null || "missing" in run)
    return comment(
      "missing" in run ? `vrrp_script ${name}: ${run.missing}` : `Keepalived cannot be told the name ${name}`,
    );
  const timeoutMicros = check.kind === "script" ? check.timeoutMicros : intervalMicros;
  const user = check.user === null ? "" : userWords(check.user);
  if (user === null) return comment(`Keepalived cannot be told the user of vrrp_script ${name}`);
  return [
    `vrrp_script ${title}`,
    [
      ...run.about,
      `script ${run.text}`,
      ...wholeSeconds("interval", intervalMicros),
      ...(timeoutMicros === intervalMicros ? [] : wholeSeconds("timeout", timeoutMicros)),
      ...(rise === 1 ? [] : [`rise ${rise}`]),
      ...(fall === 1 ? [] : [`fall ${fall}`]),
      ...(user === "" ? [] : [`user ${user}`]),
    ],
  ];
}

/** Why there is none is the end of a sentence. */
type WrittenCommand = { readonly text: string; readonly about: string[] } | { readonly missing: string };

function commandOf(check: Run): WrittenCommand {
  if (check.kind === "script") {
    const text = command(check.command);
    const strict = "vrrpd is in FAULT where the script is missing at the start, Keepalived runs without it";
    if (text === null)
      return { missing: "Keepalived cannot be told its command, which is too long for a line" };
    return { text, about: check.strict ? [comment(strict)] : [] };
  }
  if (check.kind === "http") return httpCommandOf(check);
  const { address, port } = check;
  const what = `vrrpd connects to TCP port ${port}`;
  if (check.advisoryUntilFirstPass) return { missing: `${what}, which counts from the first answer on` };
  if (address === null) return { missing: `${what} of this node, whose address is not known yet` };
  const text = command(["/bin/bash", "-c", `</dev/tcp/${address.text}/${port}`])!;
  return { text, about: [comment(`${what} itself, without a script`)] };
}

/** Curl in a shell, which judges the status as vrrpd does. */
function httpCommandOf({ target, hostName, statuses, intervalMicros }: CheckPlan<HttpCheck>): WrittenCommand {
  const what = `vrrpd asks ${target.scheme === "https" ? "over HTTPS" : "over HTTP"}`;
  const host = hostName === null ? [] : ["-H", `Host: ${hostName}`];
  const seconds = `${Math.max(0.001, microsToSeconds(intervalMicros))}`;
  const asked = ["/usr/bin/curl", "-qgks", "--noproxy", "*", "-m", seconds, "-o", "/dev/null"];
  const words = [...asked, ...host, "-w", "%{http_code}", urlOf(target)].map(shellWord).join(" ");
  const passes = statuses.map(({ from, to }) => `[ "$s" -ge ${from} ] && [ "$s" -le ${to} ]`).join(" || ");
  const text = command(["/bin/sh", "-c", `s=$(${words}) && { ${passes}; }`]);
  if (text === null) return { missing: `${what}, in more words than a line has room for` };
  const inTls = hostName !== null && target.scheme === "https";
  const more = inTls ? [comment("vrrpd asks for that host in TLS, too")] : [];
  return { text, about: [comment(`${what} itself, without curl`), ...more] };
}

function shellWord(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** At least one. What Keepalived counts otherwise is said. */
function wholeSeconds(keyword: string, micros: Micros): Written[] {
  const seconds = microsToSeconds(micros);
  const whole = Math.min(MOST_CHECK_SECONDS, Math.max(1, Math.round(seconds)));
  return [...(whole === seconds ? [] : [comment(`vrrpd: ${formatSeconds(micros)}`)]), `${keyword} ${whole}`];
}
