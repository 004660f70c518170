/**
 * `npm run mutants`: plants one bug after the other into a copy of the core and demands that the simulator or the unit
 * tests of the core find it. A mutant that survives, or whose code is not there any more, fails the run.
 *
 *   npm run mutants -- WORD …    only those whose description or declaration has one of the words
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { mutants } from "../test/sim/mutants/list.mjs";
import { declarationsOf, plant, SEARCHED } from "../test/sim/mutants/plant.mjs";
import { ROOT, translate, transpile } from "./transpile.mjs";

const FOLDERS = [
  "src/base",
  "src/config",
  "src/core",
  "src/daemon",
  "src/wire",
  "test/core",
  "test/properties",
  "test/sim",
];
/** Most mutants show in the first few runs; the tests are quicker than all of them. */
const FIRST_SEEDS = 8;
const SEEDS = 150;
/** A mutant that runs this many times longer than the sound core does not come to rest. */
const PATIENCE = 10;
const LEAST_SECONDS = 120;
/** A mutant that does not even load proves nothing. */
const BROKEN = /ERR_MODULE_NOT_FOUND|SyntaxError|ReferenceError/;

const work = mkdtempSync(join(tmpdir(), "vrrpd-mutants-"));
try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** @param {readonly string[]} words none: all mutants */
async function main(words) {
  const sound = join(work, "sound");
  /** As they are now: all mutants are made from the same text, even where somebody goes on working on it. */
  const sources = new Map();
  transpile(sound, FOLDERS, (file, text) => {
    if (SEARCHED.some((folder) => file.startsWith(`${folder}/`))) sources.set(file, text);
    return text;
  });
  // A test compares a document with the code.
  symlinkSync(join(ROOT, "docs"), join(sound, "docs"));
  const begun = performance.now();
  const baseline = await verdictOf(sound, "", Number.POSITIVE_INFINITY);
  if (baseline !== null) {
    console.log(`the core without a mutant fails already: ${baseline}`);
    return false;
  }
  const seconds = Math.max(LEAST_SECONDS, (PATIENCE * (performance.now() - begun)) / 1000);
  const declarations = declarationsOf(sources);
  const chosen = mutants.filter(
    ({ what, within }) =>
      words.length === 0 || words.some((word) => what.includes(word) || within.includes(word)),
  );
  const waiting = chosen.map((mutant, index) => ({ mutant, index }));
  const failures = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await tryMutant(next.mutant, join(work, String(next.index)), {
        sound,
        declarations,
        seconds,
      });
      console.log(`${outcome.killed ? "killed  " : "SURVIVED"}  ${next.mutant.what}: ${outcome.by}`);
      if (!outcome.killed) failures.push(next.mutant);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  console.log(`${chosen.length - failures.length} of ${chosen.length} mutants killed in ${minutes} minutes`);
  return chosen.length > 0 && failures.length === 0;
}

async function tryMutant(mutant, folder, { sound, declarations, seconds }) {
  let file;
  let program;
  try {
    const planted = plant(mutant, declarations);
    file = planted.file;
    program = translate(planted.text);
  } catch (error) {
    return { killed: false, by: `cannot be planted: ${error.message}` };
  }
  mkdirSync(folder);
  cpSync(join(sound, "src"), join(folder, "src"), { recursive: true });
  cpSync(join(sound, "test"), join(folder, "test"), { recursive: true });
  cpSync(join(sound, "package.json"), join(folder, "package.json"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  symlinkSync(join(ROOT, "docs"), join(folder, "docs"));
  writeFileSync(join(folder, file.replace(/\.ts$/, ".js")), program);
  const by = await verdictOf(folder, file, seconds);
  rmSync(folder, { recursive: true, force: true });
  if (by !== null && BROKEN.test(by)) return { killed: false, by: `is no working program: ${by}` };
  return { killed: by !== null, by: by ?? "nothing found it" };
}

/** Who found something wrong: the file's own test, the simulator, or another test; null: nobody did. */
async function verdictOf(folder, file, seconds) {
  const tests = readdirSync(join(folder, "test/core")).filter((name) => name.endsWith(".test.js"));
  const own = tests.filter((test) => test === basename(file).replace(/\.ts$/, ".test.js"));
  const found = await failingTest(folder, own, seconds);
  if (found !== null) return found;
  const others = tests.filter((test) => !own.includes(test));
  return (
    (await failingSeed(folder, 1, FIRST_SEEDS, seconds)) ??
    (await failingTest(folder, others, seconds)) ??
    (await failingSeed(folder, FIRST_SEEDS + 1, SEEDS, seconds))
  );
}

async function failingSeed(folder, first, last, seconds) {
  const runs = ["--runs", String(last - first + 1)];
  const failed = await run(folder, ["test/sim/main.js", String(first), ...runs, "--brief"], seconds);
  return failed === null ? null : `simulator, ${failed}`;
}

async function failingTest(folder, tests, seconds) {
  for (const test of tests) {
    const failed = await run(folder, [`test/core/${test}`], seconds);
    if (failed !== null) return `test/core/${test.replace(/\.js$/, ".ts")}, ${failed.trim()}`;
  }
  return null;
}

/** What a failing program said; null: it did not fail. */
function run(folder, parameters, seconds) {
  return new Promise((resolve) => {
    const timeout = Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : 0;
    const options = { cwd: folder, timeout, killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, parameters, options, (error, stdout, stderr) => {
      if (error === null) resolve(null);
      else if (error.killed) resolve(`no end after ${Math.ceil(seconds)} s`);
      else resolve(tellingLine(`${stderr}${stdout}`.split("\n")));
    });
  });
}

/** @param {string[]} lines */
function tellingLine(lines) {
  return lines.find((line) => /^seed |Error|not ok/.test(line)) ?? lines[0];
}
