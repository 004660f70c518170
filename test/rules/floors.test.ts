import t from "tap";
import {
  addonViolations,
  FLOORS,
  floorViolations,
  harnessViolations,
  importCycles,
  impurities,
  ROOMS,
  roomViolations,
} from "./floors.js";
import { readTree } from "./tree.js";

const tree = readTree("src", "test/netns");
const file = (path: string, text: string) => ({ path, text });

t.test("every floor is there, and nothing beside them", async (t) => {
  const folders = new Set(
    tree.filter(({ path }) => path.startsWith("src/")).map(({ path }) => path.split("/")[1]),
  );
  t.strictSame([...folders].sort(), [...FLOORS].sort());
});

t.test("a file imports only from its own floor and from lower ones", async (t) => {
  t.strictSame(floorViolations(tree), []);
  const planted = [
    file("src/core/a.ts", 'import { x } from "../host/b.js";'),
    file("src/base/a.ts", 'export * from "../wire/b.js";'),
    file("src/wire/a.ts", 'import type { A } from "../core/config.js";'),
    file("src/wire/b.ts", 'import type { A } from "../core/election.js";'),
    file("src/config/a.ts", 'const x = await import("../daemon/b.js");'),
    file("src/host/a.ts", 'import x from "../../test/netns/index.js"; import y from "./b.js";'),
    file("src/extra/a.ts", 'import x from "./b.js";'),
  ];
  t.strictSame(floorViolations(planted), [
    "src/core/a.ts (core) imports src/host/b.ts (host), which is above it",
    "src/base/a.ts (base) imports src/wire/b.ts (wire), which is above it",
    "src/wire/a.ts (wire) imports src/core/config.ts (core), which is above it",
    "src/wire/b.ts (wire) imports src/core/election.ts (core), which is above it",
    "src/config/a.ts (config) imports src/daemon/b.ts (daemon), which is above it",
    "src/host/a.ts imports test/netns/index.ts, which is on no floor",
    "src/extra/a.ts is on no floor",
  ]);
});

t.test("every room is known, and imports only from rooms below it", async (t) => {
  const inTree = (floor: string) =>
    tree.flatMap(({ path }) => {
      const [top, ours, room, inside] = path.split("/");
      return top === "src" && ours === floor && inside !== undefined ? [room!] : [];
    });
  for (const floor of FLOORS)
    t.strictSame([...new Set(inTree(floor))].sort(), [...ROOMS[floor]].sort(), floor);
  t.strictSame(roomViolations(tree), []);
  const planted = [
    file("src/core/router/a.ts", 'import "../addresses/a.js"; import "../config.js";'),
    file("src/core/addresses/a.ts", 'import type { A } from "../router/a.js";'),
    file("src/core/core.ts", 'import "./router/a.js";'),
    file("src/core/extra/a.ts", 'import "../router/a.js";'),
    file("src/daemon/status/problems/a.ts", 'import "../document.js"; import "../../http/a.js";'),
  ];
  t.strictSame(roomViolations(planted), [
    "src/core/addresses/a.ts imports src/core/router/a.ts; router is above addresses",
    "core/extra is no room (test/rules/floors.ts)",
    "src/daemon/status/problems/a.ts imports src/daemon/http/a.ts; http is above status",
  ]);
});

t.test("the addon is loaded in one place", async (t) => {
  t.strictSame(addonViolations(tree), []);
  const type = 'import type * as Native from "#native";';
  const loads = ['import "../../native/index.cjs";', 'createRequire(import.meta.url)("#native");'];
  const planted = ["src/host/native.ts", "src/daemon/a.ts"].flatMap((path) =>
    loads.map((load) => file(path, type + load)),
  );
  const violation = "src/daemon/a.ts loads the addon; src/host/native.ts does that";
  t.strictSame(addonViolations(planted), [violation, violation]);
});

t.test("no file imports itself by a detour", async (t) => {
  t.strictSame(importCycles(tree), []);
  const planted = [
    file("src/base/c.ts", 'import "./a.js";'),
    file("src/base/a.ts", 'import type { B } from "./b.js";'),
    file("src/base/b.ts", 'export { c } from "./c.js";'),
    file("src/base/d.ts", 'import "./a.js"; import "./e.js";'),
    file("src/base/e.ts", ""),
  ];
  t.strictSame(importCycles(planted), ["src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts"]);
});

t.test("the core has no clock, no chance, no waiting and no outside world", async (t) => {
  t.strictSame(impurities(tree), []);
  const planted = `import { readFileSync } from "node:fs";
import { Address4 } from "ip-address";
import { compare } from "../base/address.js";
export async function a(): Promise<void> { await a(); }
const b = Date.now() + performance.now() + Math.random() + process.pid;
setTimeout(a, 1);
const fine = { process: 1, Date: 2 }; fine.process = fine.Date;
const c = { process };
`;
  const found = impurities([file("src/core/a.ts", planted), file("src/host/a.ts", planted)]);
  t.strictSame(
    found.map((sentence) => sentence.replace("src/core/a.ts", "")),
    [
      " imports node:fs",
      " imports ip-address",
      ":4 uses async",
      ":4 uses Promise",
      ":4 uses await",
      ":5 uses Date",
      ":5 uses performance",
      ":5 uses Math.random",
      ":5 uses process",
      ":6 uses setTimeout",
      ":8 uses process",
    ],
  );
});

t.test("the harness stands on values and packet formats alone", async (t) => {
  t.strictSame(harnessViolations(tree), []);
  const planted = [
    file(
      "test/netns/a.ts",
      'import { x } from "../../src/daemon/x.js"; import type { A } from "../../src/core/a.js";',
    ),
    file("test/netns/a.test.ts", 'import { x } from "../../src/daemon/x.js";'),
  ];
  t.strictSame(harnessViolations(planted), [
    "test/netns/a.ts imports src/daemon/x.ts; the harness may use base and wire",
  ]);
});
