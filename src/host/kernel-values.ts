/** Short values below /proc/sys and /sys, of things that may go while they are read; failover depends on some of them. */
import { closeSync, openSync, readSync } from "node:fs";

/** IFF_MULTICAST of linux/if.h */
const IFF_MULTICAST = 0x1000;
const LONGEST_BYTES = 256;

/**
 * Null where there is none. Not `readFileSync`: that leaves its descriptor open when the interface that the value is
 * about goes between opening and reading (Node 20).
 */
export function readKernelValue(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, "r");
    const bytes = Buffer.alloc(LONGEST_BYTES);
    return bytes.toString("latin1", 0, readSync(fd, bytes, 0, LONGEST_BYTES, 0)).trim();
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** "net.ipv4.conf.eth0.arp_ignore", an interface's name with dots in it written with slashes; null: there is none. */
export function readSysctl(name: string): number | null {
  return readNumber(`/proc/sys/${name.replaceAll(".", "/")}`);
}

/** Of one interface; a dot in its name is no separator. */
export function readInterfaceSysctl(
  family: "ipv4" | "ipv6",
  interfaceName: string,
  key: string,
): number | null {
  return readNumber(`/proc/sys/net/${family}/conf/${interfaceName}/${key}`);
}

/** Whether the kernel makes a secondary IPv4 address primary when its primary goes; else it removes it. */
export function promotesSecondaries(interfaceName: string): boolean {
  return ["all", interfaceName].some(
    (name) => readInterfaceSysctl("ipv4", name, "promote_secondaries") === 1,
  );
}

/** Whether the interface carries multicast. */
export function isMulticastInterface(name: string): boolean {
  return (Number(readKernelValue(`/sys/class/net/${name}/flags`) ?? 0) & IFF_MULTICAST) !== 0;
}

/** What the kernel reads its time from, such as "tsc" or "kvm-clock". */
export function clockSource(): string | null {
  return readKernelValue("/sys/devices/system/clocksource/clocksource0/current_clocksource");
}

function readNumber(path: string): number | null {
  const text = readKernelValue(path);
  return text === null ? null : Number(text);
}
