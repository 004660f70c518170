/** Configurations of a few files, without a file system. */
import { dirname, join } from "node:path";
import { readDaemonSettings } from "../../../src/config/env/daemon.js";
import type { Intent } from "../../../src/config/intent.js";
import { parseKeepalivedConf } from "../../../src/config/keepalived/parser.js";
import { keepalivedSource } from "../../../src/config/keepalived/source.js";
import type { ParsedFile, ReadFiles, Statement } from "../../../src/config/keepalived/statement.js";
import { routingNames } from "../../../src/host/netlink/names.js";

const FOLDER = "/etc/keepalived";

/** Files by path below `/etc/keepalived`; a `*` in a pattern stands for anything. */
export function parseFiles(files: Files, id = "r1"): ParsedFile {
  return parseKeepalivedConf(`${FOLDER}/keepalived.conf`, files["keepalived.conf"]!, {
    read: readerOf(files),
    id,
  });
}

type Files = Readonly<Record<string, string>>;

export interface ReadOptions {
  readonly id?: string;
  /** That this host has; left out: all. */
  readonly interfaces?: readonly string[];
  /** Alternative names, and whose. */
  readonly alternatives?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly balances?: boolean;
  /** Of this host, beside `root` and `nobody`. */
  readonly users?: readonly string[];
}

/** What the file asks for; what vrrpd does not do is left out, unless `env` says otherwise. Throws `ConfigurationError`. */
export function readFiles(files: Files, options: ReadOptions = {}): Intent {
  const { id = "r1", interfaces, alternatives = {}, balances = false, users = [] } = options;
  const env = options.env ?? { VRRPD_LVS: "ignore", VRRPD_PARTIAL: "on" };
  const known = ["root", "nobody", "nogroup", ...users];
  return keepalivedSource({
    path: `${FOLDER}/keepalived.conf`,
    text: files["keepalived.conf"]!,
    name: "keepalived",
    read: readerOf(files),
    id,
    daemon: readDaemonSettings(env),
  }).read({
    whyUnknown: ({ user, group }) =>
      known.includes(user) && (group === null || known.includes(group)) ? null : "is not known on this host",
    whyUnknownGroup: (group) => (known.includes(group) ? null : "is not known on this host"),
    interfaceNamed: (name) => alternatives[name] ?? ((interfaces?.includes(name) ?? true) ? name : null),
    hasIpvsServices: () => balances,
    routingNames: routingNames("/nowhere"),
  });
}

export function readText(text: string, options?: ReadOptions): Intent {
  return readFiles({ "keepalived.conf": text }, options);
}

const VIP = "virtual_ipaddress { 192.0.2.100 }";

/** An instance that is whole, with these lines in it. */
export function instance(lines: string, more = ""): string {
  const vip = lines.includes("virtual_ipaddress {") ? "" : VIP;
  return `${more}\nvrrp_instance V {\ninterface eth0\nvirtual_router_id 7\n${lines}\n${vip}\n}`;
}

function readerOf(files: Files): ReadFiles {
  return (pattern, from) => {
    const path = join(dirname(from), pattern.startsWith("/") ? `../..${pattern}` : pattern);
    const match = new RegExp(`^${path.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`);
    const found = Object.keys(files)
      .map((name) => `${FOLDER}/${name}`)
      .filter((name) => match.test(name))
      .sort();
    if (found.length > 0)
      return found.map((name) => ({ path: name, text: files[name.slice(FOLDER.length + 1)]! }));
    const fault = pattern.includes("*") ? "noMatch" : "missing";
    return [{ path, fault, reason: "does not exist" }];
  };
}

export function parseText(text: string, id?: string): ParsedFile {
  return parseFiles({ "keepalived.conf": text }, id);
}

/** A tree as nested lists: keyword and words, then the block, if there is one. */
export type Shape = string | readonly [string, readonly Shape[]];

export function shapeOf(statements: readonly Statement[]): Shape[] {
  return statements.map(({ keyword, words, children }) => {
    const line = [keyword, ...words].join("|");
    return children === null ? line : [line, shapeOf(children)];
  });
}
