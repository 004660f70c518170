/** Routes, rules and static addresses of a file: read once it is known what this host has. */
import type { FixedAddress, FixtureConfig } from "../../../core/fixture.js";
import { addressKey } from "../../../core/identity.js";
import { fixtureKey } from "../../fixture-words.js";
import type { Lookups } from "../../source.js";
import { readVirtualAddress } from "../blocks/virtual-address.js";
import type { FileDraft } from "../file.js";
import { interfaceOf, type Reading, Words } from "../fixtures/reading.js";
import { readRoute } from "../fixtures/route.js";
import { Priorities, readRule } from "../fixtures/rule.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";

/** Where a static address goes that names no interface. */
const DEFAULT_INTERFACE = "eth0";
const TRACK_GROUP = "track_group";

export interface FileFixtures {
  /** What is there for as long as vrrpd runs. */
  readonly statics: readonly FixtureConfig[];
  /** By the names of instances: what comes with their mastership. */
  readonly ofInstances: ReadonlyMap<string, readonly FixtureConfig[]>;
  /** By the names of instances: interfaces of static ones that have them in their `track_group`. */
  readonly trackedBy: ReadonlyMap<string, readonly string[]>;
}

/** A static one, and the group that stands behind it. */
interface Static {
  readonly config: FixtureConfig;
  readonly line: Statement;
}

/** @param partial what vrrpd does not do is left out in place of refusing the file */
export function fixturesOf(
  file: FileDraft,
  partial: boolean,
  { interfaceNamed, routingNames }: Lookups,
  report: Report,
): FileFixtures {
  const { globals, instances } = file;
  const reading: Reading = {
    names: routingNames,
    interfaceNamed: (name) => interfaceNamed(name) ?? (globals.dynamicInterfaces ? name : null),
    partial,
    report,
  };
  const rules = readRules(file, reading);
  const statics = [
    ...readAddresses(file, reading),
    ...readRoutes(file.statics.routes, true, reading),
    ...(rules.get(null) ?? []),
  ];
  return {
    statics: once(statics, report),
    ofInstances: new Map(
      [...instances.values()].map(({ name, routes }) => [
        name,
        once([...readRoutes(routes, false, reading), ...(rules.get(name) ?? [])], report),
      ]),
    ),
    trackedBy: trackedBy(file, statics, report),
  };
}

function readRoutes(lines: readonly Statement[], isStatic: boolean, reading: Reading): Static[] {
  return lines.flatMap((line) => {
    const config = readRoute(line, isStatic, reading);
    return config === null ? [] : [{ config, line }];
  });
}

/** By whose they are; those without a priority get theirs in the order of the file. */
function readRules({ rules }: FileDraft, reading: Reading): Map<string | null, Static[]> {
  const priorities = new Priorities();
  const found = new Map<string | null, Static[]>();
  for (const { instance, line } of rules) {
    const config = readRule(line, instance === null, priorities, reading);
    if (config !== null) found.set(instance, [...(found.get(instance) ?? []), { config, line }]);
  }
  return found;
}

function readAddresses({ statics, globals }: FileDraft, reading: Reading): Static[] {
  return statics.addresses.flatMap((line) => {
    const entry = readVirtualAddress(withoutGroup(line), reading.report);
    if (entry === null) return [];
    const { origin: _, interface: on, advertised: _advertised, tracked, ...dressed } = entry;
    const asked = on ?? globals.defaultInterface ?? DEFAULT_INTERFACE;
    const name = interfaceOf(reading, new Words({ ...line, keyword: asked, words: [] }), "dev");
    const fixture: FixedAddress = { ...dressed, kind: "address", interface: name };
    return [{ config: { key: fixtureKey(fixture), fixture, guarded: tracked, trackedInterfaces: [] }, line }];
  });
}

/** The words of an address alone. */
function withoutGroup(line: Statement): Statement {
  const at = line.words.indexOf(TRACK_GROUP);
  return at < 0 ? line : { ...line, words: [...line.words.slice(0, at), ...line.words.slice(at + 2)] };
}

/** What stands twice counts once; so does an address, whatever it wears. */
function once(found: readonly Static[], report: Report): FixtureConfig[] {
  const known = new Map<string, FixtureConfig>();
  for (const { config, line } of found) {
    const { key, fixture } = config;
    const place = fixture.kind === "address" ? addressKey(fixture.interface, fixture) : key;
    if (known.has(place))
      report.warn(line.origin, `${[line.keyword, ...line.words].join(" ")} stands twice, and counts once`);
    else known.set(place, config);
  }
  return [...known.values()];
}

/** An instance is in FAULT while such an interface is down. */
function trackedBy(
  { statics, instances }: FileDraft,
  found: readonly Static[],
  report: Report,
): Map<string, readonly string[]> {
  const tracked = new Map<string, readonly string[]>();
  for (const { config, line } of found) {
    const words = [line.keyword, ...line.words];
    const at = words.indexOf(TRACK_GROUP);
    if (at < 0) continue;
    const group = words[at + 1] ?? "";
    const members = statics.groups.get(group);
    if (members === undefined)
      report.warn(
        line.origin,
        `${words.join(" ")}: there is no track_group ${group}, as Keepalived says, too`,
      );
    const { fixture } = config;
    const on = fixture.kind === "rule" ? fixture.iif : fixture.interface;
    if (on === null)
      report.warn(line.origin, `${words.join(" ")}: without an interface there is nothing to track`);
    else
      for (const member of members ?? [])
        if (instances.has(member)) tracked.set(member, [...new Set([...(tracked.get(member) ?? []), on])]);
  }
  return tracked;
}
