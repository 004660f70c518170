/** keepalived.stats: what was counted for each virtual router. */
import { printable } from "../../base/text.js";
import { keepalivedCounters } from "../status/keepalived-counters.js";
import type { DumpSource, Parts } from "./source.js";
import { text } from "./words.js";

export function* stats({ instances }: DumpSource): Parts {
  for (const { document } of instances) {
    const { name, counters } = document;
    const count = keepalivedCounters(counters);
    yield text([
      `VRRP Instance: ${printable(name)}`,
      "  Advertisements:",
      `    Received: ${count.advertsReceived}`,
      `    Sent: ${count.advertsSent}`,
      `  Became master: ${count.becomeMaster}`,
      `  Released master: ${count.releaseMaster}`,
      "  Packet Errors:",
      `    Length: ${count.lengthErrors}`,
      `    TTL: ${count.ttlErrors}`,
      `    Invalid Type: ${count.invalidType}`,
      `    Advertisement Interval: ${count.intervalErrors}`,
      `    Address List: ${count.addressListErrors}`,
      "  Authentication Errors:",
      `    Invalid Type: ${count.authenticationTypeErrors}`,
      `    Type Mismatch: ${count.authenticationTypeErrors}`,
      `    Failure: ${count.authenticationFailures}`,
      "  Priority Zero:",
      `    Received: ${count.priorityZeroReceived}`,
      `    Sent: ${count.priorityZeroSent}`,
    ]);
  }
}
