/**
 * The HTTP listener: GET alone, nothing that could change anything, and limits on everything that a client may take.
 * Answers are given one a turn of the loop and kept for a moment, so that no crowd delays an advert.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Turns } from "../turns.js";

export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By path. What a page throws is answered with 500 and told to `onProblem`. */
export type Pages = Readonly<Record<string, () => Answer | Promise<Answer>>>;

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly pages: Pages;
  readonly onProblem: (sentence: string) => void;
  readonly onListening: () => void;
}

const MAX_CONNECTIONS = 64;
const MAX_HEADER_BYTES = 8 * 1024;
const HEADERS_TIMEOUT_MILLIS = 3_000;
const REQUEST_TIMEOUT_MILLIS = 5_000;
/** Neither read nor written for so long: the connection is closed. */
const IDLE_TIMEOUT_MILLIS = 10_000;
/** More wait in the kernel, or come again. */
const BACKLOG = 128;
/** A port that somebody else has may become free. */
const RETRY_MILLIS = 5_000;
/** How long an answer is given again. */
const KEPT_MILLIS = 250;

const COMMON_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

export class HttpListener {
  readonly #turns = new Turns();
  readonly #kept = new Map<string, { until: number; answer: Promise<Answer> }>();
  #server: Server | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly options: ListenerOptions) {
    this.#listen();
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #listen(): void {
    const { host, port, onListening } = this.options;
    const server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MILLIS,
        requestTimeout: REQUEST_TIMEOUT_MILLIS,
        connectionsCheckingInterval: 1_000,
      },
      (request, response) => this.#serve(request, response),
    );
    this.#server = server;
    server.maxConnections = MAX_CONNECTIONS;
    server.setTimeout(IDLE_TIMEOUT_MILLIS);
    server.once("error", (error: NodeJS.ErrnoException) => this.#onRefused(error.code ?? error.message));
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.removeAllListeners("error");
      // From now on an error concerns one connection (out of descriptors), not the listener.
      server.on("error", () => {});
      server.unref();
      onListening();
    });
  }

  #onRefused(code: string): void {
    if (this.#closed) return;
    const { host, port, onProblem } = this.options;
    const seconds = RETRY_MILLIS / 1000;
    onProblem(
      `VRRPD_METRICS_LISTEN: cannot listen on ${host} port ${port} (${code}); tried again every ${seconds} s`,
    );
    this.#retry = setTimeout(() => this.#listen(), RETRY_MILLIS);
    this.#retry.unref();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // A body is of no use here: it is read and thrown away, within the time limit.
    request.resume();
    response.on("error", () => response.destroy());
    this.#turns.next(() => {
      if (response.destroyed) return;
      if (request.method !== "GET") {
        return send(response, { ...plain(405, "only GET is answered"), headers: { allow: "GET" } });
      }
      const [path = "/"] = (request.url ?? "/").split("?", 1);
      void this.#answer(path).then((answer) => send(response, answer));
    });
  }

  /** Never rejects. */
  #answer(path: string): Promise<Answer> {
    const { pages } = this.options;
    if (!Object.hasOwn(pages, path)) {
      return Promise.resolve(plain(404, `not found; there are: ${Object.keys(pages).join(", ")}`));
    }
    const kept = this.#kept.get(path);
    if (kept !== undefined && performance.now() < kept.until) return kept.answer;
    const entry = { until: Number.POSITIVE_INFINITY, answer: this.#make(path) };
    this.#kept.set(path, entry);
    void entry.answer.then(() => {
      entry.until = performance.now() + KEPT_MILLIS;
    });
    return entry.answer;
  }

  async #make(path: string): Promise<Answer> {
    try {
      return await this.options.pages[path]!();
    } catch (error) {
      this.options.onProblem(`answering ${path} failed: ${(error as Error).message}`);
      return plain(500, "this could not be answered; the log says why");
    }
  }
}

export function plain(code: number, text: string): Answer {
  return { code, contentType: "text/plain; charset=utf-8", body: `${text}\n` };
}

export function json(code: number, value: unknown): Answer {
  return { code, contentType: "application/json", body: `${JSON.stringify(value)}\n` };
}

function send(response: ServerResponse, { code, contentType, body, headers }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(code, {
    ...COMMON_HEADERS,
    ...headers,
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
