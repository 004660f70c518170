/**
 * `vendor/`: what the package needs of other packages besides the bundle, as they are in node_modules. raw-socket comes
 * with the nan that compiles on every Node: it asks for an older one, and overrides of package.json do not reach whoever
 * installs the package. node-addon-api's headers are for those who compile the addon.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const VENDOR = join(ROOT, "vendor");
/** By package: the files that are compiled or run, and those that say whose they are. */
const FILES = {
  "raw-socket": ["package.json", "README.md", "index.js", "binding.gyp", "src"],
  nan: /^(nan.*\.h|package\.json|LICENSE\.md)$/,
  "node-addon-api": ["package.json", "LICENSE.md", "napi.h", "napi-inl.h", "napi-inl.deprecated.h"],
};

/** Makes the folder anew. Throws where a package is not what it was. */
export function vendor() {
  rmSync(VENDOR, { recursive: true, force: true });
  for (const [name, files] of Object.entries(FILES)) {
    const from = join(ROOT, "node_modules", name);
    const names = Array.isArray(files) ? files : readdirSync(from).filter((file) => files.test(file));
    mkdirSync(join(VENDOR, name), { recursive: true });
    for (const file of names) cpSync(join(from, file), join(VENDOR, name, file), { recursive: true });
  }
  findNanBeside(join(VENDOR, "raw-socket/binding.gyp"));
}

/** Outside of a node_modules folder no package is found by its name. */
function findNanBeside(path) {
  const before = readFileSync(path, "utf8");
  const after = before.replace("<!(node -e \\\"require('nan')\\\")", "../nan");
  if (after === before) throw new Error(`${path} does not ask for nan as it did`);
  writeFileSync(path, after);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) vendor();
