/** Checks of files and processes, which an instance or a group tracks. */
import { resolve } from "node:path";
import { MICROS_PER_SECOND } from "../../../base/time.js";
import { checkNameOf } from "../../check-names.js";
import type { FileCheck, ProcessCheck } from "../../checks.js";
import type { TrackDraft } from "../blocks/tracks.js";
import { criteriaOf } from "../blocks/vrrp-track-process.js";
import type { FileDraft } from "../file.js";
import type { Report } from "../report.js";

/** What all of them have in common. */
const USUAL = {
  advisoryUntilFirstPass: false,
  rise: 1,
  fall: 1,
  // Where the kernel does not tell.
  intervalMicros: MICROS_PER_SECOND,
  connectsTo: null,
  command: null,
  user: null,
} as const;

export function countedChecksOf(file: FileDraft, report: Report): (FileCheck | ProcessCheck)[] {
  const trackers = [...file.instances.values(), ...file.groups.values()];
  const isTracked = (pick: (one: (typeof trackers)[number]) => readonly TrackDraft[]) => {
    const names = new Set(trackers.flatMap((one) => pick(one).map(({ name }) => name)));
    return (name: string) => names.has(name);
  };
  const files = isTracked(({ trackedFiles }) => trackedFiles);
  const processes = isTracked(({ trackedProcesses }) => trackedProcesses);
  for (const [keyword, drafts, tracked] of [
    ["track_file", file.files, files],
    ["vrrp_track_process", file.processes, processes],
  ] as const)
    for (const { name, statement } of drafts.values())
      if (!tracked(name)) report.warn(statement.origin, `${keyword} ${name} is tracked by no instance`);
  return [
    ...[...file.files.values()].flatMap(({ name, statement, path, init }): FileCheck[] => {
      if (!files(name)) return [];
      const what = {
        kind: "file",
        name: checkNameOf("file", name),
        path: resolve("/", path!.value),
        init,
      } as const;
      return [{ ...USUAL, ...what, origin: statement.origin }];
    }),
    ...[...file.processes.values()].flatMap((draft): ProcessCheck[] => {
      const { name, statement, least, most, forkDelayMicros, terminateDelayMicros } = draft;
      if (!processes(name)) return [];
      return [
        {
          ...USUAL,
          kind: "process",
          name: checkNameOf("process", name),
          origin: statement.origin,
          process: criteriaOf(draft),
          quorum: { least, most, forkDelayMicros, terminateDelayMicros },
        },
      ];
    }),
  ];
}
