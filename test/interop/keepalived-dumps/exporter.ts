/**
 * What the exporter that is used beside Keepalived finds in its dumps: the lines that it looks for, what it takes of them,
 * and where it gives up. Written anew after its parsers.
 */

export interface ExportedInstance {
  readonly name: string;
  state?: number;
  wantState?: number;
  interface?: string;
  announceDelay?: number;
  virtualRouterId?: number;
  /** As the lines have them. */
  readonly addresses: string[];
}

export interface ExportedScript {
  readonly name: string;
  status?: number;
  state?: number;
}

const STATES = ["INIT", "BACKUP", "MASTER", "FAULT"];
const STATUSES = ["BAD", "GOOD"];
const SCRIPT_STATES = ["idle", "running", "requested termination", "forcing termination"];

/** keepalived.data. @throws {Error} where the exporter does */
export function exportedInstances(text: string): Map<string, ExportedInstance> {
  const found = new Map<string, ExportedInstance>();
  let instance: ExportedInstance | null = null;
  let key = "";
  for (const line of linesOf(text)) {
    if (line.startsWith(" VRRP Instance") && line.includes("=")) {
      const name = split(line, "=")[1]!;
      instance = { name, addresses: [] };
      found.set(name, instance);
    } else if (line.startsWith("   ") && instance !== null) {
      let value = line.trim();
      if (!line.startsWith("     ")) {
        const separator = line.includes("=") ? "=" : ":";
        if (!line.includes(separator)) continue;
        const parts = split(line, separator);
        key = parts[0]!;
        value = parts[1]!;
        if (key === "Virtual IP") continue;
      }
      if ((key.startsWith("Virtual IP (") || key === "Virtual IP") && value !== "")
        instance.addresses.push(value);
      take(instance, key, value);
    } else if (!line.startsWith(" VRRP Version") && !line.startsWith(" VRRP Script")) instance = null;
  }
  return found;
}

function take(instance: ExportedInstance, key: string, value: string): void {
  if (key === "State") instance.state = indexIn(STATES, value);
  else if (key === "Wantstate") instance.wantState = indexIn(STATES, value);
  else if (key === "Interface" || key === "Listening device") instance.interface = value;
  else if (key === "Gratuitous ARP delay") instance.announceDelay = whole(value);
  else if (key === "Virtual Router ID") instance.virtualRouterId = whole(value);
}

/** The scripts of keepalived.data. @throws {Error} for a status or a state that it does not know */
export function exportedScripts(text: string): ExportedScript[] {
  const found: ExportedScript[] = [];
  let script: ExportedScript | null = null;
  for (const line of linesOf(text)) {
    if (line.startsWith(" VRRP Script") && line.includes("=")) {
      script = { name: split(line, "=")[1]! };
      found.push(script);
    } else if (line.startsWith("   ") && script !== null) {
      const [key, value] = split(line, "=");
      if (value === undefined) continue;
      if (key === "Status") script.status = indexIn(STATUSES, value);
      else if (key === "State") script.state = indexIn(SCRIPT_STATES, value);
    } else script = null;
  }
  return found;
}

/** By instance, "section: counter". @throws {Error} where a value is no whole number */
export function exportedStats(text: string): Map<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>();
  let counters: Record<string, number> | null = null;
  let section = "";
  for (const line of linesOf(text)) {
    if (line.startsWith("VRRP Instance") && line.includes(":")) {
      counters = {};
      found.set(split(line, ":")[1]!, counters);
    } else if (line.startsWith("  ") && line.endsWith(":")) section = split(line, ":")[0]!;
    else if (line.startsWith("  ") && counters !== null) {
      const [key, value] = split(line, ":");
      if (!line.startsWith("    ")) section = "";
      counters[section === "" ? key! : `${section}: ${key}`] = whole(value!);
    }
  }
  return found;
}

export interface ExportedJson {
  readonly data: {
    readonly iname: string;
    readonly state: number;
    readonly wantstate: number;
    readonly ifp_ifname: string;
    readonly garp_delay: number;
    readonly vrid: number;
    readonly vips?: readonly string[];
  };
  readonly stats: Readonly<Record<string, number>>;
}

const TEXTS = ["iname", "ifp_ifname"];
const NUMBERS = ["state", "wantstate", "garp_delay", "vrid"];
const COUNTERS = [
  "advert_rcvd",
  "advert_sent",
  "become_master",
  "release_master",
  "packet_len_err",
  "advert_interval_err",
  "ip_ttl_err",
  "invalid_type_rcvd",
  "addr_list_err",
  "invalid_authtype",
  "authtype_mismatch",
  "auth_failure",
  "pri_zero_rcvd",
  "pri_zero_sent",
];

/** keepalived.json, of which each field has to be there, with its type. @throws {Error} */
export function exportedJson(text: string): ExportedJson[] {
  const list = JSON.parse(text) as { data: Record<string, unknown>; stats: Record<string, unknown> }[];
  for (const { data, stats } of list) {
    for (const key of TEXTS) if (typeof data[key] !== "string") throw new Error(`${key}: ${data[key]}`);
    for (const key of NUMBERS) whole(String(data[key]));
    for (const key of COUNTERS) whole(String(stats[key]));
    if (!Array.isArray(data.vips ?? [])) throw new Error(`vips: ${data.vips}`);
  }
  return list as unknown as ExportedJson[];
}

/** Address and interface. @throws {Error} where the exporter leaves it out */
export function exportedAddress(line: string): readonly [string, string] {
  const words = line.split(" ");
  if (words.length < 3) throw new Error(`no address: ${line}`);
  return [words[0]!, words[2]!];
}

function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

function split(line: string, separator: string): string[] {
  return line
    .trim()
    .split(separator)
    .map((part) => part.trim());
}

function whole(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`no whole number: ${text}`);
  return Number(text);
}

function indexIn(list: readonly string[], text: string): number {
  const index = list.indexOf(text);
  if (index < 0) throw new Error(`none of ${list.join(", ")}: ${text}`);
  return index;
}
