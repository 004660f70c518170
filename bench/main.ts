/** Runs parts of the bench and prints what they found; with --write docs/bench and docs/benchmarks.md have it, too. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../test/lab/daemons/vrrpd.js";
import { ensurePrivileges } from "../test/netns/index.js";
import { parseArguments } from "./arguments.js";
import { partText, withSection } from "./figures/document.js";
import { hardwareLine } from "./figures/format.js";
import { curvePicture, ratioPicture } from "./figures/pictures.js";
import { mergeParts, type PartResult, type Results } from "./figures/results.js";
import { describeHardware } from "./lab/hardware.js";
import { PARTS } from "./parts/index.js";
import type { Part } from "./parts/part.js";

const FOLDER = join(ROOT, "docs/bench");
const RESULTS = join(FOLDER, "results.json");
const DOCUMENT = join(ROOT, "docs/benchmarks.md");

async function runPart(part: Part, quick: boolean): Promise<PartResult> {
  const machine = describeHardware();
  const startedAt = performance.now();
  console.log(`\n— ${part.name}: ${part.title} (load ${machine.loadBefore.toFixed(2)})`);
  const { rows, figures = [] } = await part.run({ quick, say: (what) => console.log(`  ${what}`) });
  return {
    part: part.name,
    title: part.title,
    at: new Date().toISOString(),
    quick,
    tookSeconds: Math.round((performance.now() - startedAt) / 1000),
    machine,
    rows,
    figures,
  };
}

/** Only the parts that ran are replaced. Written after each, so that nothing is lost when a later one fails. */
function save(fresh: PartResult): void {
  const before = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, "utf8")) as Results) : { parts: [] };
  const order = PARTS.map(({ name }) => name);
  const results = mergeParts(before, [fresh], order);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(FOLDER, "ratios.svg"), ratioPicture(results));
  for (const { part, figures } of results.parts) {
    figures.forEach((figure, index) => {
      writeFileSync(join(FOLDER, `${part}-${index + 1}.svg`), curvePicture(figure));
    });
  }
  writeFileSync(DOCUMENT, withSection(readFileSync(DOCUMENT, "utf8"), results));
}

async function main(argv: readonly string[]): Promise<void> {
  const { parts, quick, write } = parseArguments(
    argv,
    PARTS.map(({ name }) => name),
  );
  ensurePrivileges();
  console.log(hardwareLine(describeHardware()));
  const done: PartResult[] = [];
  for (const part of PARTS.filter(({ name }) => parts.includes(name))) {
    try {
      const result = await runPart(part, quick);
      console.log(`\n${partText(result)}  (${result.tookSeconds} s)`);
      if (write) save(result);
      done.push(result);
    } catch (error) {
      // Others have their own machines: they are measured all the same.
      process.stderr.write(`${part.name} failed: ${(error as Error).stack ?? error}\n`);
      process.exitCode = 1;
    }
  }
  const rows = done.flatMap(({ rows }) => rows).filter(({ met }) => met !== null);
  const missed = rows.filter(({ met }) => !met);
  if (!write) console.log("\nno file was written: --write puts these figures in the place of those in docs");
  console.log(`\n${rows.length - missed.length} of ${rows.length} aims met`);
  for (const { what, ratio, ours } of missed) {
    console.log(`  behind: ${what} (${(ratio ?? ours).median.toFixed(2)})`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).stack ?? error}\n`);
  process.exitCode = 1;
}
