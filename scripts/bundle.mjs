/**
 * Bundles the commands into dist/bin: a few files in place of four hundred, which halves what the start of the daemon
 * costs and spares it 6 MB of memory. Each command of the command line stays a file of its own, loaded when it is used.
 * The harness for tests is bundled into dist/netns. What other packages have in it is said in dist/NOTICES.txt.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");
const OUT = join(DIST, "bin");

/** Of the package itself, found when they are asked for. */
const EXTERNAL = ["vrrpd", "#*"];
const HARNESS = join(ROOT, "test/netns/index.ts");
/** Packages in CommonJS call it for Node's own modules. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;

/**
 * The first lines of the command, for the shell and for Node: a statement that is a string and a comment. What they are
 * for is said in src/cli/guard.ts, which also has the port. 34 to 64 are the real-time signals.
 */
const REALTIME_SIGNALS = Array.from({ length: 31 }, (_, i) => 34 + i).join(" ");
const LAUNCHER = `#!/bin/sh
":" //; trap '' USR1 ${REALTIME_SIGNALS}; [ -z "$NODE_OPTIONS" ] || export IGNORED_NODE_OPTIONS="$NODE_OPTIONS"; unset NODE_OPTIONS; exec node "--inspect-port=[fe80::1]:1025" "$0" "$@"
`;

function prependLauncher(file) {
  writeFileSync(file, LAUNCHER + readFileSync(file, "utf8"));
  chmodSync(file, 0o755);
  const map = JSON.parse(readFileSync(`${file}.map`, "utf8"));
  // A line that comes from nowhere, twice.
  writeFileSync(`${file}.map`, JSON.stringify({ ...map, mappings: `;;${map.mappings}` }));
}

/** @returns the packages whose files are in what is built, by their folders */
function packagesIn({ inputs }) {
  const folders = Object.keys(inputs).map(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0],
  );
  return folders.filter((folder) => folder !== undefined);
}

/** What their licences ask to be kept with them. */
function notice(folder) {
  const path = join(ROOT, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const texts = readdirSync(path).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const bodies = texts.map((file) => readFileSync(join(path, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...bodies].join("\n\n");
}

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20",
  metafile: true,
  logLevel: "warning",
};

rmSync(OUT, { recursive: true, force: true });
const built = await Promise.all([
  build({
    ...COMMON,
    entryPoints: {
      vrrpd: join(ROOT, "src/cli/main.ts"),
      keepalived: join(ROOT, "src/cli/keepalived/main.ts"),
      reading: join(ROOT, "src/cli/reading.ts"),
    },
    outdir: OUT,
    splitting: true,
    format: "esm",
    external: EXTERNAL,
    banner: { js: REQUIRE },
    sourcemap: true,
  }),
  // For terminals alone, so that the daemon does not load it.
  build({
    ...COMMON,
    entryPoints: { "pino-pretty": "pino-pretty" },
    outdir: OUT,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
  }),
  // The image is built without it.
  ...(existsSync(HARNESS)
    ? [
        build({
          ...COMMON,
          entryPoints: [HARNESS],
          outdir: join(DIST, "netns"),
          format: "esm",
          banner: { js: REQUIRE },
        }),
      ]
    : []),
]);
prependLauncher(join(OUT, "vrrpd.js"));
prependLauncher(join(OUT, "keepalived.js"));
const packages = [...new Set(built.flatMap(({ metafile }) => packagesIn(metafile)))].sort();
writeFileSync(join(DIST, "NOTICES.txt"), `${packages.map(notice).join(`\n\n${"-".repeat(72)}\n\n`)}\n`);
