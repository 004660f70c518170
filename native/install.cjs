/**
 * What npm runs when the package is installed, where install scripts are allowed. In a clone it compiles the addon. From
 * a package it compiles raw-socket, without which adverts leave through the addon; and the addon itself only where none
 * of those that the package brings loads. `npm install --build-from-source` compiles it in any case.
 */
const { spawnSync } = require("node:child_process");
const { existsSync, rmSync } = require("node:fs");
const { dirname, join } = require("node:path");

const ROOT = dirname(__dirname);
const VENDORED = join(ROOT, "vendor/raw-socket");
/** Of what can be done without; node-gyp may be waiting for a network that does not answer. */
const PATIENCE_MILLIS = 180_000;

process.exitCode = main();

function main() {
  if (existsSync(join(ROOT, "src/cli"))) return compile(__dirname, "inherit").status ?? 1;
  const wanted = process.env.npm_config_build_from_source === "true";
  if (wanted || !loads()) {
    const { status, output } = compile(__dirname);
    if (status !== 0) {
      process.stderr.write(
        `${output}\nvrrpd: no addon that the package brings loads here, and it could not be compiled: that takes make, g++, python3 and Node's headers\n`,
      );
      return 1;
    }
  }
  if (existsSync(VENDORED) && compile(VENDORED).status !== 0)
    console.log("vrrpd: raw-socket could not be compiled here; adverts leave through vrrpd's own addon");
  for (const folder of [__dirname, VENDORED]) removeObjects(folder);
  return 0;
}

/** In a process of its own: an addon that does not fit may end it. */
function loads() {
  return spawnSync(process.execPath, [join(__dirname, "index.cjs")], { stdio: "ignore" }).status === 0;
}

function compile(folder, stdio = "pipe") {
  const given = process.env.npm_config_node_gyp;
  const command = given ? [process.execPath, given] : ["node-gyp"];
  const [program, ...parameters] = [...command, "rebuild", "-C", folder, "--loglevel=warn"];
  const options = { cwd: ROOT, stdio, env: environment(), encoding: "utf8", maxBuffer: 1e8 };
  const patience = stdio === "pipe" ? { timeout: PATIENCE_MILLIS } : {};
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { ...options, ...patience });
  return { status, output: [stdout, stderr, error?.message].filter(Boolean).join("\n") };
}

/** What only the linker needed. */
function removeObjects(folder) {
  for (const name of ["obj.target", ".deps"])
    rmSync(join(folder, "build/Release", name), { recursive: true, force: true });
}

/** Node's own headers, where they lie beside it: node-gyp would fetch them from the network. */
function environment() {
  const prefix = dirname(dirname(process.execPath));
  const isThere = existsSync(join(prefix, "include/node/node_api.h"));
  return { ...(isThere ? { npm_config_nodedir: prefix } : {}), ...process.env };
}
