/**
 * The control socket: the way to ask the running daemon, and for root to tell it what to do. One line of JSON each way,
 * then it closes. It survives garbage, half-open clients and crowds: one short request a client, with a time limit, few
 * clients, and answers are given one a turn of the loop.
 */

import { lstatSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { VrrpdError } from "../../base/errors.js";
import { Crowd, type Member } from "../clients/crowd.js";
import { Turns } from "../clients/turns.js";
import { WORK_TIMEOUT_MILLIS } from "./client.js";
import { isEntitled, refusalOf, userOf } from "./entitled.js";
import { isSame, look, makeFolder, makeWay, shareSocket } from "./place.js";

/** Room for the names of all instances of a host. */
const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_CLIENTS = 32;
/** Of answers that nobody takes. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** The whole exchange has one limit: who sends or reads a byte now and then gets no more of it. */
const CLIENT_TIMEOUT_MILLIS = 2_000;

/** What a request, an object of JSON, asks for; the answer, now or later, must be a value of JSON. */
export type Handlers = Readonly<Record<string, (request: object) => unknown>>;

export interface Requests {
  /** Change nothing: for whoever may connect. */
  readonly questions: Handlers;
  /** For root, and for the user that this process runs as. */
  readonly commands: Handlers;
}

export interface ControlOptions {
  readonly requests: Requests;
  /** Whose members may connect, by its number; null: root and the own user alone. */
  readonly group: number | null;
  /** @param kind of a bounded number: the sentence comes once for many of a kind */
  readonly onProblem: (sentence: string, kind?: string) => void;
}

export interface ControlSocket {
  close(): void;
}

/**
 * Listens at `path` with mode 0600, or 0660 for a group; makes the folder; takes the place of a socket that a dead daemon
 * left behind, and of nothing else. Throws VrrpdError `ECONTROL` where it cannot.
 */
export async function openControlSocket(path: string, options: ControlOptions): Promise<ControlSocket> {
  try {
    makeFolder(path, options.group !== null);
    await makeWay(path);
    const server = await listen(path, options);
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

function listen(path: string, options: ControlOptions): Promise<Server> {
  const turns = new Turns();
  const crowd = new Crowd<Client>({ members: MAX_CLIENTS, waitingBytes: MAX_WAITING_BYTES });
  const server = createServer((socket) => {
    const client = new Client(socket, (line) =>
      turns.next(() => {
        const value = answer(line, socket, options);
        if (value instanceof Promise) return client.answerLater(value);
        client.answer(value);
        crowd.boundWaiting(client);
      }),
    );
    socket.once("close", () => crowd.leave(client));
    crowd.admit(client);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // Nobody else may ever connect, not even for a moment between listening and what follows.
    const umask = process.umask(0o177);
    server.listen(path, () => {
      share(path, options);
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
  expiresAt = performance.now() + CLIENT_TIMEOUT_MILLIS;
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

  /** Never rejects: who has asked for it says what went wrong. */
  answerLater(value: Promise<unknown>): void {
    this.expiresAt = performance.now() + WORK_TIMEOUT_MILLIS;
    void value.then((said) => this.answer(said));
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

/** The daemon goes on with a socket that it cannot give to the group. */
function share(path: string, { group, onProblem }: ControlOptions): void {
  try {
    shareSocket(path, group);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = group === null ? "its mode cannot be set" : `it cannot be given to the group ${group}`;
    onProblem(`the control socket ${path} is for its owner alone: ${what} (${code ?? message})`);
  }
}

function answer(line: string, socket: Socket, { requests, onProblem }: ControlOptions): unknown {
  const { questions, commands } = requests;
  const request = requestOf(line);
  const name = request?.command ?? null;
  if (request === null || name === null || !Object.hasOwn({ ...questions, ...commands }, name)) {
    const known = Object.keys({ ...questions, ...commands }).join(", ");
    return { error: `unknown request; known are: ${known}` };
  }
  if (Object.hasOwn(questions, name)) return questions[name]!(request);
  const user = userOf(socket);
  if (isEntitled(user)) return commands[name]!(request);
  const who = user === null ? "a user whom the kernel does not name" : `user ${user}`;
  onProblem(`${who} asked for “${name}” over the control socket, and was refused`, `refused ${name}`);
  return refusalOf(name, Object.keys(questions));
}

function requestOf(line: string): { readonly command: string } | null {
  try {
    const request: unknown = JSON.parse(line);
    const named = typeof request === "object" && request !== null && "command" in request ? request : null;
    return typeof named?.command === "string" ? { ...named, command: named.command } : null;
  } catch {
    return null;
  }
}
