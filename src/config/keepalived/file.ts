/** What stands outside of blocks: the statements of a whole configuration → drafts of its parts. */
import { printable } from "../../base/text.js";
import { VARIABLES } from "../env/table.js";
import { GLOBAL_DEFS, type GlobalDefs, newGlobalDefs } from "./blocks/global-defs.js";
import { newTrackedFile, TRACK_FILE, type TrackedFileDraft } from "./blocks/track-file.js";
import type { TrackDraft } from "./blocks/tracks.js";
import { readVirtualServer, type VirtualServer } from "./blocks/virtual-server.js";
import { type InstanceDraft, newInstance, VRRP_INSTANCE } from "./blocks/vrrp-instance.js";
import { newScript, type ScriptDraft, VRRP_SCRIPT } from "./blocks/vrrp-script.js";
import { type GroupDraft, newGroup, VRRP_SYNC_GROUP } from "./blocks/vrrp-sync-group.js";
import {
  newTrackedProcess,
  sayLongName,
  type TrackedProcessDraft,
  VRRP_TRACK_PROCESS,
} from "./blocks/vrrp-track-process.js";
import { block, ignored, type Keywords, type Reading, readBlock } from "./keyword.js";
import type { Report } from "./report.js";
import type { Statement } from "./statement.js";

export interface FileDraft {
  readonly globals: GlobalDefs;
  /** In their order; each name once. */
  readonly instances: Map<string, InstanceDraft>;
  readonly groups: Map<string, GroupDraft>;
  readonly scripts: Map<string, ScriptDraft>;
  readonly files: Map<string, TrackedFileDraft>;
  readonly processes: Map<string, TrackedProcessDraft>;
  readonly virtualServers: VirtualServer[];
  readonly statics: StaticsDraft;
  /** Those of instances and the static ones, as they follow each other. */
  readonly rules: RuleLine[];
}

/** Lines of what is there whoever is master. */
export interface StaticsDraft {
  readonly addresses: Statement[];
  readonly routes: Statement[];
  /** Names of instances, by `track_group`. */
  readonly groups: Map<string, readonly string[]>;
}

export interface RuleLine {
  /** The name of an instance; null: it is static. */
  readonly instance: string | null;
  readonly line: Statement;
}

interface Draft extends FileDraft {
  readonly reading: Reading;
  /** What the whole file defines, wherever it stands: keywords with their names. */
  readonly defined: ReadonlySet<string>;
  /** What of it does not count. */
  readonly dropped: Set<string>;
}

const NOT_OF_VRRP = "is ignored, and so is all else about load balancing: vrrpd keeps addresses alone";

export const TOP_LEVEL: Keywords<Draft> = {
  // Read before all else, since it holds for what stands above it as well.
  global_defs: block(() => {}),
  vrrp_instance: block(readInstance),
  vrrp_script: block(readScript),
  vrrp_sync_group: block(readGroup),
  track_file: block(readTrackedFile),
  vrrp_track_file: block(readTrackedFile),
  vrrp_track_process: block(readTrackedProcess),
  static_ipaddress: block(({ statics }, { children }) => {
    statics.addresses.push(...children!);
  }),
  static_routes: block(({ statics }, { children }) => {
    statics.routes.push(...children!);
  }),
  static_rules: block(({ rules }, { children }) => {
    rules.push(...children!.map((line) => ({ instance: null, line })));
  }),
  track_group: block(readTrackGroup),
  virtual_server: { class: "works", form: "any", read: readServers },
  virtual_server_group: { class: "works", form: "any", read: readServers },
  net_namespace: {
    class: "refused",
    form: "any",
    why: "asks for another network namespace; start vrrpd within it",
  },
  net_namespace_ipvs: { class: "refused", form: "any", why: "asks for another network namespace" },
  ...ignored<Draft>("any", NOT_OF_VRRP, "SSL", "bfd_instance"),
  ...ignored<Draft>("any", "is ignored: the names of instances are groups enough", "garp_group"),
  ...ignored<Draft>(
    "any",
    "is ignored: the kernel tells of links",
    "linkbeat_interfaces",
    "linkbeat_use_polling",
  ),
  ...ignored<Draft>("any", `is ignored: see ${VARIABLES.linkGrace.name}`, "interface_up_down_delays"),
  ...ignored<Draft>("any", "is ignored: vrrpd is one process", "instance", "use_pid_dir", "child_wait_time"),
};

export function readFile(statements: readonly Statement[], partial: boolean, report: Report): FileDraft {
  const draft: Draft = {
    reading: { block: null, partial, report },
    defined: new Set(statements.map(({ keyword, words }) => `${usual(keyword)} ${words[0]}`)),
    dropped: new Set(),
    globals: newGlobalDefs(),
    instances: new Map(),
    groups: new Map(),
    scripts: new Map(),
    files: new Map(),
    processes: new Map(),
    virtualServers: [],
    statics: { addresses: [], routes: [], groups: new Map() },
    rules: [],
  };
  for (const { keyword, children } of statements) {
    if (keyword === "global_defs" && children !== null)
      readBlock(draft.globals, children, GLOBAL_DEFS, within(draft, "global_defs"));
  }
  readBlock(draft, statements, TOP_LEVEL, draft.reading);
  return draft;
}

function within({ reading }: Draft, name: string): Reading {
  return { ...reading, block: name };
}

