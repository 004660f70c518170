/** Runs our daemon on a keepalived.conf, on the host for which Keepalived was asked, and shows it as Keepalived was shown. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CorpusCase, KernelAddress } from "../../config/keepalived/corpus.js";
import { startVrrpd, VRRPD } from "../../lab/daemons/vrrpd.js";
import { statusOf } from "../../lab/status.js";
import type { InterfaceDescription } from "../../netns/description.js";
import { createLan, type Host, type HostProcess, type Lan } from "../../netns/index.js";

const FOLDER = "/etc/keepalived";
const CONF = `${FOLDER}/keepalived.conf`;
const LOOPBACK = "lo";
/** Of a neighbour that is not there, so that unicast adverts leave the host. */
const NOBODY = "02:00:00:00:ff:01";

export type Kernel = Readonly<Record<string, readonly KernelAddress[]>>;

/** A host of the LAN with the case's interfaces and files, and vrrpd on it. */
export interface Trial {
  readonly one: CorpusCase;
  readonly host: Host;
  readonly before: Kernel;
  readonly daemon: HostProcess;
  readonly startedAt: number;
}

/** One LAN on which no host hears another one. */
export async function createHosts(cases: readonly CorpusCase[]): Promise<Lan> {
  const hosts = cases.map((one, index) => [
    nameOf(index),
    { attached: false, interfaces: interfacesOf(one, index + 1) },
  ]);
  return createLan({
    hosts: Object.fromEntries(hosts),
    isolated: true,
    privateDirectories: [FOLDER, "/run/vrrpd"],
  });
}

export function nameOf(index: number): string {
  return `host-${index + 1}`;
}

function interfacesOf({ host }: CorpusCase, number: number): Record<string, InterfaceDescription> {
  const described = Object.entries(host.interfaces)
    .filter(([name]) => name !== LOOPBACK)
    .map(([name, given], index) => {
      const mac = `02:00:00:00:${hex(number)}:${hex(0x10 + index)}`;
      return [name, { ...("addresses" in given ? given : { addresses: given }), mac }] as const;
    });
  return Object.fromEntries(described);
}

function addressesOf(given: CorpusCase["host"]["interfaces"][string]): readonly string[] {
  return "addresses" in given ? given.addresses : given;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** @param environment beside the file */
export async function start(
  one: CorpusCase,
  host: Host,
  environment: Readonly<Record<string, string>>,
): Promise<Trial> {
  const before = await prepare(one, host);
  const daemon = startVrrpd(host, environment, [...VRRPD, ...optionsOf(one)], CONF);
  return { one, host, before, daemon, startedAt: performance.now() };
}

/** The host as the case has it, before any daemon. */
export async function prepare(one: CorpusCase, host: Host): Promise<Kernel> {
  writeFiles(one, host);
  for (const address of addressesOf(one.host.interfaces[LOOPBACK] ?? []))
    await host.ok(["ip", "address", "add", address, "dev", LOOPBACK]);
  for (const peer of peersIn(one)) await addNeighbour(host, peer, Object.keys(one.host.interfaces));
  await host.ok(["hostname", one.host.hostname]);
  return kernelOf(host);
}

/** Keepalived was asked with -P. */
function optionsOf({ options: { id } }: CorpusCase): string[] {
  return ["--vrrp", ...(id === undefined ? [] : ["--config-id", id])];
}

/** Below /etc/keepalived, which the host has for itself. */
export function writeFiles({ text, host: { files, dirmodes = {} } }: CorpusCase, host: Host): void {
  const all = { ...files, "keepalived.conf": text };
  const at = (name: string) => host.pathOf(join(FOLDER, name));
  for (const [name, file] of Object.entries(all)) {
    const { text, mode } = typeof file === "string" ? { text: file, mode: undefined } : file;
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
    chmodSync(at(name), Number.parseInt(mode ?? (text.startsWith("#!") ? "755" : "644"), 8));
  }
  for (const [name, mode] of Object.entries(dirmodes)) chmodSync(at(name), Number.parseInt(mode, 8));
}

function peersIn({ text, host }: CorpusCase): string[] {
  const texts = [
    text,
    ...Object.values(host.files).map((file) => (typeof file === "string" ? file : file.text)),
  ];
  const blocks = texts.flatMap((one) =>
    [...one.matchAll(/unicast_peer\s*\{([^}]*)\}/g)].map(([, block]) => block!),
  );
  return [...new Set(blocks.flatMap((block) => block.match(/[0-9a-fA-F]*[.:][0-9a-fA-F.:]+/g) ?? []))];
}

async function addNeighbour(host: Host, peer: string, interfaces: readonly string[]): Promise<void> {
  const { stdout } = await host.run(["ip", "-j", "route", "get", peer]);
  const [route] = JSON.parse(stdout || "[]") as { dev: string; gateway?: string }[];
  if (route === undefined || !interfaces.includes(route.dev)) return;
  const next = route.gateway ?? peer;
  await host.run(["ip", "neigh", "replace", next, "lladdr", NOBODY, "dev", route.dev, "nud", "permanent"]);
}

/** As the oracle shows it: without loopback, and without the kernel's own link-local addresses. */
export async function kernelOf(host: Host): Promise<Kernel> {
  const links = JSON.parse(await host.ok(["ip", "-j", "address"])) as IpLink[];
  return Object.fromEntries(
    links
      .filter(({ ifname }) => ifname !== LOOPBACK)
      .map(({ ifname, addr_info }) => [
        ifname,
        addr_info
          .filter(({ local }) => !isOwnLinkLocal(local))
          .map((one) => shown(one, ifname))
          .sort(byText),
      ]),
  );
}

interface IpLink {
  readonly ifname: string;
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
    readonly label?: string;
    readonly broadcast?: string;
    readonly address?: string;
    readonly deprecated?: true;
    readonly nodad?: true;
  }[];
}

function shown(one: IpLink["addr_info"][number], on: string): KernelAddress {
  const { local, prefixlen, scope, label, broadcast, address: peer, deprecated, nodad } = one;
  return {
    address: `${local}/${prefixlen}`,
    scope,
    ...(label === undefined || label === on ? {} : { label }),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(peer === undefined ? {} : { peer }),
    ...(deprecated ? { deprecated } : {}),
    ...(nodad ? { nodad } : {}),
  };
}

export function isOwnLinkLocal(address: string): boolean {
  return address.startsWith("fe80::ff:fe00:");
}

export function byText(a: object, b: object): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

type States = Record<string, { readonly state: string; readonly priority: number | null }>;

/**
 * What the daemon says of its instances, and whether it says that something is wrong; of nothing while it does not answer.
 * @param problemsToo what it found out on this host counts as well
 */
export async function pictureOf(
  host: Host,
  problemsToo: boolean,
): Promise<{ states: States; warned: boolean }> {
  try {
    const { instances, warnings, problems } = await statusOf(host);
    const states = instances.map(({ name, state, priority }) => [name, { state, priority }] as const);
    // What is left out is compared as Keepalived runs without it, where it says nothing.
    const others = warnings.filter((one) => !JSON.stringify(one).includes("VRRPD_PARTIAL"));
    const warned = others.length > 0 || (problemsToo && problems.length > 0);
    return { states: Object.fromEntries(states), warned };
  } catch {
    return { states: {}, warned: false };
  }
}

/** What is said of the file without variables. */
export async function refusalOf({ one, host }: Trial): Promise<{ code: number | null; stderr: string }> {
  return host.run([...VRRPD, "check", ...optionsOf(one), "--config", CONF]);
}
