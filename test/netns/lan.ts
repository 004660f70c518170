/** Builds hosts on a bridge from a short description, and takes everything away again. */
import { Capture } from "./capture.js";
import {
  checkHost,
  checkInterface,
  checkPrivateDirectory,
  DEFAULT_INTERFACE,
  DEFAULT_PRIVATE_DIRECTORIES,
  type HostDescription,
  type LanDescription,
} from "./description.js";
import { HarnessError } from "./errors.js";
import { Host } from "./host.js";
import { Namespace } from "./namespace.js";
import { requirePrograms } from "./privileges.js";
import { Switch } from "./switch.js";
import { Warden } from "./warden.js";

/**
 * Makes the hosts. Throws `EDESCRIPTION` before anything is made, `EMISSING` without a needed program, `EPERMISSION`
 * where this process may not make namespaces (`ensurePrivileges` helps), `ECOMMAND`.
 */
export async function createLan(description: LanDescription): Promise<Lan> {
  checkInterface(description.interface ?? DEFAULT_INTERFACE);
  for (const directory of description.privateDirectories ?? []) checkPrivateDirectory(directory);
  for (const [name, host] of Object.entries(description.hosts)) checkHost(name, host, []);
  requirePrograms();
  const warden = new Warden();
  const lan = new Lan(description, warden, await openSwitch(warden, description.isolated ?? false));
  try {
    await Promise.all(Object.entries(description.hosts).map(([name, host]) => lan.add(name, host)));
  } catch (error) {
    await lan.destroy();
    throw error;
  }
  return lan;
}

export class Lan {
  private readonly hostsByName = new Map<string, Host>();
  private readonly captures: Capture[] = [];
  private readonly names: string[] = [];
  private destroyed: Promise<void> | null = null;

  /** Used by `createLan`. */
  constructor(
    private readonly description: LanDescription,
    private readonly warden: Warden,
    private readonly bridge: Switch,
  ) {}

  get hosts(): readonly Host[] {
    return [...this.hostsByName.values()];
  }

  /** Throws `EDESCRIPTION` when there is none of this name. */
  host(name: string): Host {
    const host = this.hostsByName.get(name);
    if (host) return host;
    throw new HarnessError(
      "EDESCRIPTION",
      `there is no host "${name}", only ${[...this.hostsByName.keys()].join(", ")}`,
    );
  }

  /** One more host. */
  async add(name: string, description: HostDescription = {}): Promise<Host> {
    if (this.destroyed)
      throw new HarnessError("EDESTROYED", `host ${name} was added to a LAN that is destroyed`);
    checkHost(name, description, this.names);
    this.names.push(name);
    const mac = description.mac ?? `02:00:00:00:00:${this.names.length.toString(16).padStart(2, "0")}`;
    const privateDirectories = this.description.privateDirectories ?? DEFAULT_PRIVATE_DIRECTORIES;
    const duplicateAddressDetection = this.description.duplicateAddressDetection ?? false;
    const namespace = await Namespace.open(name, { privateDirectories, duplicateAddressDetection });
    this.warden.watch(namespace.holderPid);
    const interfaceName = this.description.interface ?? DEFAULT_INTERFACE;
    const context = {
      namespace,
      switch: this.bridge,
      interface: interfaceName,
      mac,
      privateDirectories,
      description,
    };
    const host = new Host(context);
    this.hostsByName.set(name, host);
    if (description.attached !== false) await host.attach();
    await host.attachOthers();
    return host;
  }

  /**
   * Starts to record what crosses the switch; returns when nothing can be missed any more. `from`: only what this host
   * sends, whatever flood the others raise.
   */
  async capture(options: { from?: string } = {}): Promise<Capture> {
    const senderMac = options.from === undefined ? null : this.host(options.from).mac;
    const capture = await Capture.start(this.bridge.namespace, () => this.hosts, senderMac);
    this.captures.push(capture);
    return capture;
  }

  /** Kills every process of every host and removes everything. Harmless when repeated. */
  destroy(): Promise<void> {
    this.destroyed ??= this.tearDown();
    return this.destroyed;
  }

  private async tearDown(): Promise<void> {
    await Promise.all(this.captures.map((capture) => capture.stop()));
    await this.warden.sweep();
    await Promise.all(this.hosts.map((host) => host.close()));
    await this.bridge.namespace.close();
  }
}

async function openSwitch(warden: Warden, isolated: boolean): Promise<Switch> {
  try {
    const bridge = await Switch.open(isolated);
    warden.watch(bridge.namespace.holderPid);
    return bridge;
  } catch (error) {
    await warden.sweep();
    throw error;
  }
}
