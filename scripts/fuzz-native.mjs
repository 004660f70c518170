/**
 * `npm run fuzz:native -- [--seconds N] [--seed S] [--trace]`: the addon's JavaScript interface under AddressSanitizer and
 * UndefinedBehaviorSanitizer. Builds the addon for that in a temporary folder, and runs test/native/fuzz in a network
 * namespace of its own. Exit code 1: a finding; 2: it could not be run.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./transpile.mjs";

const USAGE =
  "usage: npm run fuzz:native -- [--seconds N] [--seed S] [--trace], with N from 1 on, S from 0 to 2147483647";
const DEFAULT_SECONDS = 60;
const MAX_SEED = 2 ** 31 - 1;
/** Whoever hangs is ended: so long after the end. */
const PATIENCE_SECONDS = 60;
const SANITIZE =
  "-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1";
const IN_NAMESPACE = `ip link set dev lo up && ip link add name fuzz0 type veth peer name fuzz1 &&
  ip link set dev fuzz0 up && ip link set dev fuzz1 up && exec env "$@"`;

class CannotRun extends Error {}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof CannotRun)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function main() {
  const { seconds, seed, trace } = options();
  const libraries = ["libasan.so", "libubsan.so", "libstdc++.so"].map(library);
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-"));
  try {
    console.log(`seed ${seed}, ${seconds} s; building the addon with the sanitizers`);
    const addon = build(folder);
    const status = run(
      addon,
      libraries,
      [String(seed), String(seconds), "Infinity", ...(trace ? ["--trace"] : [])],
      seconds,
    );
    if (status === 0) return 0;
    console.log(`FINDING (${status}); again: npm run fuzz:native -- --seconds ${seconds} --seed ${seed}`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function options() {
  try {
    const { values } = parseArgs({
      options: { seconds: { type: "string" }, seed: { type: "string" }, trace: { type: "boolean" } },
      strict: true,
    });
    const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
    const seed = Number(values.seed ?? Date.now() & MAX_SEED);
    if (seconds >= 1 && Number.isFinite(seconds) && Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)
      return { seconds, seed, trace: values.trace === true };
  } catch {
    // Said below.
  }
  throw new CannotRun(USAGE);
}

/** Where the compiler has it. */
function library(name) {
  const { stdout, error } = spawnSync("g++", [`-print-file-name=${name}`], { encoding: "utf8" });
  if (error !== undefined)
    throw new CannotRun("fuzz:native needs g++, which is not there: apt-get install g++");
  const path = stdout.trim();
  if (isAbsolute(path) && existsSync(path)) return path;
  throw new CannotRun(
    `fuzz:native needs ${name}, which g++ does not have: Debian's package is libgcc-VERSION-dev (apt-get install g++), Fedora's are libasan and libubsan`,
  );
}

/** As `npm run install` does, beside the addon that everything else uses. */
function build(folder) {
  const native = join(folder, "native");
  mkdirSync(native);
  for (const file of readdirSync(join(ROOT, "native"))) {
    if (/\.(cc|h|gyp)$/.test(file)) cpSync(join(ROOT, "native", file), join(native, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const env = { ...process.env, CXXFLAGS: SANITIZE, LDFLAGS: "-fsanitize=address,undefined" };
  // npm brings node-gyp.
  const { status, stdout, stderr } = spawnSync("npx", ["node-gyp", "rebuild", "-C", native], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new CannotRun(`${stdout}${stderr}the addon could not be built with the sanitizers`);
  return join(native, "build/Release/vrrpd.node");
}

function run(addon, libraries, parameters, seconds) {
  const environment = [
    // The sanitizer has to be the first library; the C++ library has to be there when it looks for its functions.
    `LD_PRELOAD=${libraries.join(" ")}`,
    // Node leaves memory to the end of the process. Where a stack belongs to is not known of a child that is being started.
    "ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0:halt_on_error=1:exitcode=99",
    "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99",
  ];
  const command = [
    process.execPath,
    "--expose-gc",
    join(ROOT, "test/native/fuzz/main.mjs"),
    addon,
    ...parameters,
  ];
  const unshare = process.getuid() === 0 ? ["-n"] : ["-Urn"];
  const inside = ["sh", "-c", IN_NAMESPACE, "sh", ...environment, ...command];
  const { status, signal } = spawnSync("unshare", [...unshare, "setpriv", "--pdeathsig", "KILL", ...inside], {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: (seconds + PATIENCE_SECONDS) * 1000,
    killSignal: "SIGKILL",
  });
  return signal ?? status;
}
