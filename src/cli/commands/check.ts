/** `vrrpd check`: what the configuration means on this host. Touches nothing and needs no privilege. */
import { formatWithPrefix } from "../../base/address.js";
import { ExitCode } from "../../base/errors.js";
import { microsToSeconds } from "../../base/time.js";
import {
  type CheckPlan,
  ConfigurationError,
  contradictionsOf,
  describePlan,
  formatWarning,
  interfaceNamesOf,
  isEmpty,
  isFromFile,
  type Note,
  ownNameOf,
  type Plan,
  peersOf,
  promotionWarning,
  type RouterPlan,
  sourcesOf,
  vmacWarnings,
  wayTo,
} from "../../config/index.js";
import type { Preempt, Track } from "../../core/config.js";
import { type FixtureConfig, kindOfKey, wordsOfKey } from "../../core/fixture.js";
import { weightOf } from "../../core/router/tracks.js";
import type { VirtualAddressConfig } from "../../core/virtual-address.js";
import { allKinds, byName } from "../../host/checks/index.js";
import { promotesSecondaries, readInterfaceSysctl } from "../../host/kernel-values.js";
import { type PlannedHere, planHere } from "../configuration.js";
import { askReload, socketPath } from "../daemon-status.js";
import { absolute, fileOf, type Place } from "../place.js";
import { scriptWarnings } from "../script-warnings.js";
import { cell, grid } from "../view/grid.js";
import {
  defineCommand,
  type Invocation,
  JSON_OUTPUT,
  NO_DAEMON,
  requirePlace,
  SOCKET,
  SOURCE,
  usage,
} from "./command.js";

/** Columns of what stands before a fact. */
const LABEL = 14;

export const command = defineCommand({
  options: {
    ...SOURCE,
    strict: { type: "boolean", text: "exit 1 where there is a warning" },
    "against-running": {
      type: "boolean",
      text: "in place of --config: what a reload of the running daemon would change",
    },
    socket: SOCKET,
    json: JSON_OUTPUT,
  },
  text: "Needs no privilege.",
  exitCodes: {
    [ExitCode.fatal]: "with --strict: there are warnings",
    [ExitCode.changes]: "with --against-running: a reload would change something",
    ...NO_DAEMON,
  },
  async run({ options, env, print }) {
    if (options["against-running"]) return againstRunning(options, print);
    const place = requirePlace(options);
    const here = await planHere(place, env).catch((error: unknown) => {
      if (options.json && fileOf(place) !== null && error instanceof ConfigurationError)
        print(JSON.stringify(refusalOf(place, error), null, 2));
      throw error;
    });
    const { notes } = here.intent;
    const planned = withPromotion(here);
    const made = isFromFile(planned) ? await withScripts(planned) : planned;
    print(options.json ? JSON.stringify(documentOf(made, notes), null, 2) : describe(made, notes));
    const warned = made.warnings.length > 0 || contradictionsOf(made).length > 0;
    return options.strict && warned ? ExitCode.fatal : ExitCode.ok;
  },
});

interface AgainstRunning {
  readonly config?: string | undefined;
  readonly socket?: string | undefined;
  readonly json?: boolean | undefined;
}

async function againstRunning(
  { config, socket, json = false }: AgainstRunning,
  print: Invocation["print"],
): Promise<ExitCode> {
  if (config !== undefined)
    throw usage("--against-running asks the daemon, which reads its own configuration: leave --config out");
  const refused = "a reload would be refused, and change nothing";
  const { change, text } = await askReload(await socketPath(socket), "preview-reload", refused);
  print(json ? JSON.stringify(change, null, 2) : text);
  return isEmpty(change) ? ExitCode.ok : ExitCode.changes;
}

/** What is wrong with a file, for programs; people read the same on standard error. */
function refusalOf(place: Place, { problems }: ConfigurationError): object {
  return {
    source: absolute(place),
    problems: problems.map(({ origin, value, reason = "is not accepted", accepted }) => {
      return { ...origin, value, reason, accepted };
    }),
  };
}

/** What the kernel's settings add. */
function withPromotion({ planned, facts }: PlannedHere): Plan {
  const promotion = interfaceNamesOf(planned).flatMap(
    (on) => promotionWarning(planned, on, facts, promotesSecondaries) ?? [],
  );
  const warnings = promotion.map((text) => ({ origin: planned.origins.virtualAddresses, text }));
  const ofVmacs = vmacWarnings(planned, (key) => readInterfaceSysctl("ipv4", "all", key));
  return { ...planned, warnings: [...planned.warnings, ...warnings, ...ofVmacs] };
}

/** What keeps scripts from running. */
async function withScripts(planned: Plan): Promise<Plan> {
  return { ...planned, warnings: [...planned.warnings, ...(await scriptWarnings(planned))] };
}

function documentOf(made: Plan, notes: readonly Note[]): object {
  return describePlan(
    made,
    byName(made.checks.values(), (kind, check) => kind.settings(check)),
    notes,
  );
}

