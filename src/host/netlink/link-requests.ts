/** Asks the kernel for changes of links, one after the other: it has carried each out when `request` returns. */
import { parseError, parseMessages } from "netlink/dist/structs.js";
import { errnoName, NetlinkSocket } from "../native.js";
import { Control, MessageType } from "./constants.js";
import { ask, dump } from "./dump.js";
import { encodeLinkDump } from "./encode.js";
import { decodeMacvlan, encodeLinkQuestion, type Macvlan } from "./macvlan.js";

const RECEIVE_BUFFER_BYTES = 64 * 1024;

export class LinkRequests {
  readonly #socket = new NetlinkSocket({
    groups: 0,
    receiveBufferBytes: RECEIVE_BUFFER_BYTES,
    onReadable: null,
  });
  readonly #answers = Buffer.alloc(8 * 1024);

  /** null: done; else the errno name. @param message one that asks for an acknowledgement */
  request(message: Uint8Array): string | null {
    // What is left of an earlier answer says nothing about this one.
    while (this.#socket.receive(this.#answers) > 0);
    const errno = -this.#socket.send(message);
    if (errno !== 0) return errnoName(errno);
    const bytes = this.#socket.receive(this.#answers);
    if (bytes <= 0) return bytes === 0 ? "ENOBUFS" : errnoName(bytes);
    const [answer] = parseMessages(this.#answers.subarray(0, bytes));
    if (answer?.type !== Control.ERROR) return "EBADMSG";
    const refused = parseError(answer.data, answer.flags).errno;
    return refused === 0 ? null : errnoName(refused);
  }

  close(): void {
    this.#socket.close();
  }
}

/** null: there is no such interface. Throws VrrpdError `ENETLINK`. @param of its name or its index */
export function readLink(of: string | number): Macvlan | null {
  const answer = ask(encodeLinkQuestion(of));
  return answer === null ? null : decodeMacvlan(answer.data);
}

/** All interfaces. Throws VrrpdError `ENETLINK`. */
export function readLinks(): Macvlan[] {
  return dump(encodeLinkDump(), MessageType.NEWLINK, decodeMacvlan).entries;
}
