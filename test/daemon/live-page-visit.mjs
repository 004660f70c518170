/**
 * Visits the live page with Debian's chromium, from inside the host whose daemon serves it, and prints what it sees:
 * one line of JSON at first, and one after the state has changed to the word given.
 *
 *   node live-page-visit.mjs URL STATE SCREENSHOT
 */
import { chromium } from "playwright-core";

const [url, laterState, screenshot] = process.argv.slice(2);
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
  const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, deviceScaleFactor: 1 });
  const requests = [];
  const errors = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  await page.waitForSelector("article");
  await print(page);
  await page.waitForFunction((state) => {
    const states = [...document.querySelectorAll(".state")].map((one) => one.textContent);
    return states.every((one) => one === state);
  }, laterState);
  await page.waitForFunction(() => document.querySelectorAll(".transition").length >= 4);
  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
  await print(page, { requests: [...new Set(requests)], errors });
} finally {
  await browser.close();
}

async function print(page, more = {}) {
  const text = (selector) => page.locator(selector).allInnerTexts();
  const timer = () =>
    page.evaluate(() => ({
      left: parseFloat(document.querySelector(".left")?.textContent ?? "-1"),
      width: document.querySelector(".bar")?.style.width ?? null,
    }));
  const samples = [];
  for (let sample = 0; sample < 8; sample += 1) {
    samples.push(await timer());
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  const seen = {
    title: await page.title(),
    heading: await text("h1"),
    states: await text(".state"),
    chips: await text(".chip"),
    problems: await text("#problems li"),
    transitions: await text(".transition"),
    lanes: await page.evaluate(() =>
      [...document.querySelectorAll(".lane")].map((lane) => [...lane.children].map((part) => part.className)),
    ),
    body: (await text("main")).join("\n"),
    samples,
    ...more,
  };
  console.log(JSON.stringify(seen));
}
