/** Hosts that run vrrpd on one LAN, each started when a test says so. */
import type { StatusDocument } from "../../src/daemon/status/types.js";
import {
  type Capture,
  createLan,
  type Host,
  type HostProcess,
  type Lan,
  type LanDescription,
  until,
} from "../netns/index.js";
import { startVrrpd, VRRPD } from "./daemons/vrrpd.js";
import { BASE_ENVIRONMENT, type Environment, VIP } from "./environment.js";
import { statusOf } from "./status.js";

/** s = 40: owns group 1, with priority 215; s = 41: owns group 2, with priority 214. */
export const NODE_ADDRESSES = { a: "192.0.2.40", b: "192.0.2.41" } as const;
export const CLIENT_ADDRESS = "192.0.2.99";

/** Until a condition comes true, on a machine that does many other things. */
const PATIENCE_MILLIS = 120_000;

export interface Teardown {
  teardown(handler: () => Promise<void>): void;
}

/** One LAN with the hosts a, b and client; each starts vrrpd when told to. */
export class Nodes {
  private constructor(
    readonly lan: Lan,
    readonly capture: Capture,
    private readonly environment: Environment,
  ) {}

  /** @param description more about the LAN, such as duplicate address detection */
  static async create(
    t: Teardown,
    environment: Environment = {},
    description: Partial<LanDescription> = {},
  ): Promise<Nodes> {
    const host = (address: string) => ({ addresses: [`${address}/24`] });
    const lan = await createLan({
      interface: "ens3",
      ...description,
      hosts: {
        a: host(NODE_ADDRESSES.a),
        b: host(NODE_ADDRESSES.b),
        client: host(CLIENT_ADDRESS),
        ...description.hosts,
      },
    });
    t.teardown(() => lan.destroy());
    return new Nodes(lan, await lan.capture(), { ...BASE_ENVIRONMENT, ...environment });
  }

  host(name: string): Host {
    return this.lan.host(name);
  }

  start(name: string, environment: Environment = {}): HostProcess {
    return this.startAs(name, VRRPD, environment);
  }

  /** @param command one that starts vrrpd */
  startAs(name: string, command: readonly string[], environment: Environment = {}): HostProcess {
    return startVrrpd(this.host(name), { ...this.environment, ...environment }, command);
  }

  status(name: string): Promise<StatusDocument> {
    return statusOf(this.host(name));
  }

  /** Returns when the kernel of this host, and of no other node, has the address. */
  async untilHeldBy(name: string, address = VIP, timeoutMs = PATIENCE_MILLIS): Promise<void> {
    await until(
      async () => {
        const held = await Promise.all(["a", "b"].map((node) => this.host(node).hasAddress(address)));
        return held[0] === (name === "a") && held[1] === (name === "b");
      },
      { what: `${address} on ${name} alone`, timeoutMs },
    );
  }

  /** Returns when the first instance on this host is in this state. */
  async untilState(name: string, state: string, instance = 0): Promise<StatusDocument> {
    let document: StatusDocument | null = null;
    await until(
      async () => {
        document = await this.status(name);
        return document.instances[instance]!.state === state;
      },
      { what: `${state} on ${name}`, timeoutMs: PATIENCE_MILLIS },
    );
    return document!;
  }

  /** What the client's ARP table says after it has asked for the address. */
  async clientSees(address = VIP): Promise<string | null> {
    const client = this.host("client");
    await client.reaches(address);
    return (await client.neighbors()).find((entry) => entry.address === address)?.mac ?? null;
  }
}
