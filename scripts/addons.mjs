/**
 * `npm run addons [-- ARCHITECTURE…]`: the addon for whoever installs the package, in native/prebuilds: of this
 * machine's architecture, and of the other one where Debian's cross compiler is installed. Each is stripped, and refused
 * when it asks for libraries that the oldest supported systems do not have. What is newer than the sources stays.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addonSources, compileAddon, isNewer, nodeHeaders, ROOT, SetupError } from "./setup.mjs";

/** Node's name of an architecture, and the compilers'. */
export const TRIPLETS = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };
/** Of what RHEL 8 has: glibc 2.28, and the libstdc++ of GCC 8, which is what Node itself asks for. */
const NEWEST = { GLIBC: "2.28", GLIBCXX: "3.4.25", CXXABI: "1.3.11", GCC: "8" };
const SOURCES = join(ROOT, "native");

/** @returns the path of the addon for an architecture, made now if it is older than the sources; null: there is no compiler for it */
export function prebuilt(architecture) {
  const path = join(SOURCES, `prebuilds/linux-${architecture}/vrrpd.node`);
  if (isNewer(path, [...addonSources(), fileURLToPath(import.meta.url)])) return path;
  const own = architecture === process.arch;
  const prefix = own ? "" : `${TRIPLETS[architecture]}-`;
  if (!own && spawnSync(`${prefix}g++`, ["--version"]).status !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-addons-"));
  try {
    const compiled = own ? compileAddon() : cross(folder, architecture, prefix);
    const stripped = join(folder, "vrrpd.node");
    run(`${prefix}strip`, ["--strip-unneeded", "-o", stripped, compiled]);
    const tooNew = versionsBeyond(run("readelf", ["--version-info", "--wide", stripped]));
    if (tooNew.length > 0)
      throw new SetupError(
        `the addon for ${architecture} asks for ${tooNew.join(", ")}: native/old-libraries.h and .cc have to be told`,
      );
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(stripped, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return path;
}

function cross(folder, architecture, prefix) {
  const native = join(folder, "native");
  mkdirSync(native);
  for (const path of [...addonSources(), join(SOURCES, "headers.cjs")])
    cpSync(path, join(native, basename(path)));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const tools = { CC: `${prefix}gcc`, CXX: `${prefix}g++`, LINK: `${prefix}g++`, AR: `${prefix}ar` };
  run("npx", ["node-gyp", "rebuild", `--arch=${architecture}`, "-C", native], {
    cwd: folder,
    env: { ...nodeHeaders(), ...process.env, ...tools },
  });
  return join(native, "build/Release/vrrpd.node");
}

/** Versions of libraries that are newer than the newest allowed ones. @param shown by readelf */
export function versionsBeyond(shown) {
  const needed = shown.slice(Math.max(0, shown.indexOf("Version needs section")));
  const asked = [...needed.matchAll(/Name: ([A-Z]+)_([\d.]+)/g)];
  if (asked.length === 0) throw new SetupError("readelf shows no versions of libraries");
  const beyond = asked.filter(([, library, version]) => {
    const newest = NEWEST[library];
    return newest === undefined || compare(version, newest) > 0;
  });
  return [...new Set(beyond.map(([, library, version]) => `${library}_${version}`))].sort();
}

/** "2.4" is before "2.28". */
function compare(one, other) {
  const [left, right] = [one, other].map((version) => version.split(".").map(Number));
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function run(program, parameters, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    encoding: "utf8",
    maxBuffer: 1e8,
    ...options,
  });
  if (status === 0) return stdout;
  throw new SetupError(
    `${program} ${parameters.join(" ")} failed`,
    `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const wanted = process.argv.slice(2);
    for (const architecture of wanted.length > 0 ? wanted : Object.keys(TRIPLETS)) {
      if (TRIPLETS[architecture] === undefined)
        throw new SetupError(`${architecture} is none of ${Object.keys(TRIPLETS).join(", ")}`);
      const made = prebuilt(architecture);
      const compiler = `g++-${TRIPLETS[architecture].replace("_", "-")}`;
      if (made !== null) console.log(`${made}: ${statSync(made).size} bytes`);
      else if (wanted.length === 0)
        console.log(`linux-${architecture} is left out: ${compiler} is not installed`);
      else throw new SetupError(`no compiler for ${architecture}: apt-get install ${compiler}`);
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.output}${error.message}\n`);
    process.exitCode = 1;
  }
}
