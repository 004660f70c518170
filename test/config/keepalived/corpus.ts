/** Files as people write them, with the host that each was tried on, and what Keepalived 2.2.7 made of it there. */
import { readFileSync } from "node:fs";

interface HostFile {
  readonly text: string;
  /** Octal. */
  readonly mode?: string;
}

export interface CorpusHost {
  readonly hostname: string;
  readonly interfaces: Readonly<
    Record<string, readonly string[] | { readonly addresses: readonly string[]; readonly up?: boolean }>
  >;
  /** By their paths below /etc/keepalived. */
  readonly files: Readonly<Record<string, string | HostFile>>;
  /** Octal, of folders below /etc/keepalived. */
  readonly dirmodes?: Readonly<Record<string, string>>;
}

export interface SeenAddress {
  /** With its prefix length. */
  readonly address: string;
  readonly dev: string;
}

export interface SeenTrack {
  readonly name: string;
  readonly weight: number;
  readonly reverse?: boolean;
}

/** An instance in Keepalived's own dump. */
export interface SeenInstance {
  readonly interface: string;
  readonly family: string;
  readonly version: number;
  readonly virtual_router_id: number;
  readonly priority: number;
  readonly advert_int_ms: number;
  readonly nopreempt: boolean;
  readonly preempt_delay_s: number;
  readonly auth_pass: string | null;
  readonly unicast_peers: readonly string[];
  readonly dont_track_primary: boolean;
  readonly addresses: readonly SeenAddress[];
  readonly excluded: readonly SeenAddress[];
  readonly track_scripts: readonly SeenTrack[];
  readonly track_interfaces: readonly SeenTrack[];
  readonly track_files: readonly SeenTrack[];
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  readonly notify: Readonly<Record<string, readonly string[]>>;
  readonly garp: Readonly<Record<string, number>>;
  /** At the end of the run. */
  readonly state: string;
  readonly effective_priority: number;
}

/** As `ip -j address` has it; what is as usual is left out. */
export interface KernelAddress {
  readonly address: string;
  readonly scope: string;
  readonly label?: string;
  readonly broadcast?: string;
  readonly peer?: string;
  readonly deprecated?: true;
  readonly nodad?: true;
}

/** The first of its source, destination, id and version. */
export interface SeenAdvert {
  /** `link-local`: the kernel's own address of the interface. */
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly version: number;
  readonly virtual_router_id: number;
  readonly priority: number;
  readonly addresses: readonly string[];
  readonly auth_type?: number;
  readonly auth_data?: string;
  readonly advert_int_s?: number;
  readonly max_advert_int_cs?: number;
}

export interface CorpusCase {
  readonly name: string;
  readonly text: string;
  readonly host: CorpusHost;
  readonly options: { readonly id?: string; readonly seconds?: number };
  readonly decisive: {
    readonly verdict: "accepted" | "accepted with warnings" | "refused";
    readonly exit_code: number | null;
    readonly instances?: Readonly<Record<string, SeenInstance>>;
    /** By interface, at the end of the run. */
    readonly kernel?: Readonly<Record<string, readonly KernelAddress[]>> | null;
    readonly adverts?: readonly SeenAdvert[];
  };
}

/** Files as people write them. */
export const CORPUS = casesIn("corpus/");
/** More of them, written for what the first ones lack. */
export const MORE = casesIn("more/");

/** `index.json` there says what Keepalived made of each. */
function casesIn(name: string): readonly CorpusCase[] {
  const folder = new URL(name, import.meta.url);
  const textOf = (file: string) => readFileSync(new URL(file, folder), "utf8");
  const index = JSON.parse(textOf("index.json")) as Record<string, Omit<CorpusCase, "name" | "text">>;
  return Object.entries(index).map(([name, entry]) => ({ ...entry, name, text: textOf(`${name}.conf`) }));
}

/** The name that `@name` conditions are compared with. */
export function idOf({ options, host }: CorpusCase): string {
  return options.id ?? host.hostname;
}

/** All files below /etc/keepalived, as texts. */
export function filesOf({ text, host }: CorpusCase): Record<string, string> {
  const others = Object.entries(host.files).map(([path, file]) => [
    path,
    typeof file === "string" ? file : file.text,
  ]);
  return { ...Object.fromEntries(others), "keepalived.conf": text };
}
