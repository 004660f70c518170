/** Which file may import which (docs/architecture.md). Each rule returns one sentence a violation. */
import ts from "typescript";
import { type File, type Import, importsOf, lineOf, nodesOf, parse } from "./tree.js";

/** From the ground up. */
export const FLOORS = ["base", "wire", "core", "config", "host", "daemon", "cli"] as const;

/** The folders of each floor, from the ground up. What lies in the floor itself puts them together, and is for all. */
export const ROOMS: Readonly<Record<(typeof FLOORS)[number], readonly string[]>> = {
  base: [],
  wire: [],
  core: ["addresses", "fixtures", "peers", "router", "groups"],
  config: ["env", "keepalived", "plan"],
  host: [
    "log",
    "configuration",
    "netlink",
    "bpf",
    "adverts",
    "announce",
    "claims",
    "scripts",
    "files",
    "processes",
    "checks",
    "firewall",
    "packet-filter",
  ],
  daemon: ["clients", "locks", "vmacs", "network", "loop", "status", "dumps", "metrics", "control", "http"],
  cli: ["view", "commands", "keepalived"],
};

/** The only file that loads the addon. */
const ADDON_LOADER = "src/host/native.ts";
/** What the harness stands on: it has to work for daemons that are not ours. */
const HARNESS_MAY_USE = ["base", "wire"];

/** A file of src imports only from its own floor and from lower ones, and nothing outside of src. */
export function floorViolations(files: readonly File[]): string[] {
  return localImports(files, "src/").flatMap((entry) => {
    const { from, to } = entry;
    const [own, other] = [floorOf(from), floorOf(to)];
    if (own === -1) return [`${from} is on no floor`];
    if (isAddon(to)) return [];
    if (other === -1) return [`${from} imports ${to}, which is on no floor`];
    if (other <= own) return [];
    return [`${from} (${FLOORS[own]}) imports ${to} (${FLOORS[other]}), which is above it`];
  });
}

/** A room imports from itself, and from those below it on its floor; so no two folders need each other. */
export function roomViolations(files: readonly File[]): string[] {
  return localImports(files, "src/").flatMap(({ from, to }) => {
    const [own, other] = [roomOf(from), roomOf(to)];
    if (own === null || other === null || own.floor !== other.floor) return [];
    const unknown = [own, other].find(({ index }) => index === -1);
    if (unknown !== undefined) return [`${unknown.floor}/${unknown.name} is no room (test/rules/floors.ts)`];
    return other.index <= own.index ? [] : [`${from} imports ${to}; ${other.name} is above ${own.name}`];
  });
}

/** null: a file of the floor itself. */
function roomOf(path: string): { floor: string; name: string; index: number } | null {
  const [, floor, name, inside] = path.split("/");
  if (inside === undefined) return null;
  const index = ROOMS[floor as keyof typeof ROOMS]?.indexOf(name!) ?? -1;
  return { floor: floor!, name: name!, index };
}

/** The addon is loaded in one place; others may know its types. */
export function addonViolations(files: readonly File[]): string[] {
  return files
    .filter((file) => file.path.startsWith("src/") && file.path !== ADDON_LOADER)
    .flatMap(importsOf)
    .filter(
      (entry) => !entry.typeOnly && (isAddon(entry.to ?? "") || /^#native$|\.node$/.test(entry.specifier)),
    )
    .map((entry) => `${entry.from} loads the addon; ${ADDON_LOADER} does that`);
}

/** The harness imports no part of the daemon above the packet formats, but for types. */
export function harnessViolations(files: readonly File[]): string[] {
  return localImports(files, "test/netns/")
    .filter(
      ({ from, to, typeOnly }) => !from.endsWith(".test.ts") && !typeOnly && !to.startsWith("test/netns/"),
    )
    .filter(({ to }) => !HARNESS_MAY_USE.some((floor) => to.startsWith(`src/${floor}/`)))
    .map(({ from, to }) => `${from} imports ${to}; the harness may use ${HARNESS_MAY_USE.join(" and ")}`);
}

/** One sentence for each ring of files, named from its first file on. Types count too. */
export function importCycles(files: readonly File[]): string[] {
  const graph = new Map(files.map((file) => [file.path, [] as string[]]));
  for (const file of files) {
    for (const { to } of importsOf(file)) if (to !== null && graph.has(to)) graph.get(file.path)!.push(to);
  }
  const cycles = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path);
    if (start !== -1) cycles.add(describeRing(way.slice(start)));
    if (start !== -1 || done.has(path)) return;
    for (const next of graph.get(path)!) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return [...cycles];
}

/** Clock, chance, waiting and the outside world: whatever makes two runs differ. */
const IMPURE = [
  ...[
    "Date",
    "performance",
    "process",
    "Promise",
    "console",
    "fetch",
    "crypto",
    "globalThis",
    "require",
    "Buffer",
  ],
  ...[
    "setTimeout",
    "setInterval",
    "setImmediate",
    "queueMicrotask",
    "AbortSignal",
    "WeakRef",
    "FinalizationRegistry",
  ],
];

/** `core` decides; it neither looks nor waits, and needs nothing but `base` and its own files. */
export function impurities(files: readonly File[]): string[] {
  return files
    .filter((file) => file.path.startsWith("src/core/"))
    .flatMap((file) => [
      ...importsOf(file)
        .filter((entry) => entry.to === null)
        .map((entry) => `${file.path} imports ${entry.specifier}`),
      ...impureNodes(file),
    ]);
}

function impureNodes(file: File): string[] {
  const source = parse(file);
  const found: string[] = [];
  for (const node of nodesOf(source)) {
    const word = impureWord(node);
    if (word !== null) found.push(`${file.path}:${lineOf(source, node)} uses ${word}`);
  }
  return found;
}

function impureWord(node: ts.Node): string | null {
  if (node.kind === ts.SyntaxKind.AsyncKeyword || node.kind === ts.SyntaxKind.AwaitKeyword)
    return node.getText();
  if (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random") return "Math.random";
  if (!ts.isIdentifier(node) || !IMPURE.includes(node.text)) return null;
  const { parent } = node;
  const isName = "name" in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
  return isName ? null : node.text;
}

function localImports(files: readonly File[], prefix: string): (Import & { to: string })[] {
  return files
    .filter((file) => file.path.startsWith(prefix) && /\.ts$/.test(file.path))
    .flatMap(importsOf)
    .filter((entry): entry is Import & { to: string } => entry.to !== null);
}

function floorOf(path: string): number {
  return FLOORS.findIndex((floor) => path.startsWith(`src/${floor}/`));
}

function isAddon(path: string): boolean {
  return path.startsWith("native/");
}

function describeRing(ring: readonly string[]): string {
  const first = ring.indexOf([...ring].sort()[0]!);
  const turned = [...ring.slice(first), ...ring.slice(0, first)];
  return [...turned, turned[0]].join(" -> ");
}
