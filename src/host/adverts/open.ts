/** Opens the sockets for adverts of a family. */
import { VrrpdError } from "../../base/errors.js";
import { errnoName } from "../native.js";
import { openFrameSender } from "./frame-sender.js";
import { negatedErrno } from "./raw-socket.js";
import { AdvertReceivers } from "./receivers.js";
import { openSender } from "./sender.js";
import { type AdvertSocket, type AdvertSocketOptions, Failures, type SendingSocket } from "./socket.js";

/**
 * The membership in the groups outlives the link's going down and up, but not the interface: one that is made
 * again, with another index, needs another socket.
 * Throws VrrpdError with the errno's name as its code (`EPERM` exits 4).
 */
export function openAdvertSocket(options: AdvertSocketOptions): AdvertSocket {
  const failures = new Failures();
  const { family, interfaceIndex, from } = options;
  const sender = openOr(options, () =>
    from === undefined ? openSender(options) : openFrameSender(family, interfaceIndex, from),
  );
  try {
    const receivers = openOr(options, () => new AdvertReceivers(options, failures));
    return joined(sender, receivers, failures, from === undefined);
  } catch (error) {
    sender.close();
    throw error;
  }
}

/** @param isRouted what is for nobody ends in the kernel; a frame would leave */
function joined(
  sender: SendingSocket,
  receivers: AdvertReceivers,
  failures: Failures,
  isRouted: boolean,
): AdvertSocket {
  return {
    failures: failures.counts,
    send: (packet, destination) => {
      const errno = sender.send(packet, destination);
      if (errno !== 0) failures.count(errno);
      return errno;
    },
    rehearse: (packet, destination) => void (isRouted && sender.send(packet, destination)),
    readArrived: () => receivers.readArrived(),
    catchUp: () => receivers.catchUp(),
    forget: () => receivers.forget(),
    setMeant: (meant) => receivers.setMeant(meant),
    follow: (followed) => receivers.follow(followed),
    close: () => {
      sender.close();
      receivers.close();
    },
  };
}

function openOr<T>(options: AdvertSocketOptions, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw openFailure(options, error);
  }
}

/** Why a socket could not be opened: the addon's errors carry a code, raw-socket's the text of one. */
function openFailure(options: AdvertSocketOptions, error: unknown): VrrpdError {
  const { code, message } = error as NodeJS.ErrnoException;
  const name = code ?? errnoName(negatedErrno(message));
  const family = options.family === "ipv4" ? "IPv4" : "IPv6";
  return new VrrpdError(
    name === "EPERM" ? "EPERMISSION" : "ESOCKET",
    `opening the ${family} advert socket on ${options.interface}: ${message}`,
  );
}