function describe(made: Plan, notes: readonly Note[]): string {
  return [
    ...made.interfaces.flatMap(({ name, reason, nodeAddress }) => [
      `interface     ${name ?? "none yet"} (${reason})`,
      `node address  ${nodeAddress?.text ?? "none yet"}`,
    ]),
    ...checkLines(made),
    "",
    routerTable(made),
    ...(peersOf(made).length > 0 ? ["", peerTable(made)] : []),
    ...fixtureTable(made),
    ...(isFromFile(made) ? notes.map(({ message }) => `\nnote: ${message}`) : []),
    ...made.warnings.map((warning) => `\nwarning: ${formatWarning(warning)}`),
    ...contradictionsOf(made).map((contradiction) => `\nerror: ${contradiction}`),
  ].join("\n");
}

function checkLines(made: Plan): string[] {
  const { checks } = made;
  const nameOf = (check: CheckPlan) => (isFromFile(made) ? `${ownNameOf(check)}: ` : "");
  return allKinds().flatMap(([name, kind]) => {
    const said = [...checks.values()]
      .filter((check) => check.kind === name)
      .map((check) => `${nameOf(check)}${kind.describe(check)}${everyOf(check)}`);
    // A file has any number of checks, and says which.
    const none = said.length === 0 && kind.listedAs !== null && !isFromFile(made);
    const texts = none ? ["none"] : said;
    return texts.map((text) => `${kind.title.padEnd(LABEL)}${text}`);
  });
}

/** Of files and processes the kernel tells, or the kind says it itself. */
function everyOf({ kind, intervalMicros }: CheckPlan): string {
  return kind === "file" || kind === "process" ? "" : ` every ${microsToSeconds(intervalMicros)} s`;
}

/** A peer's own adverts are expected from the address that is listed. */
function peerTable(made: Plan): string {
  const head = ["PEER", "WAY", "OUR SOURCE", "ITS SOURCE", "LEAST TTL"];
  const rows = peersOf(made).map(({ peer, on }) => [
    peer.address.text,
    wayTo(peer, on.name ?? "the interface"),
    peer.source?.text ?? "none yet",
    peer.address.text,
    `${peer.leastTtl}`,
  ]);
  return table([head, ...rows]);
}

/** Nothing where there are none. */
function fixtureTable({ core: { routers, statics = [] } }: Plan): string[] {
  const rows = [
    ...routers.flatMap(({ name, fixtures }) => fixtures.map((one) => fixtureRow(name, one))),
    ...statics.map((one) => fixtureRow("(static)", one)),
  ];
  return rows.length === 0 ? [] : ["", table([["INSTANCE", "KIND", "ROUTE, RULE OR ADDRESS"], ...rows])];
}

function fixtureRow(owner: string, { key, guarded }: FixtureConfig): string[] {
  return [owner, kindOfKey(key), `${wordsOfKey(key)}${guarded ? "" : " (not tracked)"}`];
}

function routerTable(made: Plan): string {
  const file = isFromFile(made);
  const columns: [string, (router: RouterPlan) => string][] = [
    ["INSTANCE", ({ config }) => config.name],
    ...(file ? ON_FILE : []),
    ["ID", ({ config }) => `${config.virtualRouterId}`],
    ["VERSION", ({ config }) => `${config.version}`],
    ["PRIORITY", ({ config }) => (config.priority === null ? "open" : `${config.priority}`)],
    ["PREEMPT", ({ config: { preempt } }) => preemptText(preempt)],
    ...(file ? WITH_TRACKS : []),
    [
      "ADDRESSES",
      ({ config }) => config.virtualAddresses.map((one) => addressText(one, config.interface)).join(" "),
    ],
  ];
  const rows = [...made.routers.values()].map((router) => columns.map(([, text]) => text(router)));
  return table([columns.map(([head]) => head), ...rows]);
}

/** An environment has one interface, and instances of both families have two names. */
const ON_FILE: [string, (router: RouterPlan) => string][] = [
  ["INTERFACE", ({ config }) => config.interface],
  ["FAMILY", ({ config }) => config.family],
];

const WITH_TRACKS: [string, (router: RouterPlan) => string][] = [
  ["TRACKS", ({ config: { tracks } }) => (tracks.length === 0 ? "nothing" : tracks.map(trackText).join(" "))],
  ["SOURCE", sourceText],
];

/** `chk_haproxy+20`: what it adds while it succeeds, or takes while it fails; without a number it decides over FAULT. */
function trackText({ on, effect, reversed }: Track): string {
  const name = "check" in on ? on.check : on.interface;
  const number = weightOf(effect);
  const sign = effect !== "fault" && "factor" in effect ? "×" : number !== null && number > 0 ? "+" : "";
  const weight = number === null ? "" : `${sign}${number}`;
  return `${name}${weight}${reversed ? " (reversed)" : ""}`;
}

function preemptText({ mode, delaySeconds }: Preempt): string {
  return mode === "delay" ? `after ${delaySeconds} s` : mode;
}

function sourceText(router: RouterPlan): string {
  const sources = sourcesOf(router);
  return sources.length === 0 ? "none yet" : sources.join(" ");
}

function addressText(entry: VirtualAddressConfig, instanceOn: string): string {
  const elsewhere = entry.interface === instanceOn ? "" : ` dev ${entry.interface}`;
  return `${formatWithPrefix(entry)}${elsewhere}${entry.advertised ? "" : " (not advertised)"}`;
}

/** As wide as it is: lines that wrap are hard to compare. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((text) => cell(text)));
  return grid(cells, Number.POSITIVE_INFINITY);
}
