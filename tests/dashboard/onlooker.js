// A person who looks at the dashboard: opens its link, and finds what is there by what it is called.
import assert from "node:assert/strict";
import path from "node:path";

import { visit } from "./browser.js";

export const screenshots = process.env.DASHBOARD_SCREENSHOTS;  // a folder to write them to; none are written without it
const milliseconds = 30_000;  // rates are those of ten seconds

export async function until(what) {
  for (const began = Date.now(); Date.now() - began < milliseconds;) {
    if (await what()) return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.fail(`not within ${milliseconds} ms: ${what}`);
}

export const section = (page, name) => page.getByRole("region", { name, exact: true });
export const rowOf = (page, host, table = "Hosts") => section(page, table).getByRole("row", { name: new RegExp(`^${host} `) });
export const cellOf = (row, head) => row.locator(`td[data-head="${head}"]`);
/** An edge of the map: "Frontend → Ads". */
export const edgeOf = (page, name) =>
  section(page, "Map").locator("g.edge", { has: page.locator("title", { hasText: new RegExp(`^${name}$`) }) });

export async function open(browser, board, { viewport, colorScheme } = {}) {
  const { page, quiet, complaints } = await visit(browser, `http://${board.board}`);
  if (viewport) await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });  // who scrolls at once is tested faster
  await page.goto(board.link);
  await page.getByRole("heading", { level: 1, name: board.app, exact: true }).waitFor();
  return { page, quiet, complaints };
}

/** How far the page, or a part of it that has `selector`, is wider than there is room for. */
export const widerBy = (page, selector = ":root") => page.evaluate((parts) =>
  Math.max(...[...document.querySelectorAll(parts)].map((part) => part.scrollWidth - part.clientWidth)), selector);

/** When ten seconds are measured. */
export async function takePicture(page, name) {
  await section(page, "Map").locator(".edge.busy").first().waitFor();
  await new Promise((resolve) => { setTimeout(resolve, 11_000); });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), timeout: 60_000 });
}
