/**
 * An HTTP or HTTPS request, as kubelet's probe makes one: GET, a connection of its own, certificates not verified, the
 * body read to its end or to 10 KiB, all within the time limit. The status decides. Unlike kubelet, which follows
 * redirects to the same host, it follows none.
 */
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { LookupFunction } from "node:net";
import { formatSeconds, microsToSeconds } from "../../base/time.js";
import { visible } from "../../base/visible.js";
import { formatStatuses, type HttpCheck, urlOf } from "../../config/index.js";
import { nameOf } from "../../core/origin.js";
import { type Answer, Attempts, findingOf } from "./attempts.js";
import type { CheckKind } from "./kind.js";
import { failed, whyNotConnected } from "./reasons.js";

const MAX_BODY_BYTES = 10 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** Of everything: what comes before a status, and between chunks, is bounded by nothing else. */
const MAX_ANSWER_BYTES = 256 * 1024;
/** How much of the body, and of the status's reason phrase, goes into the detail. */
const SHOWN_CHARACTERS = 256;
const SHOWN_PHRASE_CHARACTERS = 40;

export const http: CheckKind<HttpCheck> = {
  title: "HTTP check",
  listedAs: null,
  start(check, hooks) {
    const attempts = new Attempts({ ...hooks, intervalMicros: check.intervalMicros });
    const late = `no whole answer from ${shownUrl(check)} within ${formatSeconds(check.intervalMicros)}`;
    attempts.start((signal) => askHttp(check, signal), late);
    return { update: () => {}, stop: async () => attempts.stop() };
  },
  describe: ({ target, statuses }) => `${urlOf(target)}, status ${formatStatuses(statuses)},`,
  fact: shownUrl,
  settings({ target, hostName, statuses, intervalMicros }) {
    const host = hostName === null ? {} : { hostName };
    const status = formatStatuses(statuses);
    return { url: urlOf(target), ...host, status, intervalSeconds: microsToSeconds(intervalMicros) };
  },
  examine: async (check) => [await findingOf((signal) => askHttp(check, signal), "http", check)],
  action({ origin }) {
    return (
      `Ask the URL of ${nameOf(origin)} on this node, and start or mend the service; the address goes to another node ` +
      "meanwhile."
    );
  },
};

/** Without its query, in which a secret may stand. */
function shownUrl({ target }: Pick<HttpCheck, "target">): string {
  return urlOf({ ...target, path: target.path.replace(/\?.*/s, "?…") });
}

type HttpQuestion = Pick<HttpCheck, "target" | "hostName" | "statuses">;

/** One request. */
export async function askHttp(question: HttpQuestion, signal: AbortSignal): Promise<Answer> {
  const { scheme } = question.target;
  // Loaded only where such a check runs.
  const { request: begin } = await (scheme === "https" ? import("node:https") : import("node:http"));
  const request = begin({ ...requestOptions(question), signal });
  try {
    return await answerTo(request, question, shownUrl(question));
  } finally {
    request.destroy();
  }
}

function requestOptions({
  target,
  hostName,
}: HttpQuestion): RequestOptions & { rejectUnauthorized: boolean } {
  const { host, port, path } = target;
  const [, authority = ""] = /^\w+:\/\/([^/]*)/.exec(urlOf({ ...target, path: "/" })) ?? [];
  return {
    host: host === "localhost" ? host : host.text,
    ...(host === "localhost" ? { lookup: lookUpLocalhost } : {}),
    port,
    path,
    headers: { Host: hostName ?? authority, "User-Agent": "vrrpd", Accept: "*/*", Connection: "close" },
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    // As kubelet: a check asks whether the service answers, not who it is; an expired certificate moves no address.
    rejectUnauthorized: false,
  };
}

/** Neither DNS nor a file is asked, which may take long. The second one is tried where the first does not answer. */
const lookUpLocalhost: LookupFunction = (_name, _options, callback) => {
  callback(null, [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ]);
};

function answerTo(request: ClientRequest, question: HttpQuestion, url: string): Promise<Answer> {
  const startedMillis = performance.now();
  return new Promise((resolve) => {
    const fail = (why: string) => resolve({ outcome: "fail", detail: `${url}: ${why}` });
    request.on("error", (error: NodeJS.ErrnoException) => {
      resolve(failed(url, error.code ?? error.message, whyNoAnswer(error)));
    });
    let bytes = 0;
    request.on("socket", (socket) => {
      socket.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) fail(`its answer is longer than ${MAX_ANSWER_BYTES / 1024} KiB`);
      });
    });
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(judge(response, "", question, url, startedMillis));
    });
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const conclude = () => {
        const body = Buffer.concat(chunks).toString();
        resolve(judge(response, body, question, url, startedMillis));
      };
      response.on("data", (chunk: Buffer) => {
        if (length < SHOWN_CHARACTERS) chunks.push(chunk.subarray(0, SHOWN_CHARACTERS));
        length += chunk.length;
        if (length > MAX_BODY_BYTES) conclude();
      });
      response.on("end", conclude);
      response.on("error", () => fail("its answer broke off"));
    });
    request.end();
  });
}

function judge(
  { statusCode = 0, statusMessage = "" }: IncomingMessage,
  body: string,
  { statuses }: HttpQuestion,
  url: string,
  startedMillis: number,
): Answer {
  const phrase = inOneLine(statusMessage, SHOWN_PHRASE_CHARACTERS);
  const said = `${url} answered ${statusCode}${phrase === "" ? "" : ` ${phrase}`}`;
  const redirected = statusCode >= 300 && statusCode < 400 ? ", not followed," : "";
  if (statuses.some(({ from, to }) => statusCode >= from && statusCode <= to)) {
    const millis = (performance.now() - startedMillis).toFixed(1);
    return { outcome: "pass", detail: `${said}${redirected} in ${millis} ms` };
  }
  const words = inOneLine(body, SHOWN_CHARACTERS);
  const accepted = `${redirected} where ${formatStatuses(statuses)} is accepted`;
  return { outcome: "fail", detail: `${said}${accepted}${words === "" ? "" : `: ${words}`}` };
}

function inOneLine(text: string, most: number): string {
  return visible(
    text
      .slice(0, most)
      .replace(/[ \t\n\v\f\r\0\ufffd]+/g, " ")
      .trim(),
  );
}

function whyNoAnswer(error: NodeJS.ErrnoException & { readonly reason?: string }): string {
  const { code = error.message, name, reason } = error;
  if (name === "AbortError") return "no whole answer within a second";
  if (code === "ECONNRESET") return "the connection ended before an answer";
  if (code === "HPE_HEADER_OVERFLOW") return `its headers are longer than ${MAX_HEADER_BYTES / 1024} KiB`;
  if (code.startsWith("HPE_")) return `its answer is not HTTP/1 (${code})`;
  if (code === "EPROTO" || code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS"))
    return `no TLS connection (${reason ?? code})`;
  return whyNotConnected(code);
}
