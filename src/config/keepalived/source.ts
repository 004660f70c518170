/** A keepalived.conf as a source: read as a whole, with every problem at once. */
import { shortList } from "../../base/lists.js";
import { microsToSeconds, secondsToMicros } from "../../base/time.js";
import type { CheckIntent } from "../checks.js";
import type { DaemonSettings } from "../env/daemon.js";
import { leaseOf, settingsOf } from "../env/intent.js";
import { unknownSocketGroup } from "../env/source.js";
import { VARIABLES } from "../env/table.js";
import type { InstanceIntent, Intent } from "../intent.js";
import { quoteValue, type StandingProblem } from "../problem.js";
import { type ConfigSource, ConfigurationError, type Lookups } from "../source.js";
import { type FileDraft, readFile } from "./file.js";
import { familyOf } from "./intent/addresses.js";
import { countedChecksOf } from "./intent/counted.js";
import { fifosOf } from "./intent/fifos.js";
import { fixturesOf } from "./intent/fixtures.js";
import { groupsOf, membershipsOf } from "./intent/groups.js";
import { refuseBalancing, refuseTwins, requireInterfaces } from "./intent/host.js";
import { instanceOf } from "./intent/instance.js";
import { withRealNames } from "./intent/interfaces.js";
import { originsOfAll } from "./intent/origins.js";
import { checksOf, defaultUserOf } from "./intent/scripts.js";
import { shownOf } from "./intent/shown.js";
import { fileVmacsOf } from "./intent/vmacs.js";
import { parseKeepalivedConf } from "./parser.js";
import { Report } from "./report.js";
import type { FileProblem, ParseOptions } from "./statement.js";

export interface KeepalivedFile extends ParseOptions {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** The configuration's name, of A-Z a-z 0-9 _ alone. */
  readonly name: string;
  readonly daemon: DaemonSettings;
}

export function keepalivedSource(file: KeepalivedFile): ConfigSource {
  return { read: (lookups) => read(file, lookups) };
}

/** Throws `ConfigurationError`, or VrrpdError `EFILE` where an include must be there. */
function read({ path, text, name, daemon, ...options }: KeepalivedFile, lookups: Lookups): Intent {
  const { statements, problems } = parseKeepalivedConf(path, text, options);
  const report = new Report();
  for (const problem of problems) if (problem.severity === "warning") sayParsed(problem, report);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    const code = errors.some(({ kind }) => kind === "read") ? "EFILE" : "ECONFIG";
    throw new ConfigurationError([...daemon.problems, ...errors], code);
  }
  const { partial } = daemon.values;
  const draft = withRealNames(readFile(statements, partial, report), lookups);
  if (draft.instances.size === 0) {
    const reason = "stands nowhere, so there is nothing to do (Keepalived waits, idle)";
    report.refuse(
      { file: path, line: 1, column: 1, keyword: "vrrp_instance" },
      "",
      reason,
      "at least one instance",
    );
  }
  const intent = intentOf(draft, name, daemon, lookups, report);
  const all = [...daemon.problems, ...unknownSocketGroup(daemon.values, lookups), ...report.problems];
  if (all.length > 0) throw new ConfigurationError(all, "ECONFIG", report.warnings);
  return {
    ...intent,
    source: path,
    warnings: [...daemon.warnings, ...report.warnings],
    standingProblems: partialProblems(report),
  };
}

function intentOf(
  file: FileDraft,
  name: string,
  { values }: DaemonSettings,
  lookups: Lookups,
  report: Report,
): Omit<Intent, "source" | "warnings" | "standingProblems"> {
  requireInterfaces(file, lookups, report);
  refuseBalancing(file, values.lvs === "ignore", lookups, report);
  const { globals } = file;
  const settings = settingsOf(values, name);
  const { scripts } = settings;
  const defaultUser = defaultUserOf(globals.scriptUser, scripts.user, lookups);
  const scriptChecks = checksOf(file, defaultUser, lookups, report);
  const checks: CheckIntent[] = [...scriptChecks, ...countedChecksOf(file, report)];
  const memberships = membershipsOf(file, report);
  const fifos = fifosOf(globals, { defaultUser, lookups }, report);
  const runs = new Set(scriptChecks.map((check) => check.name));
  const fixtures = fixturesOf(file, values.partial, lookups, report);
  const vmacs = fileVmacsOf(file.instances.values());
  const hasFifo = fifos.length > 0;
  const own = { file, fixtures, vmacs, values, hasFifo };
  const common = { ...own, defaultUser, checks: runs, lookups, memberships };
  const instances = [...file.instances.values()].flatMap(
    (instance) => instanceOf(instance, common, report) ?? [],
  );
  refuseTwins(file, (instance) => familyOf(file.instances.get(instance)!), report);
  return {
    settings: {
      ...settings,
      scripts: {
        ...scripts,
        user: defaultUser.user,
        // Scripts of a Keepalived lose no more than whoever becomes another user: root keeps all, sudo works.
        confined: globals.scriptUser === null && scripts.user !== null,
        security:
          scripts.security === "none" && globals.scriptSecurity?.value === true ? "root" : scripts.security,
      },
    },
    origins: originsOfAll(globals),
    instances,
    groups: groupsOf(common, report),
    checks,
    fifos,
    statics: fixtures.statics,
    firewall: null,
    startGraceMicros: secondsToMicros(Math.max(values.startGrace, globals.startupDelay?.value ?? 0)),
    linkGraceMicros: secondsToMicros(values.linkGrace),
    renewIntervalMicros: leaseOf(values.vipLease, shortestInterval(instances)).renewIntervalMicros,
    notes: report.notes,
    shown: shownOf(file),
  };
}

function shortestInterval(instances: readonly InstanceIntent[]): number {
  return microsToSeconds(Math.min(...instances.map(({ router }) => router.advertIntervalMicros)));
}

/** What stands in the file and does not happen: the operator has accepted it, and should not forget it. */
function partialProblems({ unserved }: Report): StandingProblem[] {
  if (unserved.length === 0) return [];
  return [
    {
      severity: "error",
      code: "partial",
      text: `the configuration asks for what vrrpd does not do, and ${VARIABLES.partial.name}=on has it run without: ${shortList(unserved)}`,
      action: "See docs/keepalived-conf.md; take these keywords out of the file, or run Keepalived here.",
    },
  ];
}

/** What the language itself has to say. */
function sayParsed({ origin, value, reason, accepted }: FileProblem, report: Report): void {
  const isSecret = origin.keyword.startsWith("auth_");
  const what = value === "" || isSecret ? origin.keyword : `${origin.keyword} ${quoteValue(value)}`;
  report.warn(origin, `${what} ${reason}; accepted: ${accepted}`);
}
