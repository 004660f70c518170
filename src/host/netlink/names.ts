/** Names that iproute2's files give to numbers of rtnetlink, read when one is asked for. */
import { readFileSync } from "node:fs";
import type { RoutingNames } from "../../config/source.js";

const FOLDER = "/etc/iproute2";
const PROTOCOLS = "/etc/protocols";
/** Nobody has more of them. */
const MOST_BYTES = 256 * 1024;

type Kind = Parameters<RoutingNames>[0];

const FILES: Readonly<Record<Exclude<Kind, "ipproto">, string>> = {
  table: "rt_tables",
  scope: "rt_scopes",
  protocol: "rt_protos",
  realm: "rt_realms",
  dsfield: "rt_dsfield",
  group: "group",
};

/** What has no name in a file is called so. */
const DEFAULTS: Partial<Readonly<Record<Kind, Readonly<Record<string, number>>>>> = {
  table: { default: 253, main: 254, local: 255 },
  scope: { global: 0, nowhere: 255, host: 254, link: 253, site: 200 },
  protocol: {
    none: 0,
    redirect: 1,
    kernel: 2,
    boot: 3,
    static: 4,
    gated: 8,
    ra: 9,
    mrt: 10,
    zebra: 11,
    bird: 12,
    dnrouted: 13,
    xorp: 14,
    ntk: 15,
    dhcp: 16,
    keepalived: 18,
    babel: 42,
  },
};

/** @param folder another one in the place of iproute2's */
export function routingNames(folder = FOLDER): RoutingNames {
  const read = new Map<Kind, ReadonlyMap<string, number>>();
  return (kind, name) => {
    let names = read.get(kind);
    if (names === undefined) {
      names =
        kind === "ipproto"
          ? protocolsOf(textOf(PROTOCOLS))
          : namesOf(kind, textOf(`${folder}/${FILES[kind]}`));
      read.set(kind, names);
    }
    return names.get(name) ?? null;
  };
}

function namesOf(kind: Kind, text: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const [number, name, ...more] of linesOf(text)) {
    if (name === undefined || more.length > 0 || !/^(0x[\da-f]+|\d+)$/i.test(number!)) continue;
    if (!names.has(name)) names.set(name, Number(number));
  }
  const numbers = new Set(names.values());
  for (const [name, number] of Object.entries(DEFAULTS[kind] ?? {}))
    if (!numbers.has(number) && !names.has(name)) names.set(name, number);
  return names;
}

/** "tcp 6 TCP": the name, the number, other names. */
function protocolsOf(text: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const [name, number, ...others] of linesOf(text))
    if (/^\d+$/.test(number ?? "")) for (const one of [name!, ...others]) names.set(one, Number(number));
  return names;
}

function linesOf(text: string): string[][] {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter(([first]) => first !== "");
}

/** A host without the file has the defaults. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(0, MOST_BYTES);
  } catch {
    return "";
  }
}
