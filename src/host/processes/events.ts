/**
 * The kernel's own tidings of processes (CONFIG_PROC_EVENTS, `linux/cn_proc.h`). It tells them in the first network,
 * user and pid namespace alone, and there to whoever has CAP_NET_ADMIN.
 */
import { constants } from "node:os";
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import {
  A_TO_X,
  assemble,
  JUMP_IF_EQUAL,
  JUMP_IF_EQUAL_X,
  LOAD_WORD,
  op,
  RETURN,
  unless,
  WHOLE_PACKET,
  when,
} from "../bpf/program.js";
import { NetlinkSocket } from "../native.js";

const NETLINK_CONNECTOR = 11;
const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
const LISTEN = 1;
const IGNORE = 2;

const What = { none: 0, fork: 1, exec: 2, name: 0x200, exit: 0x8000_0000 } as const;

const NLMSG_DONE = 3;
const MESSAGE_BYTES = 40;
/** Of `struct nlmsghdr`, `struct cn_msg`, `struct proc_event`. */
const WHAT = 36;
const FIRST_PID = 52;
const FIRST_PROCESS = 56;
const SECOND_PID = 60;
const SECOND_PROCESS = 64;
const NAME = 60;
const NAME_BYTES = 16;

/** Room for some 10,000 that wait to be read. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** A read goes on while the kernel's largest datagram would still fit: it returns some hundred events, and the rest waits for the next turn. */
const READ_BYTES = 40 * 1024;

export type ProcessEvent =
  | { readonly what: "fork"; readonly parent: number; readonly pid: number }
  | { readonly what: "exec" | "exit"; readonly pid: number }
  /** @see prctl(2) PR_SET_NAME; a character for each byte */
  | { readonly what: "name"; readonly pid: number; readonly name: string };

export interface ProcessEventsHooks {
  readonly onEvents: (events: readonly ProcessEvent[]) => void;
  /** Some were lost. */
  readonly onLost: () => void;
}

export class ProcessEvents {
  readonly #socket: NetlinkSocket;
  readonly #buffer = Buffer.alloc(READ_BYTES);

  /** null: the kernel tells nothing of processes here. */
  static open(hooks: ProcessEventsHooks): ProcessEvents | null {
    try {
      const events = new ProcessEvents(hooks);
      if (events.#listen()) return events;
      events.close();
    } catch {
      // A kernel without the protocol, or no permission.
    }
    return null;
  }

  private constructor(private readonly hooks: ProcessEventsHooks) {
    this.#socket = new NetlinkSocket({
      protocol: NETLINK_CONNECTOR,
      groups: CN_IDX_PROC,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      filter: FILTER,
      onReadable: () => this.#read(),
    });
  }

  close(): void {
    this.#socket.send(request(IGNORE));
    this.#socket.close();
  }

  /** The kernel answers while it is asked. */
  #listen(): boolean {
    if (this.#socket.send(request(LISTEN)) < 0) return false;
    const length = this.#socket.receive(this.#buffer);
    return length > 0 && isGranted(this.#buffer.subarray(0, length));
  }

  #read(): void {
    const length = this.#socket.receive(this.#buffer);
    if (length === -constants.errno.ENOBUFS) this.hooks.onLost();
    if (length <= 0) return;
    const events = eventsIn(this.#buffer.subarray(0, length));
    if (events.length > 0) this.hooks.onEvents(events);
  }
}

let offered: boolean | null = null;

/** Whether whoever asks here is told. It stays as it is for the life of a process. */
export function tellsOfProcesses(): boolean {
  if (offered !== null) return offered;
  const events = ProcessEvents.open({ onEvents: () => {}, onLost: () => {} });
  events?.close();
  offered = events !== null;
  return offered;
}

function request(operation: number): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MESSAGE_BYTES, LITTLE_ENDIAN);
  view.setUint16(4, NLMSG_DONE, LITTLE_ENDIAN);
  view.setUint32(16, CN_IDX_PROC, LITTLE_ENDIAN);
  view.setUint32(20, CN_VAL_PROC, LITTLE_ENDIAN);
  view.setUint16(32, 4, LITTLE_ENDIAN);
  view.setUint32(36, operation, LITTLE_ENDIAN);
  return bytes;
}

/** The answer: what 0, and an errno behind it. Of others that have asked at the same time as well: they are alike. */
function isGranted(bytes: Buffer): boolean {
  const view = viewOf(bytes);
  return bytes.length >= FIRST_PID + 4 && view.getUint32(FIRST_PID, LITTLE_ENDIAN) === 0;
}

function eventsIn(bytes: Buffer): ProcessEvent[] {
  const view = viewOf(bytes);
  const events: ProcessEvent[] = [];
  for (let at = 0; at + WHAT + 4 <= bytes.length; ) {
    const length = view.getUint32(at, LITTLE_ENDIAN);
    if (length < WHAT + 4 || at + length > bytes.length) break;
    const event = length >= FIRST_PROCESS + 4 ? eventAt(view, at, length) : null;
    if (event !== null) events.push(event);
    // NLMSG_ALIGN
    at += (length + 3) & ~3;
  }
  return events;
}

function eventAt(view: DataView, at: number, length: number): ProcessEvent | null {
  const read = (offset: number) => view.getUint32(at + offset, LITTLE_ENDIAN);
  const [what, pid] = [read(WHAT), read(FIRST_PROCESS)];
  if (what === What.exec) return { what: "exec", pid };
  if (what === What.exit) return { what: "exit", pid };
  if (what === What.fork && length >= SECOND_PROCESS + 4)
    return { what: "fork", parent: pid, pid: read(SECOND_PROCESS) };
  if (what !== What.name || length < NAME + NAME_BYTES) return null;
  const text = Buffer.from(view.buffer, view.byteOffset + at + NAME, NAME_BYTES).toString("latin1");
  return { what: "name", pid, name: text.split("\0", 1)[0]! };
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** As the program compares it, which reads in the network's order. */
function host(number: number): number {
  if (!LITTLE_ENDIAN) return number;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes.readUInt32BE();
}

/** Of processes alone, threads left out: a thread is no process that begins, ends or runs something else. */
const FILTER = assemble([
  op(LOAD_WORD, WHAT),
  ...when(JUMP_IF_EQUAL, What.none, "take"),
  ...when(JUMP_IF_EQUAL, host(What.fork), "fork"),
  ...when(JUMP_IF_EQUAL, host(What.exec), "first"),
  ...when(JUMP_IF_EQUAL, host(What.name), "first"),
  ...unless(JUMP_IF_EQUAL, host(What.exit), "drop"),
  { label: "first" },
  op(LOAD_WORD, FIRST_PID),
  op(A_TO_X),
  op(LOAD_WORD, FIRST_PROCESS),
  ...when(JUMP_IF_EQUAL_X, 0, "take"),
  ...unless(JUMP_IF_EQUAL_X, 0, "drop"),
  { label: "fork" },
  op(LOAD_WORD, SECOND_PID),
  op(A_TO_X),
  op(LOAD_WORD, SECOND_PROCESS),
  ...when(JUMP_IF_EQUAL_X, 0, "take"),
  { label: "drop" },
  op(RETURN, 0),
  { label: "take" },
  op(RETURN, WHOLE_PACKET),
]);
