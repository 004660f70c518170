/**
 * Accept rules at the head of a chain that exists in the filter table. The comment `vrrpd:<name>` marks them, so that
 * they are inserted once, brought up to date when the peers change, and found again after a crash.
 */
import { type Family, parseAddress } from "../../base/address.js";
import { VRRP_PROTOCOL } from "../../wire/vrrp.js";
import {
  describeFailure,
  firewallError,
  isInstalled,
  lastWords,
  runProgram,
  runProgramOk,
} from "./program.js";
import { type FirewallContext, type Rule, rulesOf } from "./rules.js";

const PROGRAM: Readonly<Record<Family, string>> = { ipv4: "iptables", ipv6: "ip6tables" };
const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];
/** Seconds to wait for the lock that other users of iptables hold. */
const WAIT = ["-w", "5"];

/** A family whose rules have no place in iptables. */
export interface AbsentChain {
  readonly family: Family;
  readonly sentence: string;
}

export async function applyIptables(
  chain: string,
  context: FirewallContext,
): Promise<{ actions: readonly string[]; absent: readonly AbsentChain[] }> {
  const actions: string[] = [];
  const absent: AbsentChain[] = [];
  for (const family of context.families) {
    const listing = await listRules(family, chain, context.name);
    if (listing.type === "absent") {
      absent.push({ family, sentence: listing.sentence });
      continue;
    }
    const wanted = rulesOf(context, family);
    const missing = wanted.filter((rule) => !listing.rules.some((present) => isSame(rule, present)));
    actions.push(...(await removeRules(family, chain, context.name, surplus(listing.rules, wanted))));
    for (const rule of missing) {
      await runProgramOk(PROGRAM[family], [...WAIT, "-I", chain, "1", ...words(rule, context.name)]);
      actions.push(`${describe(family, rule)} was inserted at the head of chain ${chain}`);
    }
  }
  return { actions, absent };
}

export async function removeIptables(chain: string, context: FirewallContext): Promise<readonly string[]> {
  const actions: string[] = [];
  for (const family of FAMILIES) {
    const listing = await listRules(family, chain, context.name);
    if (listing.type === "absent") continue;
    actions.push(...(await removeRules(family, chain, context.name, listing.rules)));
  }
  return actions;
}

/** The rules of this configuration that are there. `isWhole`: each family has the chain. */
export async function listIptables(
  chain: string,
  context: FirewallContext,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const listings: Listing[] = [];
  for (const family of context.families) listings.push(await listRules(family, chain, context.name));
  return { text: JSON.stringify(listings), isWhole: listings.every(({ type }) => type === "present") };
}

type Listing =
  | { readonly type: "present"; readonly rules: readonly Rule[] }
  | { readonly type: "absent"; readonly sentence: string };

/** The rules of this configuration in the chain. */
async function listRules(family: Family, chain: string, name: string): Promise<Listing> {
  const program = PROGRAM[family];
  if (!(await isInstalled(program))) {
    return { type: "absent", sentence: `${program} is not installed, so there is no chain ${chain}` };
  }
  const { exitCode, output } = await runProgram(program, [...WAIT, "-S", chain]);
  if (exitCode === 0) return { type: "present", rules: parseRules(output, name) };
  // The second form is how iptables on nf_tables speaks of a chain that does not exist.
  if (/No chain\/target\/match by that name|chain .* is incompatible/.test(output)) {
    const sentence = `chain ${chain} does not exist in the filter table of ${program} (${lastWords(output)})`;
    return { type: "absent", sentence };
  }
  throw firewallError(describeFailure(program, exitCode, output));
}

function parseRules(listing: string, name: string): Rule[] {
  const rules: Rule[] = [];
  for (const line of listing.split("\n")) {
    const [, quoted, plain] = / --comment (?:"([^"]*)"|(\S+))/.exec(line) ?? [];
    if ((quoted ?? plain) !== commentOf(name)) continue;
    const [, option, text] = / -([sd]) ([0-9a-fA-F.:]+)/.exec(line) ?? [];
    const address = parseAddress(text ?? "");
    if (address !== null)
      rules.push({ match: option === "s" ? "source" : "destination", address: address.text });
  }
  return rules;
}

async function removeRules(
  family: Family,
  chain: string,
  name: string,
  rules: readonly Rule[],
): Promise<string[]> {
  for (const rule of rules) {
    await runProgramOk(PROGRAM[family], [...WAIT, "-D", chain, ...words(rule, name)]);
  }
  return rules.map((rule) => `${describe(family, rule)} was removed from chain ${chain}`);
}

/** Those that are not wanted, and the repetitions of those that are. */
function surplus(present: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  return present.filter(
    (rule, index) =>
      !wanted.some((other) => isSame(rule, other)) ||
      present.findIndex((other) => isSame(rule, other)) !== index,
  );
}

function words(rule: Rule, name: string): string[] {
  const match = rule.match === "source" ? ["-s", rule.address] : ["-d", rule.address];
  return [
    "-p",
    String(VRRP_PROTOCOL),
    ...match,
    "-m",
    "comment",
    "--comment",
    commentOf(name),
    "-j",
    "ACCEPT",
  ];
}

function commentOf(name: string): string {
  return `vrrpd:${name}`;
}

function isSame(a: Rule, b: Rule): boolean {
  return a.match === b.match && a.address === b.address;
}

function describe(family: Family, rule: Rule): string {
  const direction = rule.match === "source" ? "from" : "to";
  return `the ${PROGRAM[family]} rule that accepts VRRP ${direction} ${rule.address}`;
}
