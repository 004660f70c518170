/**
 * `npm test`: set-up, types, lint, unit tests, tests in network namespaces. The last line says what really happened.
 *
 *   npm test                           everything
 *   npm test -- unit                   one stage or more: types, lint, unit, network. Without network nothing is
 *                                      installed, and no privilege is needed
 *   npm test -- test/core/x.test.ts    files or folders
 *   npm run test:long                  what takes minutes by nature: *.long.test.ts, which is in no other run
 *
 * Types, lint and unit tests run beside the network tests, at the lowest priority: whatever waits for real time comes
 * first. Files that are named *.quiet.test.ts measure something for long and burn little: they run beside each other
 * alone. Nothing runs beside a file that is named *.alone.test.ts: its timers are too short for company. Where up to three
 * files of network tests fail, they are run once more, alone; the lines AGAIN say so, and how they failed.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { buildDist, ROOT, requirePackages, SetupError, setUp } from "./setup.mjs";

/** Where the parameters' paths begin. */
const CALLED_FROM = process.cwd();
process.chdir(ROOT);

/** Whose tests make namespaces and wait for real time: few at once, and with the right to make them. */
const NETWORK_FOLDERS = [
  "netns",
  "native",
  "host",
  "daemon",
  "cli",
  "interop",
  "image",
  "installation",
  "hostile",
  "hostile-packets",
  "attack",
];
/** Whose tests talk to programs that nothing else needs. */
const PEERS_FOLDER = "test/interop/";
const IMAGE_TESTS = "test/image/";
const PROMETHEUS_TEST = "test/interop/prometheus.test.ts";
const BROWSER_TEST = "test/daemon/live-page.test.ts";
/** In a run without parameters; `long` is asked for by name. */
const STAGES = ["types", "lint", "unit", "network"];
const LONG = "long";
/** They wait for most of their time: always three at once, and more while the machine has room. */
const [NETWORK_JOBS, MOST_NETWORK_JOBS] = [3, 2 + 2 * availableParallelism()];
/** What burns in company of the network tests gives way to them at once. */
const GIVE_WAY = ["nice", "-n", "10"];
/** More files that fail are no matter of chance. */
const MOST_AGAIN = 3;
const SIMULATOR_TESTS = "test/sim/";
/** Unit tests that share a process. */
const TOGETHER = 20;
/** What the compiler has found is kept, as `npm run typecheck` keeps it. */
const INCREMENTAL = ["--incremental", "--tsBuildInfoFile", "node_modules/.cache/types.tsbuildinfo"];
/** Of one file, in seconds. Far more than any needs: only what hangs is ended by it. */
const TIMEOUT_SECONDS = { unit: 1200, network: 1200 };

/** Checks that are no test files: types, lint, the runner itself. */
const totals = { passed: 0, failures: [] };
/** By path, of its last run. */
const results = new Map();

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  fail("setup", `${error.output}${error.message}`);
  process.exitCode = 1;
}
report();

async function main(parameters) {
  const wanted = choose(parameters);
  const isNetwork = (file) => NETWORK_FOLDERS.includes(file.split("/")[1]);
  const built = wanted.files.some(isNetwork) ? makeReady(wanted.files) : requirePackages();
  if (!built && !wanted.stages.includes("types"))
    fail("build", "npm run build failed; npm test -- types says why");
  const { translateAll } = await import("./translations.mjs");
  await translateAll(["src", "test", "bench"]);
  const network = wanted.files.filter(isNetwork);
  const prefix = network.length > 0 ? GIVE_WAY : [];
  const others = wanted.files.filter((file) => !isNetwork(file));
  const beside = Promise.all([checkWhole(wanted.stages, prefix), unitStage(others, prefix)]);
  await networkStage(network, beside);
  await beside;
  return allFailures().length === 0 && passed() > 0;
}

/** @returns false: the compiler complains */
function makeReady(files) {
  // A build that the compiler complains about is a failure of the stage "types", which says so with the details.
  setUp({
    build: false,
    peers: files.some((file) => file.startsWith(PEERS_FOLDER)),
    prometheus: files.includes(PROMETHEUS_TEST),
    browser: files.includes(BROWSER_TEST),
    image: files.some((file) => file.startsWith(IMAGE_TESTS)),
  });
  return build();
}

function choose(parameters) {
  const known = [...STAGES, LONG];
  const stages = parameters.filter((parameter) => known.includes(parameter));
  const paths = parameters.filter((parameter) => !known.includes(parameter));
  const all = testFiles("test");
  const usual = all.filter((file) => !isLong(file));
  if (parameters.length === 0) return { stages: STAGES, files: usual };
  const files = paths.flatMap((path) => {
    const name = relative(ROOT, join(CALLED_FROM, path));
    const found = all.filter(
      (file) => file === name || (file.startsWith(`${name}/`) && usual.includes(file)),
    );
    if (found.length === 0) throw new SetupError(`no test file: ${path} (stages: ${known.join(", ")})`);
    return found;
  });
  for (const name of ["unit", "network"]) {
    const isOf = (file) => NETWORK_FOLDERS.includes(file.split("/")[1]) === (name === "network");
    if (stages.includes(name)) files.push(...usual.filter(isOf));
  }
  if (stages.includes(LONG)) files.push(...all.filter(isLong));
  return { stages, files: [...new Set(files)] };
}

function isLong(file) {
  return file.endsWith(".long.test.ts");
}

/** Relative to the root, sorted. */
function testFiles(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder))
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      if (statSync(join(ROOT, path)).isDirectory()) return testFiles(path);
      return name.endsWith(".test.ts") ? [path] : [];
    });
}

