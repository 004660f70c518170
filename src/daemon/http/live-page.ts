/** The live page: one static file that asks for nothing but `/status`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Answer, plain } from "./answer.js";

/** Below the package's folder: the compiler copies no HTML. */
const FILE = "src/daemon/http/live-page.html";

/** Read once. Where the file is left out of an installation the page is, too. */
export function livePage(): () => Answer {
  const root = dirname(createRequire(import.meta.url).resolve("vrrpd/package.json"));
  let html: string;
  try {
    html = readFileSync(join(root, FILE), "utf8");
  } catch {
    return () => plain(404, "the live page is not installed; /status, /metrics, /healthz and /readyz are");
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
    `script-src ${hashes("script")}`,
    `style-src ${hashes("style")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
