/** What is answered to a request, and how it is written. */
import type { ServerResponse } from "node:http";

export interface Answer {
  readonly code: number;
  readonly contentType: string;
  /** Kept answers are given to many: bytes are shared by all who are slow to take them. */
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const COMMON_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

export function plain(code: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { code, contentType: "text/plain; charset=utf-8", body: Buffer.from(`${text}\n`), headers };
}

export function json(code: number, value: unknown): Answer {
  return { code, contentType: "application/json", body: Buffer.from(`${JSON.stringify(value)}\n`) };
}

export function send(response: ServerResponse, { code, contentType, body, headers }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(code, {
    ...COMMON_HEADERS,
    ...headers,
    "content-type": contentType,
    "content-length": body.length,
  });
  response.end(body);
}
