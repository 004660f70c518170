/** The tables of metrics and docs/metrics.md say the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { MEASURED_METRICS } from "../../src/daemon/metrics/measured.js";
import { READ_METRICS } from "../../src/daemon/metrics/metrics.js";
import { ROOT } from "./tree.js";

const document = readFileSync(join(ROOT, "docs/metrics.md"), "utf8");
const COMMON = "iname intf vrid";

/** Every name of the tables with its type and labels: a row may have several. */
const documented = document.split("\n").flatMap((line) => {
  const row = /^\| (`.+`) \| (gauge|counter|histogram) \| (.+?) \| .+ \|$/.exec(line);
  if (row === null) return [];
  const [, names, type, labels] = row as unknown as [string, string, string, string];
  const spelt = labels === "–" ? "" : labels.replace(/^common$/, COMMON).replaceAll("`", "");
  return [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name} ${type} ${spelt}`);
});

const defined = [...READ_METRICS, ...Object.values(MEASURED_METRICS)].map(
  ({ name, type, labels }) => `${name} ${type} ${labels.join(" ")}`,
);

t.test("every metric stands in the document with its type and labels, and no other does", async (t) => {
  t.strictSame([...documented].sort(), [...defined].sort());
  t.equal(new Set(defined).size, defined.length);
});

t.test("every name of a metric that the document speaks of is one", async (t) => {
  const names = defined.map((line) => line.replace(/ .*/, ""));
  const spokenOf = document.match(/\b(?:vrrpd|keepalived)_[a-z_]+\b/g) ?? [];
  const known = (name: string) => names.includes(name.replace(/_bucket$/, ""));
  t.strictSame(
    spokenOf.filter((name) => !known(name)),
    [],
  );
});

t.test("rules and dashboard speak of metrics that are there, and the document of the rules", async (t) => {
  const files = ["prometheus/rules.yaml", "prometheus/other-exporters.yaml", "grafana/vrrpd.json"];
  const texts = files.map((file) => readFileSync(join(ROOT, "docs/deploy", file), "utf8"));
  const names = new Set(defined.map((line) => line.replace(/ .*/, "")));
  for (const [, name] of texts.join("\n").matchAll(/- record: (\w+)/g)) names.add(name!);
  const spokenOf = texts.join("\n").match(/\b(?:vrrpd|keepalived)_[a-z_]+\b/g) ?? [];
  const unknown = spokenOf.filter((name) => !names.has(name.replace(/_bucket$/, "")));
  t.strictSame(
    unknown.filter((name) => name !== "keepalived_exporter"),
    [],
  );
  const alerts = [...texts[0]!.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const listed = [...document.matchAll(/^\| `(Vrrpd\w+)` \|/gm)].map(([, name]) => name);
  t.strictSame(listed, alerts);
});
