/** Checks of files and processes as a `track_file` and a `vrrp_track_process`. */
import { microsToSeconds } from "../../../base/time.js";
import { ownNameOf } from "../../check-names.js";
import type { FileCheck, ProcessCheck } from "../../checks.js";
import { comment, type Written, word } from "./text.js";

export function trackFileOf(check: FileCheck): Written {
  const { path, init } = check;
  const name = ownNameOf(check);
  const [title, file] = [word(name), word(path)];
  if (title === null || file === null)
    return comment(`Keepalived cannot be told the name or the path of track_file ${name}`);
  const written = init === null ? null : `init_file ${init.value}${init.overwrite ? " overwrite" : ""}`;
  return [`track_file ${title}`, [`file ${file}`, ...(written === null ? [] : [written])]];
}

export function trackProcessOf(check: ProcessCheck): Written {
  const { process, quorum } = check;
  const name = ownNameOf(check);
  const title = word(name);
  const words = process.command.map(word);
  if (title === null || words.includes(null))
    return comment(`Keepalived cannot be told the name or a word of vrrp_track_process ${name}`);
  const { least, most, forkDelayMicros, terminateDelayMicros } = quorum;
  const hasWords = words.length > 1;
  return [
    `vrrp_track_process ${title}`,
    [
      `process ${words.join(" ")}`,
      ...(process.match === "initial" || process.match === "partial" ? [`param_match ${process.match}`] : []),
      ...(process.match === "exact" && !hasWords ? ["param_match"] : []),
      ...(process.whole && !hasWords && process.match === "any" ? ["full_command"] : []),
      ...(least > 1 ? [`quorum ${least}`] : []),
      ...(most === null ? [] : [`quorum_max ${most}`]),
      ...(forkDelayMicros > 0 ? [`fork_delay ${seconds(forkDelayMicros)}`] : []),
      ...(terminateDelayMicros > 0 ? [`terminate_delay ${seconds(terminateDelayMicros)}`] : []),
    ],
  ];
}

/** Never with an exponent. */
function seconds(micros: number): string {
  return microsToSeconds(micros)
    .toFixed(6)
    .replace(/\.?0+$/, "");
}
