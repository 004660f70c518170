/** Prometheus's text format 0.0.4, of metrics that are read from the status. */
import type { Definition, Sample } from "./definitions/definition.js";

/** What is rendered at once: less than a millisecond. */
const LINES_AT_ONCE = 500;

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", '"': '\\"' };

/** The lines of a metric, in parts: hundreds of instances make thousands. */
export function* expose(
  { name, type, help, labels }: Omit<Definition, "samples">,
  samples: readonly Sample[],
): Generator<string> {
  let text = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  for (const [index, sample] of samples.entries()) {
    if (index > 0 && index % LINES_AT_ONCE === 0) {
      yield text;
      text = "";
    }
    text += `${name}${labelsText(labels, sample.labels)} ${numberText(sample.value)}\n`;
  }
  yield text;
}

function labelsText(names: readonly string[], values: Sample["labels"]): string {
  const pairs = names.flatMap((name) => {
    const value = values?.[name];
    return value === undefined ? [] : [`${name}="${escaped(value)}"`];
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\\n"]/g, (character) => ESCAPES[character]!);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}
