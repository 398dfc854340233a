// Debian's Chromium, and a page of it that holds against the shop whatever it complains about.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

export async function visit(browser, origin) {
  const viewport = { width: 1140, height: 850 };
  const context = await browser.newContext({ baseURL: origin, viewport, colorScheme: "light" });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A picture still on its way when the next page opens is no failure.
    const { errorText } = request.failure();
    if (errorText !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()}: ${errorText}`);
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`outside of the shop: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  return { page, quiet: () => assert.deepEqual(complaints.splice(0), []), complaints };
}
