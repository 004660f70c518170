/**
 * The control socket: root's way to ask the running daemon. One line of JSON each way, then it closes. It survives
 * garbage, half-open clients and crowds: one short request a client, with a time limit, few clients, and answers are
 * given one a turn of the loop.
 */

import { chmodSync, lstatSync, mkdirSync, type Stats, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { VrrpdError } from "../../base/errors.js";
import { SOCKET_VARIABLE } from "../../base/socket-variable.js";
import { Crowd, type Member } from "../clients/crowd.js";
import { Turns } from "../clients/turns.js";

const MAX_REQUEST_BYTES = 4096;
const MAX_CLIENTS = 32;
/** Of answers that nobody takes. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** The whole exchange has one limit: who sends or reads a byte now and then gets no more of it. */
const CLIENT_TIMEOUT_MILLIS = 2_000;

/** What a request asks for; the answer must be a value of JSON. */
export type Handlers = Readonly<Record<string, () => unknown>>;

export interface ControlSocket {
  close(): void;
}

/**
 * Listens at `path` with mode 0600; makes the folder; takes the place of a socket that a dead daemon left behind, and
 * of nothing else. Throws VrrpdError `ECONTROL` where it cannot.
 */
export async function openControlSocket(path: string, handlers: Handlers): Promise<ControlSocket> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    await makeWay(path);
    const server = await listen(path, handlers);
    const own = lstatSync(path);
    return {
      close: () => {
        // Node removes the path with the server: only our socket may go.
        if (isSame(own, look(path))) server.close();
      },
    };
  } catch (error) {
    throw new VrrpdError(
      "ECONTROL",
      `the control socket ${path} cannot be opened: ${(error as Error).message}`,
    );
  }
}

/** Throws an Error unless `path` is free now. */
async function makeWay(path: string): Promise<void> {
  const found = look(path);
  if (found === null) return;
  if (!found.isSocket()) {
    throw new Error(
      `there is ${kindOf(found)}, which vrrpd does not remove; name another path in ${SOCKET_VARIABLE}, or take it away`,
    );
  }
  const refusal = await knock(path);
  if (refusal === null) throw new Error("another daemon listens there");
  // Anything else, such as a full queue, comes from somebody who is there.
  if (refusal !== "ECONNREFUSED") throw new Error(`another program has a socket there (${refusal})`);
  if (isSame(found, look(path))) unlinkSync(path);
}

/** null: nothing is there. */
function look(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function isSame(one: Stats, other: Stats | null): boolean {
  return other !== null && other.ino === one.ino && other.dev === one.dev && other.isSocket();
}

function kindOf(found: Stats): string {
  if (found.isFile()) return "a regular file";
  if (found.isDirectory()) return "a folder";
  if (found.isSymbolicLink()) return "a symbolic link";
  if (found.isFIFO()) return "a named pipe";
  return "a device";
}

/** Why nobody answers, as a code; null: somebody does. */
function knock(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(null);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

function listen(path: string, handlers: Handlers): Promise<Server> {
  const turns = new Turns();
  const crowd = new Crowd<Client>({ members: MAX_CLIENTS, waitingBytes: MAX_WAITING_BYTES });
  const server = createServer((socket) => {
    const client = new Client(socket, (line) =>
      turns.next(() => {
        client.answer(answer(line, handlers));
        crowd.boundWaiting();
      }),
    );
    socket.once("close", () => crowd.leave(client));
    crowd.admit(client);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // Nobody but root may ever connect, not even for a moment between listening and chmod.
    const umask = process.umask(0o177);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      // From now on an error concerns one connection (out of descriptors), not the socket.
      server.removeListener("error", reject);
      server.on("error", () => {});
      server.unref();
      resolve(server);
    });
    process.umask(umask);
  });
}

/** Asks once: what comes after its line, or makes it too long, ends the connection. */
class Client implements Member {
  readonly expiresAt = performance.now() + CLIENT_TIMEOUT_MILLIS;
  isIdle = true;
  #received = "";

  constructor(
    private readonly socket: Socket,
    private readonly onLine: (line: string) => void,
  ) {
    socket.setEncoding("utf8");
    socket.on("error", () => this.close());
    socket.on("data", (text: string) => this.#take(text));
  }

  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  answer(value: unknown): void {
    if (!this.socket.destroyed) this.socket.end(`${JSON.stringify(value)}\n`);
  }

  close(): void {
    this.socket.destroy();
  }

  #take(text: string): void {
    if (!this.isIdle) return this.close();
    this.#received += text;
    const end = this.#received.indexOf("\n");
    if (end < 0 && this.#received.length <= MAX_REQUEST_BYTES) return;
    if (end < 0 || end > MAX_REQUEST_BYTES) return this.close();
    this.isIdle = false;
    this.onLine(this.#received.slice(0, end));
  }
}

function answer(line: string, handlers: Handlers): unknown {
  const command = commandOf(line);
  const handler = command !== null && Object.hasOwn(handlers, command) ? handlers[command] : undefined;
  if (handler !== undefined) return handler();
  return { error: `unknown request; known are: ${Object.keys(handlers).join(", ")}` };
}

function commandOf(line: string): string | null {
  try {
    const request: unknown = JSON.parse(line);
    const command =
      typeof request === "object" && request !== null && "command" in request ? request.command : null;
    return typeof command === "string" ? command : null;
  } catch {
    return null;
  }
}
