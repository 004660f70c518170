/** What the documents name has to exist. Each rule returns one sentence a violation. */
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type File, ROOT } from "./tree.js";

/** What git, a compiler, a package manager or a test runner made. */
const MADE: readonly string[] = [
  ".git",
  "node_modules",
  "dist",
  "native/build",
  "native/prebuilds",
  "vendor",
  ".tap",
];
/** Whoever is named in a URL: public, or this very machine. */
const KNOWN_HOSTS = [
  "biomejs.dev",
  "registry.npmjs.org",
  "github.com",
  "www.rfc-editor.org",
  // The name of SVG's namespace.
  "www.w3.org",
  "localhost",
];
/** Names and addresses for documentation (RFC 2606, RFC 5737, RFC 3849), and loopback. */
const DOCUMENTATION_HOST =
  /(^|\.)example(\.(com|net|org))?$|^(192\.0\.2|198\.51\.100|203\.0\.113|127\.0\.0)\.\d+$|^\[(2001:db8:.*|::1)\]$/;
/** What hier(7) puts below "/". */
const STANDARD_FOLDERS =
  "bin boot dev etc home lib media mnt opt proc root run sbin srv sys tmp usr var".split(" ");
/** Its URLs of funding pages are the packages'; where packages come from, habits.ts looks at. */
const LOCK_FILE = "package-lock.json";

/** Every file that belongs to the project, sorted within its folder. */
export function readProject(folder = ""): File[] {
  return readdirSync(join(ROOT, folder))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => !MADE.includes(path) && !path.endsWith(".tsbuildinfo"))
    .flatMap((path) => {
      const stat = lstatSync(join(ROOT, path));
      if (stat.isDirectory()) return readProject(path);
      return stat.isFile() ? [{ path, text: readFileSync(join(ROOT, path), "utf8") }] : [];
    });
}

export function documentsOf(files: readonly File[]): File[] {
  return files.filter(({ path }) => /^(README|CONTRIBUTING|SECURITY)\.md$|^docs\/.+\.md$/.test(path));
}

/** Relative links lead to a file of the project and, where they name a heading, to one that it has. */
export function brokenLinks(
  documents: readonly File[],
  exists: (path: string) => boolean = inTree,
): string[] {
  return documents.flatMap(({ path, text }) =>
    [...withoutCode(text).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !leads(path, link, documents, exists))
      .map((link) => `${path} links to ${link}, which does not exist`),
  );
}

function leads(
  from: string,
  link: string,
  documents: readonly File[],
  exists: (path: string) => boolean,
): boolean {
  const [target = "", heading] = link.split("#");
  const path = target === "" ? from : join(dirname(from), target);
  const document = documents.find((one) => one.path === path);
  if (document === undefined) return heading === undefined && exists(path);
  return heading === undefined || headingsOf(document.text).has(heading);
}

/** As they stand behind "#": lower case, no punctuation, dashes for spaces. */
function headingsOf(text: string): ReadonlySet<string> {
  const lines = withoutBlocks(text).split("\n");
  const titles = lines.flatMap((line) => /^#+ (.+)$/.exec(line)?.[1] ?? []);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Files and folders between backticks. A name with "*" or with capital letters for a part of it is no path. */
export function missingPaths(
  documents: readonly File[],
  exists: (path: string) => boolean = inTree,
): string[] {
  const named = /`((?:src|test|native|scripts|docs|bench)\/[\w./-]*)`/g;
  return find(documents, named, (path) => !exists(path), "does not exist");
}

/** `npm run X` is a script of package.json. */
export function unknownScripts(documents: readonly File[], scripts: readonly string[]): string[] {
  return find(documents, /\bnpm run ([\w:-]+)/g, (name) => !scripts.includes(name), "is no script of npm's");
}

/** Variables of the environment are those that the configuration knows; `VRRPD_*` stands for many. */
export function unknownVariables(documents: readonly File[], known: readonly string[]): string[] {
  const named = /\b((?:OPENSHIFT_HA|VRRPD|HA_EXCLUDED)_\w*[A-Za-z0-9])\b/g;
  return find(documents, named, (name) => !known.includes(name), "is no variable of the configuration");
}

/** Where a tree lies on somebody's machine is of no use to anybody else. */
export function privatePaths(files: readonly File[], root = ROOT, home = homedir()): string[] {
  const own = [root, home].map((path) => path.replace(/\/+$/, "")).filter((path) => !isCommon(path));
  const homes = /(?<![\w.~/-])\/(?:home|Users)\/[\w.-]+/g;
  return [
    ...own.flatMap((path) => find(files, pathPattern(path), () => true, "is a path of this machine")),
    ...find(files, homes, () => true, "is a path of somebody's machine"),
  ];
}

/** The home folder of root, and a tree right below "/", are names that any container may have. */
function isCommon(path: string): boolean {
  return path.lastIndexOf("/") <= 0;
}

/** The path itself and, where its topmost folder is nobody's standard, all that lies in there. */
function pathPattern(path: string): RegExp {
  const top = path.split("/")[1]!;
  const what = STANDARD_FOLDERS.includes(top) ? path : `/${top}/`;
  return new RegExp(`(?<![\\w.~/-])${what.replace(/[^\w/]/g, "\\$&")}`, "g");
}

/** URLs name public hosts that are known here. */
export function foreignHosts(files: readonly File[]): string[] {
  const isForeign = (host: string) =>
    !KNOWN_HOSTS.includes(host.toLowerCase()) && !DOCUMENTATION_HOST.test(host);
  const sources = files.filter(({ path }) => path !== LOCK_FILE);
  return find(
    sources,
    /\bhttps?:\/\/(?:[^@/\s]*@)?(\[[^\]]+\]|[\w.-]+)/g,
    isForeign,
    "is a host that is not known here",
  );
}

function find(
  files: readonly File[],
  pattern: RegExp,
  isWrong: (found: string) => boolean,
  sentence: string,
): string[] {
  return files.flatMap(({ path, text }) => {
    const found = [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]);
    return [...new Set(found)].filter(isWrong).map((one) => `${path}: ${one} ${sentence}`);
  });
}

function inTree(path: string): boolean {
  return existsSync(join(ROOT, path));
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replace(/`[^`\n]*`/g, "");
}
