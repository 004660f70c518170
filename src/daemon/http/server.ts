/**
 * The HTTP listener: GET alone, nothing that could change anything, and limits on everything that a client may take.
 * Node's HTTP server gets to see one request at a time, a few a turn of the loop, and answers are kept for a moment:
 * no client, and no crowd of them, delays an advert or fills the memory.
 */

import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server, Socket } from "node:net";
import { VARIABLES } from "../../config/index.js";
import { TcpListener } from "../../host/native.js";
import { Crowd } from "../clients/crowd.js";
import { Turns } from "../clients/turns.js";
import { type Answer, plain, send } from "./answer.js";
import { Connection } from "./connection.js";
import type { Exchange } from "./exchange.js";
import { Hosts } from "./hosts.js";

export interface Page {
  /** What it throws is answered with 500 and told to `onProblem`. */
  readonly answer: () => Answer | Promise<Answer>;
  /** Quick to answer, and asked by those who restart a daemon that is silent: before all others. */
  readonly isUrgent?: boolean;
}

/** By path. */
export type Pages = Readonly<Record<string, Page>>;

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Which a request may name in Host, beside addresses, localhost and `host`. */
  readonly names: readonly string[];
  readonly pages: Pages;
  readonly onProblem: (sentence: string) => void;
  readonly onListening: () => void;
}

/** That have begun to ask. At most 31 come in a turn of the loop, so that each is read before it may have to go. */
const MAX_CONNECTIONS = 64;
/** Of answers that nobody takes, beside the largest and the newest. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** The kernel has a limit of its own (net.core.somaxconn). */
const BACKLOG = 4096;
/** A port that somebody else has may become free. */
const RETRY_MILLIS = 5_000;
/** How long an answer is given again. */
const KEPT_MILLIS = 250;

export class HttpListener {
  readonly #turns = new Turns();
  readonly #crowd = new Crowd<Connection>({ members: MAX_CONNECTIONS, waitingBytes: MAX_WAITING_BYTES });
  readonly #kept = new Map<string, { until: number; answer: Promise<Answer> }>();
  readonly #asking = new WeakMap<Exchange, Connection>();
  readonly #hosts: Hosts;
  /** It does not listen: it is handed one exchange after the other. */
  readonly #http = createHttpServer((request, response) => this.#serve(request, response));
  /** Finds the address and listens. What connects is the listener's. */
  #server: Server | null = null;
  #listener: TcpListener | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly options: ListenerOptions) {
    this.#hosts = new Hosts([options.host, ...options.names]);
    this.#listen();
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#server?.close();
    this.#listener?.close();
    this.#crowd.closeAll();
  }

  #listen(): void {
    const { host, port, onListening } = this.options;
    const server = createServer({ allowHalfOpen: true });
    this.#server = server;
    server.once("error", (error: NodeJS.ErrnoException) => this.#onRefused(error.code ?? error.message));
    server.listen({ host, port, backlog: BACKLOG }, () => {
      this.#listener = new TcpListener(descriptorOf(server), (fd) => this.#admit(fd));
      server.close();
      onListening();
    });
  }

  #admit(fd: number): void {
    const socket = new Socket({ fd, allowHalfOpen: true, readable: true, writable: true });
    socket.setNoDelay(true);
    this.#crowd.admit(
      new Connection(socket, {
        onHead: (connection, head) => this.#onHead(connection, head),
        onActive: (connection) => this.#crowd.renew(connection),
        onClosed: (connection) => this.#crowd.leave(connection),
      }),
    );
  }

  #onRefused(code: string): void {
    if (this.#closed) return;
    const { host, port, onProblem } = this.options;
    const seconds = RETRY_MILLIS / 1000;
    onProblem(
      `${VARIABLES.metricsListen.name}: cannot listen on ${host} port ${port} (${code}); tried again every ${seconds} s`,
    );
    this.#retry = setTimeout(() => this.#listen(), RETRY_MILLIS);
    this.#retry.unref();
  }

  #onHead(connection: Connection, head: Buffer): void {
    const serve = () => {
      if (connection.socket.destroyed) return;
      const exchange = connection.exchange(head);
      this.#asking.set(exchange, connection);
      this.#http.emit("connection", exchange);
    };
    const [, path = ""] = /^GET (\/[^ ?]*)/.exec(head.toString("latin1", 0, 64)) ?? [];
    if (this.#page(path)?.isUrgent) this.#turns.nextUrgent(serve);
    else this.#turns.next(serve);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const exchange = request.socket as unknown as Exchange;
    response.on("error", () => response.destroy());
    response.once("finish", () => exchange.over(response.shouldKeepAlive));
    const refusal = refusalOf(request, this.#hosts);
    if (refusal !== null) return send(response, refusal);
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    void this.#answer(path).then((answer) => {
      send(response, answer);
      this.#crowd.boundWaiting(this.#asking.get(exchange));
    });
  }

  #page(path: string): Page | null {
    const { pages } = this.options;
    return Object.hasOwn(pages, path) ? pages[path]! : null;
  }

  /** Never rejects. */
  #answer(path: string): Promise<Answer> {
    const page = this.#page(path);
    if (page === null) {
      return Promise.resolve(
        plain(404, `not found; there are: ${Object.keys(this.options.pages).join(", ")}`),
      );
    }
    const kept = this.#kept.get(path);
    if (kept !== undefined && performance.now() < kept.until) return kept.answer;
    const entry = { until: Number.POSITIVE_INFINITY, answer: this.#make(path, page) };
    this.#kept.set(path, entry);
    void entry.answer.then(() => {
      entry.until = performance.now() + KEPT_MILLIS;
    });
    return entry.answer;
  }

  async #make(path: string, page: Page): Promise<Answer> {
    try {
      return await page.answer();
    } catch (error) {
      this.options.onProblem(`answering ${path} failed: ${(error as Error).message}`);
      return plain(500, "this could not be answered; the log says why");
    }
  }
}

/** Node has no public name for it. */
function descriptorOf(server: Server): number {
  return (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
}

/** Why a request is not answered as it wants, whatever its path is; null: it is. */
function refusalOf({ method, headers, headersDistinct }: IncomingMessage, hosts: Hosts): Answer | null {
  const closing = { connection: "close" };
  const named = headersDistinct.host ?? [];
  if (named.length > 1) return plain(400, "more than one Host is named", closing);
  // HTTP/1.0 may leave it out; Node's server refuses that of HTTP/1.1.
  if (named.length === 1 && !hosts.admits(named[0]!)) {
    return plain(
      403,
      `the Host of this request is no address and no name that is known; ${VARIABLES.httpHosts.name} names more`,
    );
  }
  if (method !== "GET") return plain(405, "only GET is answered", { allow: "GET", ...closing });
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
  return hasBody ? plain(413, "a request with a body is not answered", closing) : null;
}
