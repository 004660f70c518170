/** The rules of iptables and ip6tables as `iptables-save` prints them: only of tables that are in use. */
import type { Action, Chain, Matching, Rule } from "./model.js";
import { all, not } from "./model.js";
import { type FilterPacket, isInterface, isNewConnection, isWithin, VRRP_NAMES } from "./packet.js";

/** Where a packet of this host enters, table by table; `nat` sees only what is translated, which adverts are not. */
const ENTRANCES: readonly { readonly table: string; readonly in: string[]; readonly out: string[] }[] = [
  { table: "raw", in: ["PREROUTING"], out: ["OUTPUT"] },
  { table: "mangle", in: ["PREROUTING", "INPUT"], out: ["OUTPUT", "POSTROUTING"] },
  { table: "filter", in: ["INPUT"], out: ["OUTPUT"] },
];

/** One built-in chain that the packet enters, with the chains of its table. */
export interface EnteredTable {
  readonly table: string;
  readonly base: string;
  readonly chains: ReadonlyMap<string, Chain>;
}

export function readIptables(listing: string, packet: FilterPacket): EnteredTable[] {
  const tables = readTables(listing, packet);
  return ENTRANCES.flatMap((entrance) =>
    entrance[packet.direction].flatMap((base) => {
      const chains = tables.get(entrance.table);
      return chains === undefined ? [] : [{ table: entrance.table, base, chains }];
    }),
  );
}

/** Chains by table and name, their rules looked at for this packet. */
function readTables(listing: string, packet: FilterPacket): Map<string, Map<string, Chain>> {
  const tables = new Map<string, Map<string, { rules: Rule[]; policy: Chain["policy"] }>>();
  let chains = new Map<string, { rules: Rule[]; policy: Chain["policy"] }>();
  for (const line of listing.split("\n")) {
    const words = wordsOf(line);
    const [first = "", second = ""] = words;
    if (first.startsWith("*")) {
      chains = new Map();
      tables.set(first.slice(1), chains);
    } else if (first.startsWith(":")) {
      chains.set(first.slice(1), { rules: [], policy: POLICIES[second] ?? null });
    } else if (first === "-A") {
      chains.get(second)?.rules.push(readRule(line, words.slice(2), packet));
    }
  }
  return tables;
}

/** A chain of the user's has none: `-`. */
const POLICIES: Readonly<Record<string, Chain["policy"]>> = { ACCEPT: "accept", DROP: "drop" };

/** Quoted comments are one word. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

/** What each option takes, and whether the packet has it. */
const OPTIONS: Readonly<Record<string, (value: string, packet: FilterPacket) => Matching>> = {
  "-p": (value) => value === "all" || VRRP_NAMES.includes(value),
  "-d": (value, packet) => isWithin(packet.destination, value),
  "-s": (value, packet) => isWithin(packet.source, value),
  "-i": (value, packet) => packet.direction === "in" && isInterface(packet.interface, value),
  "-o": (value, packet) => packet.direction === "out" && isInterface(packet.interface, value),
  "--ctstate": (value) => isNewConnection(value.split(",")),
  "--state": (value) => isNewConnection(value.split(",")),
  "--comment": () => true,
  "-m": () => true,
};
/** Targets after which the packet goes on. */
const GOES_ON: readonly string[] = [
  "LOG",
  "NFLOG",
  "MARK",
  "CONNMARK",
  "CT",
  "NOTRACK",
  "TRACE",
  "TOS",
  "DSCP",
  "CLASSIFY",
];

function readRule(line: string, words: readonly string[], packet: FilterPacket): Rule {
  const conditions: Matching[] = [];
  let action: Action = { type: "continue" };
  let negated = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word === "!") {
      negated = true;
      continue;
    }
    const value = words[index + 1] ?? "";
    if (word === "-j" || word === "-g") {
      action = actionOf(word, value);
      break;
    }
    const option = OPTIONS[word];
    if (option !== undefined) {
      const matching = option(value, packet);
      conditions.push(negated ? not(matching) : matching);
      index += 1;
    } else if (word.startsWith("-")) conditions.push(null);
    negated = false;
  }
  return { text: line, matching: all(conditions), action };
}

function actionOf(option: "-j" | "-g", target: string): Action {
  if (target === "ACCEPT") return { type: "accept" };
  if (target === "DROP" || target === "REJECT") return { type: "drop" };
  if (target === "RETURN") return { type: "return" };
  if (GOES_ON.includes(target)) return { type: "continue" };
  return { type: option === "-j" ? "jump" : "goto", chain: target };
}
