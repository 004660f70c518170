/** A configuration that the last reload has refused, as the next start would; or that could not be read again. */
import type { ProblemDocument, StatusDocument } from "../types.js";

export function reloadProblems({ configuration }: Pick<StatusDocument, "configuration">): ProblemDocument[] {
  const { refused, source, loadedAt } = configuration;
  if (refused === null) return [];
  const file = source.replace(/^env:/, "");
  const { since, problem, action } = refused;
  if (action !== null) {
    return [
      {
        severity: "warning",
        code: "reload-failed",
        instance: null,
        text: `each reload of ${file} has failed since ${since}: ${problem}`,
        action: `${action} What was read at ${loadedAt} runs on until then.`,
      },
    ];
  }
  return [
    {
      severity: "warning",
      code: "reload-refused",
      instance: null,
      text: `${file} has been refused by each reload since ${since}: ${problem}`,
      action: `Mend it and reload: what was read at ${loadedAt} runs on until then, and a restart would fail.`,
    },
  ];
}
