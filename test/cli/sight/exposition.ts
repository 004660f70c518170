/**
 * A strict reader of Prometheus's text format 0.0.4, as `promtool check metrics` is strict: every family has HELP and
 * TYPE before its samples and once only, names and labels are well-formed, no series comes twice, counters end in
 * _total and do not fall below 0, histograms have rising buckets that end at +Inf, with a sum and the same count.
 */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  help: boolean;
  type: string | null;
  readonly samples: Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/gy;
const TYPES = ["counter", "gauge", "histogram", "summary", "untyped"];

/** Throws an Error that names the line. */
export function parseExposition(text: string): Sample[] {
  if (!text.endsWith("\n")) throw new Error("the last line does not end with a line feed");
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current = "";
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment !== null) {
      const [, keyword, name, rest] = comment as unknown as [string, string, string, string];
      current = name;
      declare(families, keyword, name, rest);
      continue;
    }
    const sample = readSample(line);
    const family = families.get(current);
    if (family?.type == null || !belongs(sample.name, current, family.type))
      fail(line, "stands outside its family");
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(key)) fail(line, "comes twice");
    seen.add(key);
    family!.samples.push(sample);
  }
  for (const [name, family] of families) checkFamily(name, family);
  return [...families.values()].flatMap(({ samples }) => samples);
}

function declare(families: Map<string, Family>, keyword: string, name: string, rest: string): void {
  if (!NAME.test(name)) fail(name, "is no name");
  const family = families.get(name) ?? { help: false, type: null, samples: [] };
  families.set(name, family);
  const repeated = keyword === "HELP" ? family.help : family.type !== null;
  if (repeated || family.samples.length > 0) fail(name, `has a second or late ${keyword}`);
  if (keyword === "HELP") family.help = true;
  else if (TYPES.includes(rest)) family.type = rest;
  else fail(rest, "is no type");
}

function readSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  if (match === null) fail(line, "is no sample");
  const [, name, inner = "", number] = match as unknown as [string, string, string | undefined, string];
  const labels: Record<string, string> = {};
  let end = 0;
  for (const label of inner.matchAll(LABEL)) {
    if (label[1]! in labels) fail(line, "has a label twice");
    labels[label[1]!] = label[2]!;
    end = label.index + label[0].length;
  }
  if (end !== inner.length) fail(line, "has labels that cannot be read");
  const value = number === "+Inf" ? Number.POSITIVE_INFINITY : Number(number);
  if (Number.isNaN(value) && number !== "NaN") fail(line, "has no number");
  return { name, labels, value };
}

function belongs(sample: string, family: string, type: string): boolean {
  if (type !== "histogram") return sample === family;
  return ["_bucket", "_sum", "_count"].some((suffix) => sample === family + suffix);
}

function checkFamily(name: string, { help, type, samples }: Family): void {
  if (!help || type === null) fail(name, "lacks HELP or TYPE");
  if (type === "counter") {
    if (!name.endsWith("_total")) fail(name, "is a counter without _total");
    if (samples.some(({ value }) => !(value >= 0))) fail(name, "is a counter below 0");
  }
  if (type === "histogram") checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const one of series.values()) {
    const buckets = one.filter((sample) => sample.name === `${name}_bucket`);
    const counts = buckets.map(({ value }) => value);
    if (counts.some((count, index) => index > 0 && count < counts[index - 1]!))
      fail(name, "has falling buckets");
    const total = one.find((sample) => sample.name === `${name}_count`)?.value;
    if (buckets.at(-1)?.labels.le !== "+Inf" || counts.at(-1) !== total)
      fail(name, "has no +Inf bucket, or a wrong one");
    if (!one.some((sample) => sample.name === `${name}_sum`)) fail(name, "has no sum");
  }
}

function fail(what: string, why: string): never {
  throw new Error(`${what}: ${why}`);
}
