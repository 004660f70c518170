/** Small things that must not slip in. Each rule returns one sentence a violation. */
import ts from "typescript";
import { type File, lineOf, nodesOf, parse } from "./tree.js";

/** In two halves, so that this file does not break its own rule. */
const REMINDERS = [
  ["TO", "DO"],
  ["FIX", "ME"],
  ["XX", "X"],
  ["HA", "CK"],
].map((halves) => halves.join(""));
const REMINDER = new RegExp(`\\b(${REMINDERS.join("|")})\\b`);

/** What is to be done stands in an issue, or is done. */
export function reminders(files: readonly File[]): string[] {
  return find(files, REMINDER, (word) => `says ${word}`);
}

/** `t.only`, `{ only: true }`: all other tests of the file would be left out. */
export function lonelyTests(files: readonly File[]): string[] {
  return find(testsOf(files), /\.only\s*\(|\bonly:\s*true\b/, (word) => `leaves other tests out: ${word}`);
}

/** A skipped test says why, so that whoever reads the results sees it. */
export function silentSkips(files: readonly File[]): string[] {
  return find(
    testsOf(files),
    /\bskip:\s*(true|1)\b|\.skip\s*\(\s*\)|\bskip:\s*""/,
    (word) => `gives no reason: ${word}`,
  );
}

/** The source that has them, and the one name that commands without a configuration need. */
const MAY_SPELL_VARIABLES = /^src\/(config\/env\/|base\/socket-variable\.ts$)/;

/**
 * A variable spelt outside of the source that has it. A message asks for the origin of the setting, so that it is right
 * with another source as well; what is a variable in any case is named through the table. Comments may name them.
 */
export function speltVariables(files: readonly File[], names: readonly string[]): string[] {
  const variable = new RegExp(`(?<![A-Z_])(${names.join("|")}|(OPENSHIFT_HA|VRRPD|HA_EXCLUDED)_[A-Z]\\w*)`);
  return files
    .filter(({ path }) => path.startsWith("src/") && !MAY_SPELL_VARIABLES.test(path))
    .flatMap((file) => {
      const source = parse(file);
      return [...nodesOf(source)].flatMap((node) => {
        const word = isWord(node) ? variable.exec(node.text)?.[0] : undefined;
        return word === undefined ? [] : [`${file.path}:${lineOf(source, node)} spells ${word}`];
      });
    });
}

/** A name, or a text that the program has. */
function isWord(node: ts.Node): node is ts.Identifier | ts.LiteralLikeNode {
  return (
    ts.isIdentifier(node) ||
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
  );
}

function find(files: readonly File[], pattern: RegExp, describe: (word: string) => string): string[] {
  return files.flatMap((file) =>
    file.text.split("\n").flatMap((line, index) => {
      const word = pattern.exec(line)?.[0];
      return word === undefined ? [] : [`${file.path}:${index + 1} ${describe(word)}`];
    }),
  );
}

function testsOf(files: readonly File[]): File[] {
  return files.filter((file) => file.path.endsWith(".test.ts"));
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bundled?: readonly string[];
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** Versions whose inner shape is relied on, or that break what they should bring along. */
const PINS = {
  devDependencies: { "raw-socket": "1.8.1", netlink: "0.3.0", typescript: /^6\.0\.\d+$/ },
};

export function pinViolations(manifest: Manifest): string[] {
  const found: string[] = [];
  for (const [kind, pins] of Object.entries(PINS)) {
    for (const [name, wanted] of Object.entries(pins) as [string, string | RegExp][]) {
      const version = manifest[kind as keyof typeof PINS]?.[name] ?? "nothing";
      const fits = typeof wanted === "string" ? version === wanted : wanted.test(version);
      if (!fits) found.push(`${name} is ${version}, not ${wanted}`);
    }
  }
  const overrides = (manifest.overrides ?? {}) as Record<string, Record<string, string> | undefined>;
  // What is installed is in the package: bundled, or compiled by its own install script.
  for (const name of Object.keys(manifest.dependencies ?? {}))
    found.push(`${name} is installed beside vrrpd`);
  for (const name of manifest.bundled ?? [])
    if (manifest.devDependencies?.[name] === undefined) found.push(`${name} is bundled, and not installed`);
  // Its own nan does not compile on Node 24.
  if (!overrides["raw-socket"]?.nan) found.push("raw-socket's nan has no override");
  // It drags in the types of Node 12.
  if (!overrides.netlink?.["@types/node"]) found.push("netlink's @types/node has no override");
  return found;
}

/** Packages come from the public registry, wherever the lock file was written. */
export function foreignRegistries(lockText: string): string[] {
  const hosts = [...lockText.matchAll(/"resolved": "(?:git\+)?\w+:\/\/([^/"]+)/g)].map((match) => match[1]!);
  return [...new Set(hosts)].filter((host) => host !== "registry.npmjs.org");
}
