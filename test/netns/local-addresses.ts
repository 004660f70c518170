/** Which addresses the kernel of a network namespace takes for its own, read without a process. */
import { readdirSync, readFileSync } from "node:fs";

const IFF_UP = 1;

/**
 * Whether it takes packets for this address. Addresses of an interface that is administratively down are not among them.
 * @param pid of a process in the namespace
 */
export function isLocal(pid: number, address: string): boolean {
  if (address.includes(":")) return read(pid, "if_inet6").includes(hex(address));
  const pattern = `\\|-- ${address.replaceAll(".", "\\.")}\\n\\s+/32 host LOCAL`;
  return new RegExp(pattern).test(read(pid, "fib_trie"));
}

/**
 * Whether all its interfaces are administratively up; false where this cannot be read: /sys may not be the namespace's own.
 * @param folder its /sys/class/net, as this process reaches it
 */
export function areAllUp(pid: number, folder: string): boolean {
  try {
    const names = readdirSync(folder);
    const known = [...read(pid, "dev").matchAll(/^ *([^:\n]+):/gm)].map((match) => match[1]!);
    if (names.sort().join() !== known.sort().join()) return false;
    return names.every((name) => (Number(readFileSync(`${folder}/${name}/flags`, "latin1")) & IFF_UP) !== 0);
  } catch {
    return false;
  }
}

function read(pid: number, table: string): string {
  return readFileSync(`/proc/${pid}/net/${table}`, "latin1");
}

/** As /proc/net/if_inet6 writes it. */
function hex(address: string): string {
  const [head = "", tail = ""] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => "0");
  return [...first, ...zeros, ...last].map((group) => group.padStart(4, "0")).join("");
}
