/** A configuration that the last reload has refused, as the next start would; or that could not be read again. */
import type { StatusDocument } from "../types.js";
import { type Found, plain } from "./found.js";

export function reloadProblems({ configuration }: Pick<StatusDocument, "configuration">): Found[] {
  const { refused, source, loadedAt } = configuration;
  if (refused === null) return [];
  const file = source.replace(/^env:/, "");
  const { since, problem, action } = refused;
  if (action !== null) {
    return [
      plain(
        "warning",
        "reload-failed",
        null,
        `each reload of ${file} has failed since ${since}: ${problem}`,
        `${action} What was read at ${loadedAt} runs on until then.`,
      ),
    ];
  }
  return [
    plain(
      "warning",
      "reload-refused",
      null,
      `${file} has been refused by each reload since ${since}: ${problem}`,
      `Mend it and reload: what was read at ${loadedAt} runs on until then, and a restart would fail.`,
    ),
  ];
}
