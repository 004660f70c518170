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
