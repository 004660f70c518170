/**
 * Makes a fresh clone ready: Debian's packages, npm's packages, the addon, the build, the peers of the tests. Needs nothing but Node, does
 * nothing that is done already, and prints one line for each thing that it does. `npm run demo` and `npm test` begin
 * with it.
 */
import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unpackPeers } from "./peers.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** A program that is looked for, and the Debian package that brings it. None of these starts a service. */
const RUN_PROGRAMS = {
  ip: "iproute2",
  nft: "nftables",
  iptables: "iptables",
  ip6tables: "iptables",
  pgrep: "procps",
  sysctl: "procps",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  mount: "mount",
  hostname: "hostname",
  perl: "perl-base",
};
/** Needed while something is compiled (node-gyp). */
const BUILD_PROGRAMS = { make: "make", "g++": "g++", python3: "python3" };
/** Build the image and the base that it stands on, in a test: 82 MB. That takes root, so they are not named without. */
const IMAGE_PROGRAMS = { buildah: "buildah", mmdebstrap: "mmdebstrap" };
/** Looks at the live page in a test: 414 MB, 20 seconds, so only where that test is to run. */
const BROWSER_PROGRAMS = { chromium: "chromium" };

/**
 * Whom the tests in test/interop talk to, and who judges. Installed, keepalived and frr would start on this machine:
 * they are unpacked instead, and run in network namespaces alone.
 */
const PEER_PROGRAMS = {
  "usr/sbin/keepalived": "keepalived",
  "usr/lib/frr/vrrpd": "frr",
  "usr/lib/frr/zebra": "frr",
  "usr/bin/tshark": "tshark",
  "usr/bin/systemd-analyze": "systemd",
};
const PEERS = join(ROOT, "node_modules/.cache/peers");
/** Watches daemons in a test. Installed, it would start on this machine, too. */
const PROMETHEUS_PROGRAMS = { "usr/bin/prometheus": "prometheus", "usr/bin/promtool": "prometheus" };
const PROMETHEUS = join(ROOT, "node_modules/.cache/prometheus");

const LOCK = join(ROOT, "package-lock.json");
const INSTALLED = join(ROOT, "node_modules/.package-lock.json");
/** Which Node the packages were compiled for: raw-socket must be compiled again for another one. */
const INSTALLED_FOR = join(ROOT, "node_modules/.compiled-for");
const ADDON = join(ROOT, "native/build/Release/vrrpd.node");
const BUILT = join(ROOT, "dist/.built");

/** One sentence about what is missing or failed, and what the failing command printed. */
export class SetupError extends Error {
  constructor(message, output = "") {
    super(message);
    this.output = output;
  }
}

/**
 * @param {{ build?: boolean, peers?: boolean, prometheus?: boolean, browser?: boolean, image?: boolean }} options build
 *   false: dist is left as it is; peers: those of test/interop as well; prometheus: for its test; browser: for the test of
 *   the live page; image: for the image's test
 * @throws {SetupError}
 */
