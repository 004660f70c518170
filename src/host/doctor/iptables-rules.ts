/** The rules of iptables and ip6tables as `-S` prints them. */
import type { Action, Chain, Matching, Rule } from "./filter.js";
import { all, not } from "./filter.js";
import { type FilterPacket, isInterface, isNewConnection, isWithin, VRRP_NAMES } from "./packet.js";

/** Chains by name, their rules looked at for this packet. */
export function readIptables(listing: string, packet: FilterPacket): Map<string, Chain> {
  const chains = new Map<string, { rules: Rule[]; policy: Chain["policy"] }>();
  const chain = (name: string) => {
    const known = chains.get(name) ?? { rules: [], policy: null };
    chains.set(name, known);
    return known;
  };
  for (const line of listing.split("\n")) {
    const words = wordsOf(line);
    const [command, name] = words;
    if (name === undefined) continue;
    if (command === "-P") chain(name).policy = words[2] === "DROP" ? "drop" : "accept";
    if (command === "-N") chain(name);
    if (command === "-A") chain(name).rules.push(readRule(line, words.slice(2), packet));
  }
  return chains;
}

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
const GOES_ON: readonly string[] = ["LOG", "NFLOG", "MARK", "CONNMARK", "CT", "NOTRACK", "TRACE"];

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
