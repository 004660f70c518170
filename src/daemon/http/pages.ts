/** What the HTTP listener answers: documents, health, metrics, and the live page, a static file that asks for `/status`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Metrics } from "../metrics/metrics.js";
import type { HealthDocument } from "../status/health.js";
import type { StatusDocument } from "../status/types.js";
import { type Answer, json, plain } from "./answer.js";
import { runbookPage } from "./runbook.js";
import type { Pages } from "./server.js";

/** Below the package's folder: the compiler copies no HTML. */
const LIVE_PAGE = "src/daemon/http/live-page.html";
const OPERATING = "docs/operating.md";

export interface PageSources {
  readonly status: () => StatusDocument;
  readonly health: () => HealthDocument;
  readonly metrics: Metrics;
}

export function pagesOf({ status, health, metrics }: PageSources): Pages {
  return {
    "/": { answer: fixed("the live page", LIVE_PAGE, (html) => html) },
    "/runbook": { answer: fixed("the runbook", OPERATING, runbookPage) },
    "/status": { answer: () => json(200, status()) },
    "/healthz": { answer: () => verdict(health(), "healthy"), isUrgent: true },
    "/readyz": { answer: () => verdict(health(), "ready"), isUrgent: true },
    "/metrics": {
      answer: async () => ({
        code: 200,
        contentType: metrics.contentType,
        body: Buffer.from(await metrics.render(() => nextTurn())),
      }),
    },
  };
}

function verdict(health: HealthDocument, of: "healthy" | "ready"): Answer {
  if (health[of]) return plain(200, "ok");
  return plain(503, [...health.problems, ...(of === "ready" ? health.waitsFor : [])].join("\n"));
}

/** Read once. Where the file is left out of an installation the page is, too. */
function fixed(what: string, path: string, pageOf: (text: string) => string): () => Answer {
  const root = dirname(createRequire(import.meta.url).resolve("vrrpd/package.json"));
  let html: string;
  try {
    html = pageOf(readFileSync(join(root, path), "utf8"));
  } catch {
    return () => plain(404, `${what} is not installed; /status, /metrics, /healthz and /readyz are`);
  }
  const answer = {
    code: 200,
    contentType: "text/html; charset=utf-8",
    body: Buffer.from(html),
    headers: { "content-security-policy": policy(html), "x-frame-options": "DENY" },
  };
  return () => answer;
}

/** Its own script and styles, requests to where it came from, and nothing else. */
function policy(html: string): string {
  const hashes = (element: string) =>
    [...html.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, "g"))]
      .map(([, text]) => `'sha256-${createHash("sha256").update(text!).digest("base64")}'`)
      .join(" ");
  return [
    "default-src 'none'",
    "connect-src 'self'",
    // The icon, which is empty.
    "img-src data:",
    `script-src ${hashes("script") || "'none'"}`,
    `style-src ${hashes("style")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
