/** One host of a LAN, as a test sees it. */
import type { HostDescription } from "./description.js";
import { HarnessError } from "./errors.js";
import { type CommandResult, type ExecuteOptions, execute, executeOk } from "./execute.js";
import { areAllUp, isLocal } from "./local-addresses.js";
import type { Namespace } from "./namespace.js";
import { HostProcess, type StartOptions } from "./process.js";
import type { Direction, Switch } from "./switch.js";

/** One address of `ip -j address`, and where it stands. */
export interface InterfaceAddress {
  readonly interface: string;
  readonly family: "ipv4" | "ipv6";
  /** Without prefix length. */
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: string;
  /** Seconds; null: for ever. */
  readonly validSeconds: number | null;
  readonly preferredSeconds: number | null;
  readonly tentative: boolean;
}

export interface Neighbor {
  readonly interface: string;
  readonly address: string;
  /** Null while it is not resolved. */
  readonly mac: string | null;
  /** `REACHABLE`, `STALE`, `FAILED`… */
  readonly states: readonly string[];
}

export interface HostContext {
  readonly namespace: Namespace;
  readonly switch: Switch;
  readonly interface: string;
  readonly mac: string;
  readonly privateDirectories: readonly string[];
  readonly description: HostDescription;
}

const LISTING_LASTS_MILLIS = 200;

export class Host {
  readonly name: string;
  readonly interface: string;
  readonly mac: string;
  private readonly started: HostProcess[] = [];
  /** By a process, at that time. */
  private listed: ReadonlySet<string> = new Set();
  private listedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly context: HostContext) {
    this.name = context.namespace.name;
    this.interface = context.interface;
    this.mac = context.mac;
  }

  /** Of all interfaces. */
  get macs(): readonly string[] {
    return [this.mac, ...Object.values(this.context.description.interfaces ?? {}).map(({ mac }) => mac)];
  }

  /** Runs a command to its end. */
  run(command: readonly string[], options: ExecuteOptions & StartOptions = {}): Promise<CommandResult> {
    return execute(this.inside(command, options), options);
  }

  /** Runs a command that must exit 0, and returns its stdout. Throws `ECOMMAND` with what it said. */
  ok(command: readonly string[], options: ExecuteOptions & StartOptions = {}): Promise<string> {
    const shown = `"${command.join(" ")}" on ${this.name}`;
    return executeOk(this.inside(command, options), { ...options, shown });
  }

  /** Starts a process that goes on; it is killed with the LAN. */
  start(command: readonly string[], options: StartOptions = {}): HostProcess {
    const started = new HostProcess(this.inside(command, options), command, options);
    this.started.push(started);
    return started;
  }

  /** The port of the switch goes down: this host's interface loses its carrier. */
  async cut(): Promise<void> {
    await this.context.switch.setCarrier(this.name, false);
  }

  async heal(): Promise<void> {
    await this.context.switch.setCarrier(this.name, true);
  }

  /** The switch swallows what this host sends, gets, or both; the carrier stays. */
  async isolate(options: { direction?: Direction } = {}): Promise<void> {
    await this.drop(100, options.direction ?? "both");
  }

  /** Ends `isolate` and `drop`. */
  async rejoin(): Promise<void> {
    await this.drop(0, "both");
  }

  /** The switch loses this share of the frames at random. @param percent 0..100, steps of 0.1 */
  async drop(percent: number, direction: Direction = "both"): Promise<void> {
    if (!(percent >= 0 && percent <= 100)) {
      throw new HarnessError("EDESCRIPTION", `${percent} per cent of frames to drop: 0 to 100 is accepted`);
    }
    await this.context.switch.setLoss(this.name, percent, direction);
  }

  /** Makes the interface, with its addresses, and plugs it into the switch. */
  async attach(): Promise<void> {
    const { namespace, description } = this.context;
    await this.context.switch.plug(namespace, this.interface, this.mac);
    const sysctls = Object.entries(description.sysctls ?? {}).map(([key, value]) => `${key}=${value}`);
    if (sysctls.length > 0) await this.ok(["sysctl", "-q", "-w", ...sysctls]);
    const lines = [
      ...(description.addresses ?? []).map((address) => `address add ${address} dev ${this.interface}`),
      `link set ${this.interface} up`,
      ...(description.gateway ? [`route add default via ${description.gateway} dev ${this.interface}`] : []),
    ];
    await this.ok(["ip", "-batch", "-"], { input: lines.join("\n") });
  }

  /** Makes the interfaces beside it, in their order. */
  async attachOthers(): Promise<void> {
    const { namespace, description } = this.context;
    const others = Object.entries(description.interfaces ?? {});
    for (const [index, [name, { mac }]] of others.entries())
      await this.context.switch.plug(namespace, name, mac, `${this.name}.${index + 1}`);
    const lines = others.flatMap(([name, { addresses = [], up = true }]) => [
      ...(up ? [`link set ${name} up`] : []),
      ...addresses.map(
        (address) => `address add ${address} dev ${name} ${address.includes(":") ? "nodad" : ""}`,
      ),
    ]);
    if (lines.length > 0) await this.ok(["ip", "-batch", "-"], { input: lines.join("\n") });
  }

  /** Takes the interface away, as when a driver is unloaded. */
  async detach(): Promise<void> {
    await this.context.switch.unplug(this.name);
  }

  /** Every address of this host, loopback included. */
  async addresses(): Promise<InterfaceAddress[]> {
    const links = JSON.parse(await this.ok(["ip", "-j", "address"])) as IpLink[];
    return links.flatMap((link) => (link.addr_info ?? []).map((info) => toAddress(link.ifname, info)));
  }

  /** Whether this address, without prefix length, is on any interface. */
  async hasAddress(address: string): Promise<boolean> {
    if (this.answersFor(address)) return true;
    if (areAllUp(this.context.namespace.holderPid, this.pathOf("/sys/class/net"))) return false;
    // It may be on an interface that is down. To ask for that takes a process, so it is done seldom.
    const isRecent = performance.now() - this.listedAt < LISTING_LASTS_MILLIS;
    if (isRecent && !this.listed.has(address)) return false;
    this.listed = new Set((await this.addresses()).map((entry) => entry.address));
    this.listedAt = performance.now();
    return this.listed.has(address);
  }

  /** Whether the kernel takes packets for this address: it is on an interface that is up. */
  answersFor(address: string): boolean {
    return isLocal(this.context.namespace.holderPid, address);
  }

  /** The ARP and ND entries, without those for multicast. */
  async neighbors(): Promise<Neighbor[]> {
    const entries = JSON.parse(await this.ok(["ip", "-j", "neighbor"])) as IpNeighbor[];
    return entries.map((entry) => ({
      interface: entry.dev,
      address: entry.dst,
      mac: entry.lladdr ?? null,
      states: entry.state,
    }));
  }

  /**
   * Whether somebody answers at this address: a TCP connection is made or refused within the time. Asks from inside
   * this host, so ARP and ND take part.
   */
  async reaches(address: string, options: { port?: number; timeoutMs?: number } = {}): Promise<boolean> {
    const { port = 9, timeoutMs = 3_000 } = options;
    const asked = [process.execPath, "-e", REACH_SCRIPT, address, String(port), String(timeoutMs)];
    return (await this.ok(asked)).trim() === "reached";
  }

  /** Writes a file of a private directory (or of /run), whole or not at all. Parents are made. */
  async writeFile(path: string, text: string, mode = 0o644): Promise<void> {
    const private_ = ["/run", ...this.context.privateDirectories].some((directory) =>
      path.startsWith(`${directory}/`),
    );
    if (!private_ || path.includes("..")) {
      const accepted = this.context.privateDirectories.join(", ");
      throw new HarnessError(
        "EDESCRIPTION",
        `${path} is shared with the machine; accepted are /run, ${accepted}`,
      );
    }
    await this.ok(["sh", "-ec", WRITE_SCRIPT, "write", path, mode.toString(8)], { input: text });
  }

  /** Where a file of this host is for this process: its sockets can be connected to without a process of its own. */
  pathOf(path: string): string {
    return `/proc/${this.context.namespace.holderPid}/root${path}`;
  }

  /** Kills what was started here, and returns when all of it has ended. Used by `lan.destroy`. */
  async close(): Promise<void> {
    for (const started of this.started) started.kill("SIGKILL");
    await Promise.all(this.started.map((started) => started.exited));
    await this.context.namespace.close();
  }

  private inside(command: readonly string[], options: StartOptions): string[] {
    if (command.length === 0)
      throw new HarnessError("EDESCRIPTION", `an empty command was given to ${this.name}`);
    return this.context.namespace.enter(command, options.cwd ?? process.cwd());
  }
}

