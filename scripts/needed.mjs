/**
 * `node scripts/needed.mjs FOLDER`: package.json and package-lock.json of what the product is made of, without what only
 * tests it: the packages that are bundled or compiled, as dependencies, and the bundler, as a development dependency. The
 * versions and their hashes are those of the project's lock file. `npm ci` and `npm sbom` take them.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Beside those that package.json names as bundled. */
const COMPILED = ["node-addon-api", "raw-socket"];
const TOOLS = ["esbuild"];

/** @param {string} folder made where it is missing */
export function writeNeeded(folder) {
  const own = read("package.json");
  const { packages, ...lock } = read("package-lock.json");
  const only = (names) => Object.fromEntries(names.sort().map((name) => [name, own.devDependencies[name]]));
  const manifest = {
    ...{ name: own.name, version: own.version, license: own.license, bin: own.bin },
    dependencies: only([...own.bundled, ...COMPILED]),
    devDependencies: only(TOOLS),
    overrides: { ...own.overrides, netlink: { "@types/node": own.devDependencies["@types/node"] } },
  };
  const product = reachable(packages, Object.keys(manifest.dependencies));
  const all = reachable(packages, Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));
  const { overrides: _, ...root } = manifest;
  const kept = [...all].sort().map((path) => {
    const { dev: __, ...entry } = packages[path];
    return [path, product.has(path) ? entry : { ...entry, dev: true }];
  });
  mkdirSync(folder, { recursive: true });
  write(join(folder, "package.json"), manifest);
  write(join(folder, "package-lock.json"), { ...lock, packages: { "": root, ...Object.fromEntries(kept) } });
}

/** Paths in the lock file of packages and of all that they depend on. */
function reachable(packages, names) {
  const found = new Set();
  const visit = (name, from) => {
    const path = resolve(packages, name, from);
    if (path === null || found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = packages[path];
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      visit(next, path);
  };
  for (const name of names) visit(name, "");
  return found;
}

/** As Node looks for a package: beside whoever asks, then further out. null: an optional one that is not there. */
function resolve(packages, name, from) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (at === "") return null;
  }
}

function read(name) {
  return JSON.parse(readFileSync(join(ROOT, name), "utf8"));
}

function write(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeNeeded(process.argv[2]);