function build() {
  try {
    buildDist();
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return false;
  }
}

/** Types and style, one after the other. @param prefix a command that runs node, here and below */
async function checkWhole(stages, prefix) {
  const parameters = {
    types: ["typescript/bin/tsc", "--noEmit", "-p", ".", ...INCREMENTAL],
    lint: ["@biomejs/biome/bin/biome", "ci", "--colors=off", "."],
  };
  for (const name of stages.filter((stage) => stage in parameters))
    await check(name, parameters[name], prefix);
}

/** A check that passes or fails as one. @param script within node_modules */
async function check(name, [script, ...parameters], prefix) {
  const startedAt = performance.now();
  const command = [...prefix, process.execPath, join("node_modules", script), ...parameters];
  const { code, output } = await run(command);
  if (code === 0) totals.passed++;
  else fail(name, output.trim());
  progress(code === 0, name, performance.now() - startedAt, "");
}

/** The simulator takes as long as all others, which share a few processes. */
async function unitStage(files, prefix) {
  const isSimulator = (file) => file.startsWith(SIMULATOR_TESTS);
  const others = files.filter((file) => !isSimulator(file));
  const jobs = Math.max(1, availableParallelism() - 1);
  await Promise.all([
    stage("unit", files.filter(isSimulator), { prefix, jobs: 1 }),
    stage("unit", others, { prefix, jobs, together: TOGETHER }),
  ]);
}

/** @param beside what may run beside all that is not to be alone */
async function networkStage(files, beside) {
  if (files.length === 0) return;
  let prefix;
  try {
    const { privilegePrefix } = await import("../dist/test/netns/privileges.js");
    prefix = privilegePrefix();
  } catch (error) {
    fail("network tests", error.message);
    return;
  }
  const [alone, others] = parted(files, (file) => file.endsWith(".alone.test.ts"));
  const [quiet, shared] = parted(others, (file) => file.endsWith(".quiet.test.ts"));
  // The image is built for minutes, and waits for downloads most of that time: it begins first.
  const isImage = (file) => file.startsWith(IMAGE_TESTS);
  const imageFirst = (a, b) => Number(isImage(b)) - Number(isImage(a));
  await stage("network", shared.sort(imageFirst), { prefix, jobs: NETWORK_JOBS, most: MOST_NETWORK_JOBS });
  await beside;
  await stage("network", quiet, { prefix, jobs: NETWORK_JOBS });
  await stage("network", alone, { prefix, jobs: 1 });
  await stage("network", toRunAgain(files), { prefix, jobs: 1 });
}

/** @returns {[string[], string[]]} those that are so, and the others */
function parted(files, isSo) {
  return [files.filter(isSo), files.filter((file) => !isSo(file))];
}

/** The machine may not have been theirs, whoever else was on it: a few get a second chance, alone, and it is said. */
function toRunAgain(files) {
  const again = files.filter((file) => results.get(file)?.failures.length > 0);
  if (again.length > MOST_AGAIN) return [];
  for (const { name, details } of again.flatMap((file) => results.get(file).failures))
    console.log(`AGAIN ${name}\n${indent(details)}`);
  return again;
}

async function stage(name, files, options) {
  if (files.length === 0) return;
  // Loaded late: a fresh clone has no packages before the set-up.
  const { readTap } = await import("./tap-results.mjs");
  const { runTests } = await import("./run-tests.mjs");
  const unseen = new Set(files);
  const { parser, strays } = readTap((file) => {
    unseen.delete(file.path);
    record(file);
  });
  for (const file of files) results.delete(file);
  await runTests(files, { ...options, timeoutSeconds: TIMEOUT_SECONDS[name] }, parser);
  for (const file of unseen) {
    const said = strays.filter((stray) => stray.name.startsWith(file)).map((stray) => stray.details);
    fail(file, ["no test ran", ...said].join("\n"));
  }
}

function record(file) {
  results.set(file.path, file);
  const counts = [`${file.passed} passed`];
  if (file.failures.length > 0) counts.push(`${file.failures.length} failed`);
  if (file.skips.length > 0) counts.push(`${file.skips.length} skipped`);
  progress(file.failures.length === 0, file.path, file.timeMs, counts.join(", "));
}

function passed() {
  return [...results.values()].reduce((sum, file) => sum + file.passed, totals.passed);
}

function allFailures() {
  return [...totals.failures, ...ofFiles("failures")];
}

/** @param {"failures" | "skips"} kind */
function ofFiles(kind) {
  return [...results.values()].flatMap((file) =>
    file[kind].map((one) => ({ ...one, name: `${file.path}: ${one.name}` })),
  );
}

function fail(name, details) {
  totals.failures.push({ name, details });
}

function progress(isGood, name, timeMs, counts) {
  console.log(
    `${isGood ? "ok  " : "FAIL"}  ${name.padEnd(44)}  ${(timeMs / 1000).toFixed(1).padStart(5)} s  ${counts}`,
  );
}

function report() {
  const [skips, failures] = [ofFiles("skips"), allFailures()];
  for (const skip of skips) console.log(`SKIP  ${skip.name} (${skip.reason})`);
  for (const failure of failures) console.log(`\nFAIL  ${failure.name}\n${indent(failure.details)}`);
  const skipped = skips.length > 0 ? `, ${skips.length} skipped` : "";
  console.log(`\n${passed()} passed, ${failures.length} failed${skipped}`);
}

/** Standard output and standard error as one text. */
function run([program, ...parameters]) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });
}

function indent(text) {
  return text.replace(/^(?=.)/gm, "      ");
}
