/** Master, backup, and a host that throws packets at both; every packet to the group reaches either. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Family } from "../../src/base/address.js";
import type { StatusDocument } from "../../src/daemon/status/types.js";
import { spacingOf } from "../hostile/spacing.js";
import { startVrrpd } from "../lab/daemons/vrrpd.js";
import { COMMON_ENVIRONMENT, type Environment } from "../lab/environment.js";
import { statusOf } from "../lab/status.js";
import { advert, type Capture, createLan, type HostProcess, type Lan, until } from "../netns/index.js";
import type { Hostile } from "./kinds.js";

export const ADDRESSES = { a: "192.0.2.40", b: "192.0.2.41", client: "192.0.2.99" } as const;
/** Made from the MAC addresses that the harness gives. */
export const LINK_LOCALS = { a: "fe80::ff:fe00:1", b: "fe80::ff:fe00:2" } as const;
export const VIPS = { ipv4: "192.0.2.101", ipv6: "2001:db8::101" } as const;
export const VIRTUAL_ROUTER_ID = 1;

export type NodeName = "a" | "b";

const THROWER = fileURLToPath(new URL("./thrower.mjs", import.meta.url));
const THROW_TIMEOUT_MS = 120_000;
/** The kernel would drop what claims to be from the host itself, so that vrrpd had nothing to refuse. */
const HOST = {
  sysctls: {
    "net.ipv4.conf.all.accept_local": "1",
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.ens3.rp_filter": "0",
  },
};

export interface Test {
  teardown(handler: () => Promise<void>): void;
  testdir(): string;
}

export interface Volley {
  /** How often the whole list is thrown. */
  readonly rounds: number;
  /** So many at line rate, then a pause until the daemons have read them; null: no pause at all. */
  readonly burst: number | null;
}

export class Field {
  private constructor(
    readonly lan: Lan,
    /** What a sends: the flood of the others would crowd it out. */
    readonly capture: Capture,
    readonly daemons: Readonly<Record<NodeName, HostProcess>>,
    private readonly folder: string,
  ) {}

  /** Returns when a is master, and b backup, of every virtual router. */
  static async create(t: Test, environment: Environment): Promise<Field> {
    const lan = await createLan({
      interface: "ens3",
      hosts: {
        a: { ...HOST, addresses: [`${ADDRESSES.a}/24`] },
        b: { ...HOST, addresses: [`${ADDRESSES.b}/24`] },
        client: { addresses: [`${ADDRESSES.client}/24`] },
      },
    });
    t.teardown(() => lan.destroy());
    const capture = await lan.capture({ from: "a" });
    const start = (name: NodeName, priority: number) => {
      const env = {
        ...COMMON_ENVIRONMENT,
        OPENSHIFT_HA_VIP_GROUPS: "1",
        ...environment,
        VRRPD_PRIORITY: String(priority),
      };
      return startVrrpd(lan.host(name), env);
    };
    const field = new Field(lan, capture, { a: start("a", 200), b: start("b", 100) }, t.testdir());
    await field.untilStates("a", "MASTER");
    await field.untilStates("b", "BACKUP");
    return field;
  }

  status(name: NodeName): Promise<StatusDocument> {
    return statusOf(this.lan.host(name));
  }

  /** Returns when all instances on this host are in this state. */
  async untilStates(name: NodeName, state: string): Promise<void> {
    const reached = async () => (await this.status(name)).instances.every((one) => one.state === state);
    await until(reached, { what: `${state} on ${name}`, timeoutMs: 60_000, intervalMs: 200 });
  }

  /** Returns when a has advertised in both families from now on. */
  async untilHeard(): Promise<void> {
    const afterMicros = Date.now() * 1000;
    for (const family of ["ipv4", "ipv6"] as const) {
      await this.capture.waitFor(advert({ from: "a", family, afterMicros }), { timeoutMs: 30_000 });
    }
  }

  /** By family: how evenly a's adverts came over the switch, and how many of all that it sent did not. */
  async advertsOfMaster(afterMicros: number, intervalMicros: number) {
    const { at, instances } = await this.status("a");
    const untilMicros = Date.parse(at) * 1000;
    const seen = (family: Family) => this.capture.adverts({ from: "a", family });
    return Promise.all(
      instances.map(async ({ family, counters }) => {
        const later = () => seen(family).some(({ atMicros }) => atMicros > untilMicros);
        await until(later, { what: `a later ${family} advert`, timeoutMs: 30_000 });
        const arrived = seen(family).filter(({ atMicros }) => atMicros <= untilMicros);
        const flooded = arrived.filter(({ atMicros }) => atMicros > afterMicros);
        const lost = Math.max(0, counters.advertsSent - arrived.length);
        return { family, lost, spacing: spacingOf(flooded, intervalMicros) };
      }),
    );
  }

  /** Returns when all is thrown and read; packets a second. */
  async throw(packets: readonly Hostile[], volley: Volley): Promise<number> {
    const file = join(this.folder, "frames");
    await writeFile(file, Buffer.concat(packets.flatMap(({ frame }) => [lengthOf(frame), frame])));
    const pids = [this.daemons.a.pid, this.daemons.b.pid];
    const command = [process.execPath, THROWER, JSON.stringify({ file, pids, ...volley })];
    const said = await this.lan.host("client").ok(command, { timeoutMs: THROW_TIMEOUT_MS });
    return JSON.parse(said).packetsPerSecond;
  }
}

function lengthOf(frame: Uint8Array): Uint8Array {
  return new Uint8Array(Uint16Array.of(frame.length).buffer);
}
