/** FRR: zebra and vrrpd, and the interface with the virtual MAC address that it wants made beforehand. */
import type { CapturedFrame, Host, HostProcess } from "../../netns/index.js";
import { type Daemon, readAt, type Setup, type Started, type VirtualRouter } from "./daemon.js";
import { findProgram } from "./programs.js";

const FOLDER = "/run/frr";

export class Frr implements Daemon {
  readonly kind = "frr";
  readonly virtualInterface: string;
  readonly losesFirstAdvert: boolean;
  private readonly virtualMac: string;
  private zebra: HostProcess | null = null;
  private vrrpd: HostProcess | null = null;

  constructor(
    readonly host: Host,
    private readonly setup: Setup,
  ) {
    const { id, family } = this.router;
    this.virtualInterface = `vrrp-${id}`;
    this.losesFirstAdvert = family === "ipv6";
    this.virtualMac = `00:00:5e:00:0${family === "ipv4" ? 1 : 2}:${id.toString(16).padStart(2, "0")}`;
  }

  get pids(): readonly number[] {
    return [this.vrrpd!.pid, this.zebra!.pid];
  }

  async start(): Promise<Started> {
    const beganAtMicros = Date.now() * 1000;
    await this.makeInterface();
    await this.joinGroup();
    this.zebra = await this.launch("zebra", "", []);
    await this.host.ok(["sh", "-c", `until [ -S ${FOLDER}/zserv.api ]; do sleep 0.05; done`]);
    const vty = ["--vty_socket", FOLDER, "--log", "stdout", "--log-level", "debug"];
    this.vrrpd = await this.launch("vrrpd", this.configuration(), vty);
    return { beganAtMicros, backupAtMicros: await readAt(this.vrrpd, /Initialize -> Backup/, 1) };
  }

  async kill(): Promise<void> {
    this.vrrpd!.kill("SIGKILL");
    this.zebra!.kill("SIGKILL");
    await this.ended();
  }

  async stop(): Promise<void> {
    await this.vrrpd!.stop();
    await this.zebra!.stop();
  }

  async ended(): Promise<void> {
    await Promise.all([this.vrrpd!.exited, this.zebra!.exited]);
  }

  get output(): string {
    return this.vrrpd?.output ?? "";
  }

  sent(frame: CapturedFrame): boolean {
    const { source } = this.setup;
    if (source !== undefined) return frame.kind === "advert" && frame.source === source;
    return frame.from === this.host.name || frame.sourceMac === this.virtualMac;
  }

  /** Anew at each start, as after a boot. A backup must not answer for the address that its interface has. */
  private async makeInterface(): Promise<void> {
    await this.host.ok(["sysctl", "-q", "-w", "net.ipv4.conf.all.arp_ignore=1"]);
    const { family, addresses } = this.router;
    const prefix = family === "ipv4" ? 32 : 128;
    const name = this.virtualInterface;
    await this.host.run(["ip", "link", "del", name]);
    const lines = [
      `link add ${name} link ${this.host.interface} address ${this.virtualMac} type macvlan mode bridge`,
      `address add ${addresses[0]}/${prefix} dev ${name}`,
      `link set ${name} up`,
    ];
    await this.host.ok(["ip", "-batch", "-"], { input: lines.join("\n") });
  }

  /** FRR demands that its user is in this group; the file is another one in this host alone. */
  private async joinGroup(): Promise<void> {
    const script = `
if [ -e /run/group ]; then exit; fi
{ grep -v ^frrvty: /etc/group; echo frrvty:x:64999:root; } > /run/group
mount --bind /run/group /etc/group
`;
    await this.host.ok(["sh", "-ec", script]);
  }

  /** The one that its interface is made for. */
  private get router(): VirtualRouter {
    return this.setup.routers[0]!;
  }

  private async launch(name: string, configuration: string, more: readonly string[]): Promise<HostProcess> {
    const { path, env } = findProgram(`usr/lib/frr/${name}`);
    const file = `${FOLDER}/${name}.conf`;
    await this.host.writeFile(file, configuration);
    const ends = ["-i", `${FOLDER}/${name}.pid`, "-z", `${FOLDER}/zserv.api`];
    const command = [path, "-f", file, "-u", "root", "-g", "root", ...ends, ...more];
    return this.host.start(command, { env, name: `FRR's ${name} on ${this.host.name}` });
  }

  private configuration(): string {
    const { version = 3, intervalSeconds, priority } = this.setup;
    const { id, family, addresses } = this.router;
    const router = ` vrrp ${id}`;
    const lines = [
      `interface ${this.host.interface}`,
      `${router} version ${version}`,
      `${router} priority ${priority}`,
      `${router} advertisement-interval ${intervalSeconds * 1000}`,
      `${router} ${family === "ipv4" ? "ip" : "ipv6"} ${addresses[0]}`,
    ];
    return `${lines.join("\n")}\n`;
  }
}
