/** The environment as a whole, what a plan makes of it, and commands. */
import { deepStrictEqual, ok } from "node:assert";
import fc from "fast-check";
import { addressFromBytes, formatWithPrefix } from "../../src/base/address.js";
import { groupsOf } from "../../src/config/env/intent.js";
import { readVariables } from "../../src/config/env/table.js";
import { formatProblem, parseEnvironment, VARIABLE_NAMES } from "../../src/config/index.js";
import { prioritiesOf } from "../../src/config/plan/priorities.js";
import { joinWords, splitWords } from "../../src/config/words.js";
import { planOf } from "../config/support.js";
import { named } from "./property.js";

const LIKELY = [
  "on",
  "off",
  "2",
  "0",
  "/x",
  "192.0.2.1",
  "192.0.2.1-9",
  "2001:db8::1-f",
  "fast",
  "auto",
  "true",
];
const name = fc.constantFrom(...VARIABLE_NAMES, "VRRPD_X", "OPENSHIFT_HA_", "HA_EXCLUDED");
const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."0123456789.:/-, \t\n\"'abcdefx") }),
  fc.constantFrom(...LIKELY),
);

export const anyEnvironment = named(
  "any strings: never throws, an intent if and only if there is no problem, all lines single",
  500,
  fc.property(fc.dictionary(name, value), (env) => {
    const { intent, problems, warnings } = parseEnvironment(env);
    const lines = [...problems.map(formatProblem), ...warnings.map(({ text }) => text)];
    ok(lines.every((line) => !/[\r\n]/.test(line)));
    deepStrictEqual(intent === null, problems.length > 0);
  }),
);

const virtualAddress = fc.oneof(
  fc.nat(255).map((octet) => `203.0.113.${octet}/32`),
  fc.nat(0xffff).map((group) => `${addressFromBytes(ipv6Bytes(group)).text}/128`),
);
const sharing = fc.record({
  listed: fc.uniqueArray(virtualAddress, { minLength: 1, maxLength: 60 }),
  groups: fc.nat(70),
  offset: fc.nat(100),
  excluded: fc.uniqueArray(fc.integer({ min: 1, max: 160 }), { maxLength: 40 }),
});

export const nothingLostInThePlan = named(
  "however the addresses are grouped, the virtual routers hold each once and no other, under ids of their own",
  300,
  fc.property(sharing, ({ listed, groups, offset, excluded }) => {
    const env = {
      OPENSHIFT_HA_VIRTUAL_IPS: listed.join(),
      OPENSHIFT_HA_VIP_GROUPS: String(groups),
      OPENSHIFT_HA_VRRP_ID_OFFSET: String(offset),
      HA_EXCLUDED_VRRP_IDS: excluded.join(),
    };
    const grouped = groupsOf(readVariables(env).values);
    deepStrictEqual(
      grouped.flatMap((group) => group.virtualAddresses.map(formatWithPrefix)),
      listed,
    );
    const ids = grouped.map((group) => group.virtualRouterId);
    deepStrictEqual(new Set(ids).size, ids.length);
    ok(ids.every((id) => id >= 1 && id <= 255 && !excluded.includes(id)));
    const { routers } = planOf(env).core;
    const held = routers.flatMap((router) => router.virtualAddresses.map(formatWithPrefix));
    deepStrictEqual(held.sort(), [...listed].sort());
    const own = (router: (typeof routers)[0]) =>
      router.virtualAddresses.every(({ address }) => address.family === router.family);
    ok(routers.every(own), "and none of the other family");
  }),
);

export const prioritiesAreNeverSpecial = named(
  "whatever the node and the replicas: every priority lies within 1..254",
  100,
  fc.property(
    fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
    fc.integer({ min: 1, max: 300 }),
    (bytes, replicas) => {
      const groups = Array.from({ length: 255 }, (_, index) => ({
        ...{ number: index + 1, virtualRouterId: index + 1, virtualAddresses: [] },
      }));
      const preempt = { mode: "delay", delaySeconds: 300 } as const;
      const priorities = prioritiesOf(groups, addressFromBytes(bytes), replicas, preempt);
      ok(priorities.every((one) => Number.isInteger(one) && one >= 1 && one <= 254));
    },
  ),
);

const wordCharacter = fc.constantFrom("a", " ", "\t", "'", '"', "\\", "x", "0", "\n", "ü");

export const wordsSurvive = named(
  "joined words split into the same words",
  300,
  fc.property(fc.array(fc.string({ unit: wordCharacter })), (words) => {
    deepStrictEqual(splitWords(joinWords(words)), { words });
  }),
);

export const anyCommand = named(
  "any line is words or refused for a reason",
  300,
  fc.property(fc.oneof(fc.string({ unit: wordCharacter }), fc.string({ unit: "binary" })), (line) => {
    const split = splitWords(line);
    if ("reason" in split) ok(split.reason !== "");
    else ok(split.words.join("").length <= line.length);
  }),
);

function ipv6Bytes(group: number): Uint8Array {
  return Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, group >> 8, group & 255);
}

export const ENVIRONMENT_PROPERTIES = [
  anyEnvironment,
  nothingLostInThePlan,
  prioritiesAreNeverSpecial,
  wordsSurvive,
  anyCommand,
];
