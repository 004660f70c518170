/** A picture of an HTML file with Debian's chromium: node shot.mjs FILE PICTURE WIDTH */
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, picture, width] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: 600 } });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: picture, fullPage: true });
} finally {
  await browser.close();
}
