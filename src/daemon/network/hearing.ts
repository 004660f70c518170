/** From the sockets for adverts to the core: what becomes of a packet, of one that comes again, and of one that is none. */
import type { Micros } from "../../base/time.js";
import type { Core } from "../../core/core.js";
import type { Input } from "../../core/input.js";
import type { AdvertSocketOptions } from "../../host/adverts/socket.js";
import type { PacketReader } from "./packets.js";

export interface HearingHooks {
  readonly packets: PacketReader;
  /** @param trueSince left out: now */
  readonly input: (input: Input, trueSince?: Micros) => void;
  /** Whether the same once more need not be told at once. */
  readonly isRoutine: Core["isRoutine"];
  /** Inputs of this work are handled together. */
  readonly batch: (work: () => void) => void;
  /** Something went wrong that is no virtual router's business. */
  readonly onProblem: (sentence: string) => void;
}

type Handlers = Pick<AdvertSocketOptions, "batch" | "onPacket" | "onDrop" | "onError">;

export function advertHandlers(
  { packets, input, isRoutine, batch, onProblem }: HearingHooks,
  { interface: name, family }: Pick<AdvertSocketOptions, "interface" | "family">,
): Handlers {
  return {
    batch,
    onPacket: (message, context, arrivedAt) => {
      const heard = packets.read(name, family, message, context);
      input(heard, arrivedAt);
      if (heard.type !== "advert" || !isRoutine(heard)) return null;
      return (count, latestAt) => input({ ...heard, count }, latestAt);
    },
    onDrop: (reason) => input({ type: "drop", interface: name, family, router: null, source: null, reason }),
    onError: (code) => onProblem(`receiving ${family} adverts on ${name} failed: ${code}`),
  };
}
