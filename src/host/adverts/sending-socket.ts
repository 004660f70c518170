/**
 * A raw socket that sends whole packets: raw-socket's where that package loads, else the addon's, which does the same.
 */
import { createRequire } from "node:module";
import type { Family } from "../../base/address.js";
import { RawSender } from "../native.js";
import { RawSocket } from "./raw-socket.js";
import { type FoundRawSocket, findRawSocket } from "./raw-socket-package.js";
import type { SendingSocket } from "./socket.js";

/** What adverts leave through. */
export type Sender = "raw-socket" | "addon";

const found: FoundRawSocket = findRawSocket(createRequire(import.meta.url));

export const SENDER: Sender = found.module === null ? "addon" : "raw-socket";

/** A sentence about why it is not raw-socket; null: it is. */
export const senderNote: string | null =
  found.module === null
    ? `adverts leave through vrrpd's own addon, which does the same: raw-socket does not load here (${found.why})`
    : null;

/** Throws an Error with `code`, or one whose message is strerror's text. */
export function openSendingSocket(family: Family): SendingSocket {
  return found.module === null ? new RawSender(family) : new RawSocket(found.module, family);
}