const WRITE_SCRIPT = `
mkdir -p "$(dirname "$1")"
cat > "$1.new"
chmod "$2" "$1.new"
mv "$1.new" "$1"
`;

const REACH_SCRIPT = `
const [address, port, timeoutMs] = process.argv.slice(1);
const socket = require("node:net").connect({ host: address, port: Number(port) });
const say = (word) => { console.log(word); process.exit(0); };
socket.on("connect", () => say("reached"));
socket.on("error", (error) => say(error.code === "ECONNREFUSED" ? "reached" : error.code));
setTimeout(() => say("silence"), Number(timeoutMs));
`;

interface IpLink {
  readonly ifname: string;
  readonly addr_info?: readonly IpAddressInfo[];
}

interface IpAddressInfo {
  readonly family: "inet" | "inet6";
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly valid_life_time: number;
  readonly preferred_life_time: number;
  readonly tentative?: boolean;
}

interface IpNeighbor {
  readonly dst: string;
  readonly dev: string;
  readonly lladdr?: string;
  readonly state: readonly string[];
}

/** How iproute2 prints "forever" in JSON. */
const FOREVER = 0xffff_ffff;

function toAddress(interfaceName: string, info: IpAddressInfo): InterfaceAddress {
  return {
    interface: interfaceName,
    family: info.family === "inet" ? "ipv4" : "ipv6",
    address: info.local,
    prefixLength: info.prefixlen,
    scope: info.scope,
    validSeconds: info.valid_life_time === FOREVER ? null : info.valid_life_time,
    preferredSeconds: info.preferred_life_time === FOREVER ? null : info.preferred_life_time,
    tentative: info.tentative ?? false,
  };
}
