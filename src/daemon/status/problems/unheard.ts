/** A master whose adverts the kernel does not let out. */
import type { InstanceDocument } from "../types.js";
import { type Found, timeOf } from "./found.js";

const ACTIONS: Readonly<Record<string, string>> = {
  EPERM:
    "A packet filter of this host drops VRRP (IP protocol 112) on its way out, or the connection table is full: look at nft list ruleset, iptables -S OUTPUT, and dmesg.",
  ENOBUFS:
    "The interface's queue is full: look at what else sends there, and at the driver's messages (dmesg).",
  ENETDOWN: "Bring the interface up.",
};

const unheardAction = (errno: string): string =>
  ACTIONS[errno] ?? "Find out why the kernel refuses them: vrrpd doctor, dmesg.";

export function unheardProblems({ name, unheard }: InstanceDocument): Found[] {
  if (unheard === null) return [];
  return [
    {
      severity: "error",
      code: "unheard",
      instance: name,
      cause: unheard.errno,
      since: Date.parse(unheard.since),
      tell: (all) => ({
        text: `no other node can hear this master: the kernel has refused every advert since ${timeOf(all.since!)} (${unheard.errno}). It goes on because nobody else is heard`,
        action: unheardAction(unheard.errno),
      }),
    },
  ];
}
