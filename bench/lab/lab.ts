/** Two hosts with a daemon of one kind, and a third one, on a switch that stamps what crosses it. */
import type { Daemon, Kind, Setup } from "../../test/lab/daemons/daemon.js";
import { daemonOf } from "../../test/lab/daemons/index.js";
import { ROOT } from "../../test/lab/daemons/vrrpd.js";
import { type Capture, createLan, type Host, type Lan } from "../../test/netns/index.js";
import { FIRST_HOST_NUMBER } from "./routers.js";

export const KINDS = ["vrrpd", "keepalived"] as const;

/** The same on both hosts: who is master stays master, so the roles can change without end. */
export const PRIORITY = 100;

/** As the others do. */
const VERSION_3 = { VRRPD_VERSION: "3" };

const NAMES = ["a", "b", "c"] as const;
export type HostName = (typeof NAMES)[number];

export class Lab {
  private constructor(
    readonly kind: Kind,
    readonly lan: Lan,
    private readonly setup: Setup,
  ) {}

  /** With the addresses 192.0.2.41 to 43, and no daemon yet. */
  static async open(kind: Kind, setup: Setup): Promise<Lab> {
    const hosts = Object.fromEntries(NAMES.map((name) => [name, { addresses: addressesOf(name) }]));
    return new Lab(kind, await createLan({ hosts }), setup);
  }

  host(name: HostName): Host {
    return this.lan.host(name);
  }

  /** A daemon of this lab's kind; it is not started. @param changes what is different on this host */
  daemon(name: HostName, changes: Partial<Setup> = {}): Daemon {
    const setup = { ...this.setup, ...changes, environment: VERSION_3, source: sourceOf(name) };
    return daemonOf(this.kind, this.host(name), setup);
  }

  capture(): Promise<Capture> {
    return this.lan.capture();
  }

  /** A program of bench/programs, which takes its options as JSON and says "ready". */
  async program(name: HostName, file: string, options: object) {
    const command = [process.execPath, `${ROOT}/bench/programs/${file}`, JSON.stringify(options)];
    const started = this.host(name).start(command, { name: file });
    await started.waitForLine(/ready/);
    return started;
  }

  close(): Promise<void> {
    return this.lan.destroy();
  }
}

/** IPv4, of the host. */
export function sourceOf(name: HostName): string {
  return `192.0.2.${numberOf(name)}`;
}

function numberOf(name: HostName): number {
  return FIRST_HOST_NUMBER + NAMES.indexOf(name);
}

function addressesOf(name: HostName): string[] {
  return [`${sourceOf(name)}/24`, `2001:db8::${numberOf(name)}/64`];
}

/** Opens labs, hands them over, and closes them whatever happens. */
export async function withLabs<T>(
  wanted: readonly { readonly kind: Kind; readonly setup: Setup }[],
  work: (labs: readonly Lab[]) => Promise<T>,
): Promise<T> {
  const labs: Lab[] = [];
  try {
    for (const { kind, setup } of wanted) labs.push(await Lab.open(kind, setup));
    return await work(labs);
  } finally {
    await Promise.all(labs.map((lab) => lab.close()));
  }
}
