/** Settings and qualities of this machine that failover depends on. */
import { readFileSync } from "node:fs";
import type { Micros } from "../base/time.js";
import { nowMicros, Timer } from "./native.js";

/** IFF_MULTICAST of linux/if.h */
const IFF_MULTICAST = 0x1000;

/** "net.ipv4.conf.eth0.arp_ignore", an interface's name with dots in it written with slashes; null: there is none. */
export function readSysctl(name: string): number | null {
  const text = readText(`/proc/sys/${name.replaceAll(".", "/")}`);
  return text === null ? null : Number(text);
}

/** Of one interface; a dot in its name is no separator. */
export function readInterfaceSysctl(
  family: "ipv4" | "ipv6",
  interfaceName: string,
  key: string,
): number | null {
  const text = readText(`/proc/sys/net/${family}/conf/${interfaceName}/${key}`);
  return text === null ? null : Number(text);
}

/** Whether the kernel makes a secondary IPv4 address primary when its primary goes; else it removes it. */
export function promotesSecondaries(interfaceName: string): boolean {
  return ["all", interfaceName].some(
    (name) => readInterfaceSysctl("ipv4", name, "promote_secondaries") === 1,
  );
}

/** Whether the interface carries multicast. */
export function isMulticastInterface(name: string): boolean {
  return (Number(readText(`/sys/class/net/${name}/flags`) ?? 0) & IFF_MULTICAST) !== 0;
}

/** What the kernel reads its time from, such as "tsc" or "kvm-clock". */
export function clockSource(): string | null {
  return readText("/sys/devices/system/clocksource/clocksource0/current_clocksource");
}

export interface TimerLateness {
  stop(): Micros;
}

/** How often a timer is set while it is measured. */
const STEP_MICROS = 20_000;

/** Measures how late this machine wakes a process; `stop` returns the worst. */
export function measureTimers(): TimerLateness {
  let due = nowMicros() + STEP_MICROS;
  let worst = 0;
  const timer = new Timer(() => {
    const now = nowMicros();
    worst = Math.max(worst, now - due);
    due = now + STEP_MICROS;
    timer.arm(due);
  });
  timer.arm(due);
  return {
    stop: () => {
      timer.close();
      return worst;
    },
  };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return null;
  }
}
