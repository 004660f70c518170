/** A configuration that the last reload has refused: the next start would, too. */
import type { ProblemDocument, StatusDocument } from "../types.js";

export function reloadProblems({ configuration }: Pick<StatusDocument, "configuration">): ProblemDocument[] {
  const { refused, source, loadedAt } = configuration;
  if (refused === null) return [];
  const file = source.replace(/^env:/, "");
  return [
    {
      severity: "warning",
      code: "reload-refused",
      instance: null,
      text: `${file} has been refused by each reload since ${refused.since}: ${refused.problem}`,
      action: `Mend it and reload: what was read at ${loadedAt} runs on until then, and a restart would fail.`,
    },
  ];
}
