/** Failures of a socket, counted by errno name, and as an error to throw. */
import { VrrpdError } from "../../base/errors.js";
import { errnoName } from "../native.js";
import type { AdvertSocketOptions } from "./socket.js";
import { negatedErrno } from "./strerror.js";

export class Failures {
  readonly counts: Record<string, number> = {};

  /** Counts a negated errno, and returns its name. */
  count(errno: number): string {
    const name = errnoName(errno);
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    return name;
  }
}

/** Why a socket could not be opened: the addon's errors carry a code, raw-socket's the text of one. */
export function openFailure(options: AdvertSocketOptions, error: unknown): VrrpdError {
  const { code, message } = error as NodeJS.ErrnoException;
  const name = code ?? errnoName(negatedErrno(message));
  const family = options.family === "ipv4" ? "IPv4" : "IPv6";
  return new VrrpdError(
    name === "EPERM" ? "EPERMISSION" : "ESOCKET",
    `opening the ${family} advert socket on ${options.interface}: ${message}`,
  );
}