export function setUp({
  build = true,
  peers = false,
  prometheus = false,
  browser = false,
  image = false,
} = {}) {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old: 20 or newer is needed`);
  const mustInstall = !arePackagesInstalled();
  const mustCompile = mustInstall || !isAddonCompiled();
  installDebianPackages({
    ...RUN_PROGRAMS,
    ...(mustCompile ? BUILD_PROGRAMS : {}),
    ...(browser ? BROWSER_PROGRAMS : {}),
    ...(image && process.getuid() === 0 ? IMAGE_PROGRAMS : {}),
  });
  if (mustInstall) {
    step("installing npm packages", "npm", ["ci", "--no-audit", "--no-fund"]);
    writeFileSync(INSTALLED_FOR, process.versions.modules);
  }
  compileAddon();
  if (peers) unpackPeers(PEER_PROGRAMS, PEERS, step);
  if (prometheus) unpackPeers(PROMETHEUS_PROGRAMS, PROMETHEUS, step);
  if (build) buildDist();
}

/** Where it is older than its sources. @returns where it is */
export function compileAddon() {
  if (!isAddonCompiled()) step("compiling the addon", "npm", ["run", "install"]);
  return ADDON;
}

/** @returns true. Throws SetupError when npm's packages are not there: for runs that install nothing. */
export function requirePackages() {
  if (arePackagesInstalled() && isAddonCompiled()) return true;
  throw new SetupError("npm's packages or the addon are missing, or older than the sources: npm run setup");
}

/** Compiles TypeScript to dist when a source is newer. Throws SetupError when the compiler complains. */
export function buildDist() {
  const sources = [
    "src",
    "scripts/bundle.mjs",
    "test/netns",
    "tsconfig.json",
    "tsconfig.build.json",
    "package.json",
  ];
  if (
    isNewer(
      BUILT,
      sources.map((path) => join(ROOT, path)),
    )
  )
    return;
  step("building", "npm", ["run", "build"]);
  writeFileSync(BUILT, "");
}

function installDebianPackages(programs) {
  const missing = Object.keys(programs).filter((program) => !isInstalled(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => programs[program]))];
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  if (process.getuid() !== 0 || !isInstalled("apt-get")) {
    const command = `apt-get ${install.join(" ")}`;
    throw new SetupError(`programs are missing (${missing.join(", ")}); as root on Debian: ${command}`);
  }
  step("reading Debian's package lists", "apt-get", ["update", "-q"]);
  step(`installing Debian packages: ${packages.join(" ")}`, "apt-get", install);
  const still = missing.filter((program) => !isInstalled(program));
  if (still.length > 0) throw new SetupError(`still missing after apt-get install: ${still.join(", ")}`);
}

/** Runs a command that is silent unless it fails. */
function step(what, program, parameters, cwd = ROOT) {
  console.log(`setup: ${what}`);
  const result = spawnSync(program, parameters, {
    cwd,
    env: environment(),
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  if (result.status === 0) return;
  const how =
    result.error?.message ?? (result.signal ? `signal ${result.signal}` : `exit code ${result.status}`);
  throw new SetupError(
    `setup: ${what} failed ("${program} ${parameters.join(" ")}": ${how})`,
    `${result.stdout ?? ""}${result.stderr ?? ""}`,
  );
}

/** For the environment: Node's own headers, where they lie beside it. node-gyp would fetch them from the network. */
export function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include/node/node_api.h")) ? { npm_config_nodedir: prefix } : {};
}

function environment() {
  return { ...nodeHeaders(), ...process.env, PATH: searchPath(), DEBIAN_FRONTEND: "noninteractive" };
}

function searchPath() {
  return [process.env.PATH ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"].join(
    delimiter,
  );
}

function isInstalled(program) {
  return searchPath()
    .split(delimiter)
    .some((directory) => {
      try {
        accessSync(join(directory, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function arePackagesInstalled() {
  return isNewer(INSTALLED, [LOCK]) && compiledFor() === process.versions.modules;
}

function isAddonCompiled() {
  return isNewer(ADDON, addonSources());
}

function compiledFor() {
  // Packages that somebody installed by hand were installed by this Node, as far as can be known.
  return existsSync(INSTALLED_FOR) ? readFileSync(INSTALLED_FOR, "utf8") : process.versions.modules;
}

export function addonSources() {
  return readdirSync(join(ROOT, "native"))
    .filter((name) => /\.(cc|h|gyp)$/.test(name))
    .map((name) => join(ROOT, "native", name));
}

/** Whether `file` exists and nothing in `sources` (files, or folders with all that is in them) is newer. */
export function isNewer(file, sources) {
  if (!existsSync(file)) return false;
  const made = statSync(file).mtimeMs;
  return sources.every((source) => newest(source) <= made);
}

/** Folders count themselves, so that a file that was removed is noticed. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setUp();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.output}${error.message}\n`);
    process.exitCode = 1;
  }
}
