/**
 * The control socket: root's way to ask the running daemon. One line of JSON each way, then it closes. It survives
 * garbage, half-open clients and crowds: requests are short, clients are few, each has a time limit, and answers are
 * given one a turn of the loop.
 */
import { chmodSync, mkdirSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { VrrpdError } from "../base/errors.js";
import { Turns } from "./turns.js";

const MAX_REQUEST_BYTES = 4096;
const MAX_CLIENTS = 32;
const CLIENT_TIMEOUT_MILLIS = 2_000;

/** What a request asks for; the answer must be a value of JSON. */
export type Handlers = Readonly<Record<string, () => unknown>>;

export interface ControlSocket {
  close(): void;
}

/**
 * Listens at `path` with mode 0600; makes the folder; takes the place of a socket that a dead daemon left behind.
 * Throws VrrpdError `ECONTROL` where it cannot.
 */
export async function openControlSocket(path: string, handlers: Handlers): Promise<ControlSocket> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (await isAnswered(path)) throw new Error("another daemon listens there");
    removeStale(path);
    const server = await listen(path, handlers);
    return {
      close: () => {
        server.close();
        removeStale(path);
      },
    };
  } catch (error) {
    throw new VrrpdError(
      "ECONTROL",
      `the control socket ${path} cannot be opened: ${(error as Error).message}`,
    );
  }
}

function removeStale(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

function listen(path: string, handlers: Handlers): Promise<Server> {
  const turns = new Turns();
  const server = createServer((client) => serve(client, handlers, turns));
  server.maxConnections = MAX_CLIENTS;
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

/** The whole exchange has one time limit: a client that sends or reads a byte now and then gets no more of it. */
function serve(client: Socket, handlers: Handlers, turns: Turns): void {
  let request = "";
  let asked = false;
  const limit = setTimeout(() => client.destroy(), CLIENT_TIMEOUT_MILLIS);
  client.once("close", () => clearTimeout(limit));
  client.setEncoding("utf8");
  client.on("error", () => client.destroy());
  client.on("data", (text: string) => {
    if (asked) return;
    request += text;
    const end = request.indexOf("\n");
    if (end < 0 && request.length > MAX_REQUEST_BYTES) client.destroy();
    if (end < 0) return;
    asked = true;
    turns.next(() => {
      if (!client.destroyed) client.end(`${JSON.stringify(answer(request.slice(0, end), handlers))}\n`);
    });
  });
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
