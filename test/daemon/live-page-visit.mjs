/**
 * Visits the live page with Debian's chromium, from inside the host whose daemon serves it. Whoever connects to its
 * Unix socket says what to do by lines of JSON; it does one after the other, and answers each with a line of JSON.
 *
 *   node live-page-visit.mjs URL SOCKET
 *
 *   {"see": true}                   what is to be seen
 *   {"until": "EXPRESSION"}         waits until it is true in the page
 *   {"do": "EXPRESSION"}            evaluates it in the page
 *   {"open": "URL"}                 another page
 *   {"key": "Enter"}                presses a key
 *   {"look": {width, scheme, motion}}  another window
 *   {"axe": true}                   what axe-core finds against WCAG 2.2 AA
 *   {"picture": "PATH"}             a picture of all of it
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE_MILLIS = 60_000;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const [url, path] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  // Of its own, and gone afterwards: playwright gives every browser a fresh profile.
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 });
  const requests = new Set();
  const errors = [];
  page.on("request", (request) => requests.add(request.url()));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  await page.waitForSelector("article");
  const socket = await new Promise((resolve) => {
    createServer(resolve).listen(path, () => console.log("open"));
  });
  for await (const line of createInterface({ input: socket })) {
    const answer = await obey(page, JSON.parse(line), { requests, errors }).then(
      (value = null) => ({ value }),
      ({ message }) => ({ error: message }),
    );
    socket.write(`${JSON.stringify(answer)}\n`);
  }
} finally {
  await browser.close();
}

async function obey(page, asked, heard) {
  if (asked.see) return see(page, heard);
  if (asked.until) return until(page, asked.until);
  if (asked.do) return page.evaluate(asked.do);
  if (asked.open) return void (await page.goto(asked.open));
  if (asked.key) return page.keyboard.press(asked.key);
  if (asked.picture) return page.screenshot({ path: asked.picture, fullPage: true });
  if (asked.look) {
    const { width, scheme, motion = "no-preference" } = asked.look;
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: motion });
    return page.setViewportSize({ width, height: 800 });
  }
  // Through the protocol: the page's own policy lets no script in.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }),
    RULES,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Through the protocol: what is evaluated in the page again and again is against its policy. */
async function until(page, expression) {
  const endsAt = performance.now() + PATIENCE_MILLIS;
  while (!(await page.evaluate(expression))) {
    if (performance.now() > endsAt) throw new Error("did not come true");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function see(page, { requests, errors }) {
  const seen = await page.evaluate(() => {
    const text = (selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText);
    return {
      title: document.title,
      heading: text("h1"),
      connection: text("#connection"),
      gone: text("#gone"),
      states: text(".state"),
      chips: text(".chip"),
      problems: text("#problems > li"),
      links: [...document.querySelectorAll("#problems a[href], nav a")].map((one) =>
        one.getAttribute("href"),
      ),
      groups: text("#groups > section"),
      checks: text(".checks li"),
      transitions: text(".transition"),
      lanes: [...document.querySelectorAll(".lane")].map((lane) =>
        [...lane.children].map((part) => part.className),
      ),
      body: text("main").join("\n"),
      news: document.querySelector("#news")?.textContent ?? "",
      selected: String(getSelection()),
      left: parseFloat(document.querySelector(".left")?.textContent ?? "-1"),
      bar: document.querySelector(".bar")?.style.width ?? null,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  });
  return { ...seen, requests: [...requests].sort(), errors };
}
