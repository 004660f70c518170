/** Opens the sockets for adverts of a family. */
import { Failures, openFailure } from "./failures.js";
import type { RawSocket } from "./raw-socket.js";
import { AdvertReceivers } from "./receivers.js";
import { openSender } from "./sender.js";
import type { AdvertSocket, AdvertSocketOptions } from "./socket.js";

/**
 * The membership in the VRRP group outlives the link's going down and up, but not the interface: one that is made
 * again, with another index, needs another socket.
 * Throws VrrpdError with the errno's name as its code (`EPERM` exits 4).
 */
export function openAdvertSocket(options: AdvertSocketOptions): AdvertSocket {
  const failures = new Failures();
  const sender = openOr(options, () => openSender(options));
  try {
    const receivers = openOr(options, () => new AdvertReceivers(options, failures));
    return joined(sender, receivers, failures);
  } catch (error) {
    sender.close();
    throw error;
  }
}

function joined(sender: RawSocket, receivers: AdvertReceivers, failures: Failures): AdvertSocket {
  return {
    failures: failures.counts,
    send: (packet, destination) => {
      const errno = sender.send(packet, destination);
      if (errno !== 0) failures.count(errno);
      return errno;
    },
    readArrived: () => receivers.readArrived(),
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
