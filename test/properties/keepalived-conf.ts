/** The parser of keepalived.conf on whatever a file may hold. */
import { ok } from "node:assert";
import fc from "fast-check";
import {
  ConfigurationError,
  formatProblem,
  formatWarning,
  type Intent,
  plan,
} from "../../src/config/index.js";
import { LIMITS } from "../../src/config/keepalived/limits.js";
import { parseKeepalivedConf } from "../../src/config/keepalived/parser.js";
import type { ReadFile, Statement } from "../../src/config/keepalived/statement.js";
import { KEYWORDS } from "../../src/config/keepalived/table.js";
import { readText } from "../config/keepalived/support.js";
import { FIRST_LOOK, host } from "../config/support.js";
import { named } from "./property.js";

const FRAGMENTS = [
  ...["{", "}", "\n", "\n", " ", "\t", '"', "#", "!", "\\\n", "\r\n", "\ufeff", "x"],
  ...["$A=", "$A", "${A}", "$B=", "${B}", "@r1 ", "@^r1 ", "include a\n", "includea b*\n"],
  ...[
    "~SEQ(v, 1, 3) ",
    "~SEQ(v,0,1000000000) ",
    "~LST({v,w},{1,2}) ",
    "$v",
    "${w}",
    "vrrp_instance V",
    "priority 1",
  ],
];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 60 }).map((parts) => parts.join("")),
);

function depthOf(statements: readonly Statement[]): number {
  return Math.max(0, ...statements.map(({ children }) => (children === null ? 0 : 1 + depthOf(children))));
}

function originsOf(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((one) => [one, ...originsOf(one.children ?? [])]);
}

const anyFile = named(
  "any keepalived.conf: never throws, bounded, each statement and problem has a place, problems are single lines",
  300,
  fc.property(text, text, (main, other) => {
    const read = (pattern: string): ReadFile[] =>
      pattern === "a"
        ? [{ path: "/a", text: other }]
        : [{ path: "/b", fault: "missing", reason: "is missing" }];
    const { statements, problems } = parseKeepalivedConf("/main", main, { read, id: "r1" });
    ok(problems.length <= LIMITS.problems);
    ok(depthOf(statements) <= LIMITS.blockDepth);
    ok(problems.map(formatProblem).every((line) => !/[\r\n]/.test(line)));
    const places = [...originsOf(statements), ...problems].map(({ origin }) => origin);
    for (const { file, line, column } of places) {
      const lines = (file === "/a" ? other : main).split("\n");
      ok(line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1]!.length + 1);
    }
  }),
);

const VALUES = [
  "1",
  "0",
  "255",
  "-3",
  "1.5",
  "9".repeat(12),
  "eth0",
  "MASTER",
  "x",
  '"/x a"',
  "192.0.2.9/24",
  "2001:db8::1",
  "fe80::2/64",
  "weight",
  "reverse",
  "dev",
  "on",
  "PASS",
];

/** A line of a block: a keyword that is known there, or not, and any words. */
const lineOf = (keywords: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...keywords, ...VALUES, "nonsense"),
      fc.array(fc.constantFrom(...VALUES), { maxLength: 4 }),
    )
    .map(([keyword, words]) => [keyword, ...words].join(" "));

/** Some lines have blocks; a word of a block is one of an address, a track, a peer or a password. */
const bodyOf = (keywords: readonly string[]) => {
  const inner = lineOf([
    "auth_type",
    "auth_pass",
    "min_ttl",
    "192.0.2.1",
    "192.0.2.2/33",
    "2001:db8::9",
    "s",
  ]);
  const line = fc.oneof(
    lineOf(keywords),
    fc
      .tuple(lineOf(keywords), fc.array(inner, { maxLength: 5 }))
      .map(([head, lines]) => `${head} {\n${lines.join("\n")}\n}`),
  );
  return fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
};

const block = fc
  .constantFrom(
    "",
    "global_defs",
    "vrrp_script",
    "track_file",
    "vrrp_track_process",
    "vrrp_sync_group",
    "vrrp_instance",
  )
  .chain((name) =>
    bodyOf(Object.keys(KEYWORDS[name]!)).map((body) =>
      name === ""
        ? body
        : `${name} s {\ninterface eth0\nvirtual_router_id 7\nscript /s\nfile /f\nprocess p\ngroup { s }\nvirtual_ipaddress { 192.0.2.7 }\n${body}\n}`,
    ),
  );

const anyMeaning = named(
  "any keywords of a keepalived.conf: refused as a whole, or a plan; warnings are bounded single lines",
  200,
  fc.property(fc.array(block, { maxLength: 5 }), fc.boolean(), (blocks, partial) => {
    const env = { VRRPD_LVS: "ignore", VRRPD_PARTIAL: partial ? "on" : "off" };
    let intent: Intent;
    try {
      intent = readText(blocks.join("\n"), { env });
    } catch (error) {
      ok(error instanceof ConfigurationError, String(error));
      ok(!/[\r\t]/.test(error.message));
      return;
    }
    const facts = host({ eth0: ["192.0.2.1/24", "2001:db8::5/64", "fe80::5/64"] });
    const made = plan(intent, facts, FIRST_LOOK);
    ok(made.routers.size === intent.instances.length);
    ok(made.warnings.length <= 2 * LIMITS.warnings);
    ok(made.warnings.map(formatWarning).every((line) => !/[\r\n]/.test(line)));
  }),
);

export const KEEPALIVED_PROPERTIES = [anyFile, anyMeaning];