function readInstance(draft: Draft, statement: Statement, report: Report): void {
  const name = nameOf(statement, draft.instances, "the whole block is skipped", report);
  if (name === null) return;
  const instance = newInstance(name, statement);
  draft.instances.set(name, instance);
  readBlock(instance, statement.children!, VRRP_INSTANCE, within(draft, "vrrp_instance"));
  draft.rules.push(...instance.rules.map((line) => ({ instance: name, line })));
  dropUnknown(draft, instance, report);
}

/** `track_group NAME { group { … } }`: instances that follow the interfaces of static routes, rules and addresses. */
function readTrackGroup({ statics }: Draft, statement: Statement, report: Report): void {
  const name = nameOf(statement, statics.groups, "the first one counts", report);
  if (name === null) return;
  const lists = statement.children!.filter(({ keyword }) => keyword === "group");
  const members = lists.flatMap(({ words, children }) => [
    ...words,
    ...(children ?? []).flatMap((line) => [line.keyword, ...line.words]),
  ]);
  statics.groups.set(name, members);
}

function readGroup(draft: Draft, statement: Statement, report: Report): void {
  const name = nameOf(statement, draft.groups, "the first one counts", report);
  if (name === null) return;
  const group = newGroup(name, statement);
  draft.groups.set(name, group);
  readBlock(group, statement.children!, VRRP_SYNC_GROUP, within(draft, "vrrp_sync_group"));
  dropUnknown(draft, group, report);
}

function readScript(draft: Draft, statement: Statement, report: Report): void {
  const name = nameOf(statement, draft.scripts, "the first one counts", report);
  if (name === null) return;
  const script = newScript(name, statement);
  readBlock(script, statement.children!, VRRP_SCRIPT, within(draft, "vrrp_script"));
  if (script.command !== null) return void draft.scripts.set(name, script);
  leaveOut(draft, statement, "script", report);
}

function readTrackedFile(draft: Draft, statement: Statement, report: Report): void {
  if (statement.keyword === "vrrp_track_file")
    report.once("vrrp_track_file", statement.origin, "vrrp_track_file is deprecated: call it track_file");
  const name = nameOf(statement, draft.files, "the first one counts", report);
  if (name === null) return;
  const file = newTrackedFile(name, statement);
  readBlock(file, statement.children!, TRACK_FILE, within(draft, "track_file"));
  if (file.path === null) return leaveOut(draft, statement, "file", report);
  draft.files.set(name, file);
}

function readTrackedProcess(draft: Draft, statement: Statement, report: Report): void {
  const name = nameOf(statement, draft.processes, "the first one counts", report);
  if (name === null) return;
  const process = newTrackedProcess(name, statement);
  readBlock(process, statement.children!, VRRP_TRACK_PROCESS, within(draft, "vrrp_track_process"));
  if (process.command === null) return leaveOut(draft, statement, "process", report);
  draft.processes.set(name, process);
  sayLongName(process, report);
}

function leaveOut(
  { dropped }: Draft,
  { keyword, words, origin }: Statement,
  what: string,
  report: Report,
): void {
  dropped.add(`${usual(keyword)} ${words[0]}`);
  report.warn(origin, `${keyword} ${words[0]} has no ${what}, and is left out, as in Keepalived`);
}

function usual(keyword: string): string {
  return keyword === "vrrp_track_file" ? "track_file" : keyword;
}

function readServers(draft: Draft, statement: Statement, report: Report): void {
  report.once(NOT_OF_VRRP, statement.origin, `${statement.keyword} ${NOT_OF_VRRP}`);
  draft.virtualServers.push(...readVirtualServer(statement));
}

/** @returns null: the block does not count, as in Keepalived, and that has been said */
function nameOf(
  { keyword, words, origin }: Statement,
  known: ReadonlyMap<string, unknown>,
  instead: string,
  report: Report,
): string | null {
  const [name, ...more] = words;
  const wrong =
    name === undefined
      ? "has no name"
      : more.length > 0
        ? `${words.join(" ")} has a name of several words`
        : null;
  if (wrong !== null)
    report.warn(origin, `${keyword} ${wrong}: the whole block is skipped, as in Keepalived`);
  else if (known.has(name!))
    report.warn(origin, `${keyword} ${name} stands twice: ${instead}, as in Keepalived`);
  else return printable(name!);
  return null;
}

/** Keepalived knows what is tracked from where that stands on: an instance or a group above it runs without. */
function dropUnknown(draft: Draft, one: InstanceDraft | GroupDraft, report: Report): void {
  const { scripts, files, processes } = draft;
  dropFrom(one.trackedScripts, scripts, ["track_script", "vrrp_script"], draft, one.name, report);
  dropFrom(one.trackedFiles, files, ["track_file", "track_file"], draft, one.name, report);
  dropFrom(one.trackedProcesses, processes, ["track_process", "vrrp_track_process"], draft, one.name, report);
}

function dropFrom(
  tracks: TrackDraft[],
  known: ReadonlyMap<string, unknown>,
  [tracked, defining]: readonly [string, string],
  { dropped, defined }: Draft,
  by: string,
  report: Report,
): void {
  for (const track of [...tracks]) {
    if (known.has(track.name)) continue;
    const name = `${defining} ${track.name}`;
    const why = dropped.has(name)
      ? "is left out"
      : defined.has(name)
        ? `is defined below ${by} (move it up)`
        : "is defined nowhere";
    const without = tracked === "track_script" ? "runs without this check" : "runs without it";
    report.warn(
      track.statement.origin,
      `${tracked} ${track.name} ${why}: as in Keepalived, ${by} ${without}`,
    );
    tracks.splice(tracks.indexOf(track), 1);
  }
}
