/** The description of a LAN, and what is refused in it before anything is made. */
import { HarnessError } from "./errors.js";

export interface HostDescription {
  /** With prefix length, both families: `192.0.2.1/24`, `2001:db8::1/64`. */
  readonly addresses?: readonly string[];
  /** Next hop of the default route. */
  readonly gateway?: string;
  /** Default: 02:00:00:00:00:01 and so on, in the order of the description; the link-local address follows. */
  readonly mac?: string;
  /** Written before the interface comes up: `{ "net.ipv4.ip_forward": "1" }`. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** False: the interface is made later, by `host.attach()`. Default true. */
  readonly attached?: boolean;
  /** More interfaces, by name. */
  readonly interfaces?: Readonly<Record<string, InterfaceDescription>>;
}

/** One more cable to the same switch. */
export interface InterfaceDescription {
  readonly addresses?: readonly string[];
  readonly mac: string;
  /** Default true. */
  readonly up?: boolean;
}

export interface LanDescription {
  readonly hosts: Readonly<Record<string, HostDescription>>;
  /** True: no host hears another one, and a capture hears them all: many experiments on one switch. Default false. */
  readonly isolated?: boolean;
  /** Name of the interface inside every host. Default `eth0`. */
  readonly interface?: string;
  /** Directories that every host has for itself, empty at first. `/run` always is. */
  readonly privateDirectories?: readonly string[];
  /** IPv6 duplicate address detection: true makes addresses tentative for a second. Default false. */
  readonly duplicateAddressDetection?: boolean;
}

export const DEFAULT_PRIVATE_DIRECTORIES = ["/run/vrrpd", "/etc/keepalive"] as const;
export const DEFAULT_INTERFACE = "eth0";
/** Name of the bridge, in the namespace of the switch. */
export const BRIDGE = "br0";

/** Also the name of the host's port on the switch, so at most 15 bytes (IFNAMSIZ), and no name taken there. */
const HOST_NAME = /^[a-z][a-z0-9-]{0,14}$/;
const ADDRESS_WITH_PREFIX = /^[0-9a-fA-F.:]+\/\d{1,3}$/;

/** Throws `EDESCRIPTION`. */
export function checkHost(name: string, host: HostDescription, taken: readonly string[]): void {
  if (!HOST_NAME.test(name)) {
    refuse(
      `host name "${name}": a lower-case letter, then at most 14 letters, digits or dashes are accepted`,
    );
  }
  if ([BRIDGE, "lo", "all", "default"].includes(name)) refuse(`host name "${name}" is taken by the switch`);
  if (taken.includes(name)) refuse(`there is a host "${name}" already`);
  for (const address of host.addresses ?? []) {
    if (!ADDRESS_WITH_PREFIX.test(address)) {
      refuse(
        `address "${address}" of host ${name}: an address with its prefix length is accepted, as 192.0.2.1/24`,
      );
    }
  }
}

/** Throws `EDESCRIPTION`. */
export function checkInterface(name: string): void {
  if (!/^[^\s/]{1,15}$/.test(name))
    refuse(`interface "${name}": 1 to 15 bytes without / and blanks are accepted`);
}

/** Throws `EDESCRIPTION`. */
export function checkPrivateDirectory(path: string): void {
  if (!/^(\/[\w.-]+){2,}$/.test(path) || path.includes("..")) {
    refuse(
      `private directory "${path}": an absolute path below another directory is accepted, as /etc/keepalive`,
    );
  }
}

function refuse(message: string): never {
  throw new HarnessError("EDESCRIPTION", message);
}
