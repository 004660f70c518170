/** `vrrpd check`: what the configuration means on this host. Touches nothing and needs no privilege. */
import { formatWithPrefix } from "../../base/address.js";
import { microsToSeconds } from "../../base/time.js";
import {
  contradictionsOf,
  describePlan,
  type Plan,
  peersOf,
  promotionWarning,
  wayTo,
} from "../../config/index.js";
import { allKinds, byName } from "../../host/checks/index.js";
import { promotesSecondaries } from "../../host/kernel-values.js";
import { planHere } from "../configuration.js";
import { cell, grid } from "../view/grid.js";
import { CONFIG, defineCommand, JSON_OUTPUT, requireSource } from "./command.js";

/** Columns of what stands before a fact. */
const LABEL = 14;

export const command = defineCommand({
  options: { config: CONFIG, json: JSON_OUTPUT },
  text: "Needs no privilege.",
  exitCodes: {},
  run({ options, env, print }) {
    requireSource(options.config);
    const { facts, planned } = planHere(env);
    const promotion = planned.interfaces.flatMap(
      (on) => promotionWarning(planned, on, facts, promotesSecondaries) ?? [],
    );
    const made = {
      ...planned,
      warnings: [
        ...planned.warnings,
        ...promotion.map((text) => ({ origin: planned.origins.virtualAddresses, text })),
      ],
    };
    return print(options.json ? JSON.stringify(documentOf(made), null, 2) : describe(made));
  },
});

function documentOf(made: Plan): object {
  return describePlan(
    made,
    byName(made.checks.values(), (kind, check) => kind.settings(check)),
  );
}

function describe(made: Plan): string {
  return [
    ...made.interfaces.flatMap(({ name, reason, nodeAddress }) => [
      `interface     ${name ?? "none yet"} (${reason})`,
      `node address  ${nodeAddress?.text ?? "none yet"}`,
    ]),
    ...checkLines(made),
    "",
    routerTable(made),
    ...(peersOf(made).length > 0 ? ["", peerTable(made)] : []),
    ...made.warnings.map(({ text }) => `\nwarning: ${text}`),
    ...contradictionsOf(made).map((contradiction) => `\nerror: ${contradiction}`),
  ].join("\n");
}

function checkLines({ checks }: Plan): string[] {
  return allKinds().flatMap(([name, kind]) => {
    const said = [...checks.values()]
      .filter((check) => check.kind === name)
      .map((check) => `${kind.describe(check)} every ${microsToSeconds(check.intervalMicros)} s`);
    const texts = said.length === 0 && kind.listedAs !== null ? ["none"] : said;
    return texts.map((text) => `${kind.title.padEnd(LABEL)}${text}`);
  });
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

function routerTable({ core }: Plan): string {
  const head = ["INSTANCE", "ID", "VERSION", "PRIORITY", "PREEMPT", "ADDRESSES"];
  const rows = core.routers.map((router) => [
    router.name,
    `${router.virtualRouterId}`,
    `${router.version}`,
    router.priority === null ? "open" : `${router.priority}`,
    router.preempt.mode === "delay" ? `after ${router.preempt.delaySeconds} s` : router.preempt.mode,
    router.virtualAddresses.map(formatWithPrefix).join(" "),
  ]);
  return table([head, ...rows]);
}

/** As wide as it is: lines that wrap are hard to compare. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((text) => cell(text)));
  return grid(cells, Number.POSITIVE_INFINITY);
}
