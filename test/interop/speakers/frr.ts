/** FRR: zebra and vrrpd, and the interface with the virtual MAC address that it wants made beforehand. */
import type { CapturedFrame, Host, HostProcess } from "../../netns/index.js";
import { findProgram } from "./programs.js";
import type { Group, Speaker } from "./speaker.js";

export function frr(options: { readonly priority: number }): (host: Host, group: Group) => Frr {
  return (host, group) => new Frr(host, group, options.priority);
}

const FOLDER = "/run/frr";

export class Frr implements Speaker {
  readonly kind = "frr";
  readonly virtualInterface: string;
  readonly losesFirstAdvert: boolean;
  private readonly virtualMac: string;
  private zebra: HostProcess | null = null;
  private vrrpd: HostProcess | null = null;

  constructor(
    readonly host: Host,
    private readonly group: Group,
    readonly priority: number,
  ) {
    const { family, virtualRouterId } = group;
    this.virtualInterface = `vrrp-${virtualRouterId}`;
    this.losesFirstAdvert = family === "ipv6";
    const id = virtualRouterId.toString(16).padStart(2, "0");
    this.virtualMac = `00:00:5e:00:0${family === "ipv4" ? 1 : 2}:${id}`;
  }

  async start(): Promise<number> {
    await this.makeInterface();
    await this.joinGroup();
    this.zebra = await this.launch("zebra", "", []);
    await this.host.ok(["sh", "-c", `until [ -S ${FOLDER}/zserv.api ]; do sleep 0.05; done`]);
    const vty = ["--vty_socket", FOLDER, "--log", "stdout", "--log-level", "debug"];
    this.vrrpd = await this.launch("vrrpd", this.configuration(), vty);
    return (await this.vrrpd.waitForLine(/Initialize -> Backup/, { timeoutMs: 30_000 })).atMicros;
  }

  async kill(): Promise<void> {
    this.vrrpd!.kill("SIGKILL");
    this.zebra!.kill("SIGKILL");
    await Promise.all([this.vrrpd!.exited, this.zebra!.exited]);
  }

  async stop(): Promise<void> {
    await this.vrrpd!.stop();
    await this.zebra!.stop();
  }

  get output(): string {
    return this.vrrpd?.output ?? "";
  }

  sent(frame: CapturedFrame): boolean {
    return frame.from === this.host.name || frame.sourceMac === this.virtualMac;
  }

  /** Anew at each start, as after a boot. A backup must not answer for the address that its interface has. */
  private async makeInterface(): Promise<void> {
    await this.host.ok(["sysctl", "-q", "-w", "net.ipv4.conf.all.arp_ignore=1"]);
    const { family, virtualAddress } = this.group;
    const prefix = family === "ipv4" ? 32 : 128;
    const name = this.virtualInterface;
    await this.host.run(["ip", "link", "del", name]);
    const lines = [
      `link add ${name} link ${this.host.interface} address ${this.virtualMac} type macvlan mode bridge`,
      `address add ${virtualAddress}/${prefix} dev ${name}`,
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

  private async launch(name: string, configuration: string, more: readonly string[]): Promise<HostProcess> {
    const { path, env } = findProgram(`usr/lib/frr/${name}`);
    const file = `${FOLDER}/${name}.conf`;
    await this.host.writeFile(file, configuration);
    const ends = ["-i", `${FOLDER}/${name}.pid`, "-z", `${FOLDER}/zserv.api`];
    const command = [path, "-f", file, "-u", "root", "-g", "root", ...ends, ...more];
    return this.host.start(command, { env, name: `FRR's ${name} on ${this.host.name}` });
  }

  private configuration(): string {
    const { family, version, virtualRouterId, virtualAddress, intervalSeconds } = this.group;
    const router = ` vrrp ${virtualRouterId}`;
    const lines = [
      `interface ${this.host.interface}`,
      `${router} version ${version}`,
      `${router} priority ${this.priority}`,
      `${router} advertisement-interval ${intervalSeconds * 1000}`,
      `${router} ${family === "ipv4" ? "ip" : "ipv6"} ${virtualAddress}`,
    ];
    return `${lines.join("\n")}\n`;
  }
}
