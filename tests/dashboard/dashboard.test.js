// A person at the dashboard of the shop's node: sees what runs, what flows, and what was written; and what becomes of the page
// when the node goes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, afterEach, before, describe, it } from "node:test";

import { Board } from "./board.js";
import { launch } from "./browser.js";
import * as onlooker from "./onlooker.js";
import { cellOf, edgeOf, rowOf, screenshots, section, takePicture, until, widerBy } from "./onlooker.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the dashboard", () => {
  let shop;
  let browser;
  let traffic;
  before(async () => {
    browser = await launch();
    shop = await Board.start("split");
  });
  after(async () => {
    clearInterval(traffic);
    await browser?.close();
    await shop?.stop();
  });
  afterEach(async () => { await Promise.all(browser.contexts().map((context) => context.close())); });

  const open = (options) => onlooker.open(browser, shop, options);
  /** From here on somebody looks at the shop all the time. */
  async function makeTraffic() {
    traffic ??= setInterval(() => shop.visit().catch(() => {}), 100);
  }

  it("takes the key out of the address, and keeps it for this tab alone", async () => {
    const { page, quiet } = await open();
    assert.equal(page.url(), `http://${shop.board}/`);
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "shop" }).waitFor();
    const { cookies, origins } = await page.context().storageState();
    assert.deepEqual([cookies, origins], [[], []]);
    const other = await page.context().newPage();
    await other.goto("/");
    await other.getByText(/needs the key of the node/).waitFor();
    await other.goto(`/#${"0".repeat(64)}`);
    await other.getByText(/needs the key of the node/).waitFor();
    await page.bringToFront();
    assert.equal(await page.getByRole("alert").count(), 0);
    await other.close();
    assert.equal(typeof quiet, "function");
  });

  it("shows services, owners, placement, replicas and states", async () => {
    const { page, quiet } = await open();
    await page.getByText(/placement split/).waitFor();
    await page.getByText(/\d+ of \d+ hosts ready/).waitFor();
    const cart = rowOf(page, "cart.0");
    await cart.getByText("● ready").waitFor();
    assert.match(await cart.innerText(), /Cart/);
    const map = section(page, "Map");
    for (const name of ["Cart", "Catalog", "Frontend", "Payment"]) {
      await map.locator(".service text", { hasText: new RegExp(`^${name}$`) }).waitFor();
    }
    assert.ok(await map.locator(".service .owner").count() > 0);
    quiet();
  });

  it("shows calls, errors and latency on the edges, live", async () => {
    const { page, quiet } = await open();
    await makeTraffic();
    const edge = edgeOf(page, "Frontend → Catalog");
    await until(async () => /\d\/s/.test(await edge.textContent()));
    assert.match(await edge.textContent(), /p50 [\d.]+ (µs|ms) · p99 [\d.]+ (µs|ms)$/);
    const row = section(page, "Calls").getByRole("row", { name: /^Frontend → Catalog/ });
    await row.waitFor();
    assert.match(await row.innerText(), /frontend\.0\s+[\d.]+\/s\s+0 %/);
    quiet();
  });

  it("shows what holon top tells, and how each host answers, sorted as one wishes", async () => {
    const { page, quiet } = await open();
    await makeTraffic();
    const told = JSON.parse(await shop.holon("top", "--once", "--json"));
    const row = rowOf(page, "catalog.0", "Top");
    await until(async () => /^[1-9][\d.]*\/s$/.test(await cellOf(row, "Calls").innerText()));
    const { processes, descriptors } = told.hosts.find(({ host }) => host === "catalog.0");
    assert.equal(await cellOf(row, "Processes").innerText(), `${processes}`);
    assert.ok(Math.abs(Number(await cellOf(row, "Descriptors").innerText()) - descriptors) < 10);
    assert.match(await cellOf(row, "CPU").innerText(), /^[\d.]+ %$/);
    assert.match(await cellOf(row, "Memory").innerText(), /^[\d.]+ MiB$/);
    assert.equal(await cellOf(row, "Failed").innerText(), "0 %");
    assert.match(await cellOf(row, "p99").innerText(), /^[\d.]+ (µs|ms)$/);
    const head = section(page, "Top").getByRole("columnheader", { name: /^Calls/ });
    await head.getByRole("button").click();
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    await until(async () => /^currency\.0/.test(await section(page, "Top").getByRole("row").nth(1).innerText()));
    quiet();
  });

  it("shows each replica", async () => {
    const { page, quiet } = await open();
    await shop.holon("scale", "email=2");
    await rowOf(page, "email.1").getByText("● ready").waitFor();
    await section(page, "Map").getByText("2 of 2 ready").waitFor();
    quiet();
  });

  it("shows a host that died, and why", async () => {
    const { page, quiet } = await open();
    const row = rowOf(page, "ads.0");
    await row.getByText("● ready").waitFor();
    process.kill(Number(await cellOf(row, "PID").innerText()), "SIGKILL");
    await until(async () => await cellOf(row, "Restarts").innerText() === "1");
    assert.match(await cellOf(row, "Why it last ended").innerText(), /^signal 9/);
    await row.getByText("● ready").waitFor();
    quiet();
  });

  it("shows the log of one host, and the lines with a text", async () => {
    const { page, quiet } = await open();
    await makeTraffic();
    await rowOf(page, "gateway.0").getByRole("button").click();
    const lines = page.getByRole("log").locator("div");
    await until(async () => await lines.count() > 3);
    const count = await lines.count();
    await until(async () => await lines.count() > count);  // live
    assert.ok((await lines.allInnerTexts()).every((line) => line.includes("gateway.0")));
    await page.getByRole("searchbox", { name: "Lines with" }).fill("no line has this");
    await page.getByText("No line has this text.").waitFor();
    await page.getByRole("searchbox", { name: "Lines with" }).fill("HTTP_METHOD=get");
    await lines.first().waitFor();
    assert.match(await lines.first().innerText(), /^\d\d:\d\d:\d\d\.\d{3} gateway\.0 info request .*http_method=GET/);
    quiet();
  });

  it("works by the keyboard alone", async () => {
    const { page, quiet } = await open();
    await rowOf(page, "cart.0").getByText("● ready").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await until(() => page.evaluate(() => location.hash === "#logs"));
    await rowOf(page, "cart.0").getByRole("button").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "logs");
    assert.equal(await page.getByRole("combobox", { name: "Host" }).inputValue(), "cart.0");
    quiet();
  });

  it("is used on a phone without scrolling sideways", async () => {
    await makeTraffic();
    for (const viewport of [{ width: 375, height: 667 }, { width: 320, height: 568 }]) {
      const { page, quiet } = await open({ viewport });
      await section(page, "Map").locator(".edge.busy", { hasText: /^→ Catalog [\d.]+\/s p50/ }).waitFor();
      await cellOf(rowOf(page, "cart.0"), "Owner").getByText("team-basket").waitFor();
      await cellOf(rowOf(page, "cart.0", "Top"), "Memory").getByText("MiB").waitFor();
      await section(page, "Calls").getByRole("row", { name: /^Frontend → Catalog/ }).waitFor();
      assert.ok(await widerBy(page, ":root, nav, .map, .scroll, .lines, .events") <= 0, `${viewport.width}`);
      for (const name of ["Map", "Hosts", "Top", "Calls", "Logs", "Events"]) {
        await page.getByRole("navigation").getByRole("link", { name }).click();
        await until(() => page.getByRole("heading", { name, exact: true }).evaluate((heading) => {
          const { top, bottom } = heading.getBoundingClientRect();
          return top >= document.querySelector("nav").getBoundingClientRect().bottom && bottom <= innerHeight;
        }));
      }
      quiet();
    }
  });

  it("moves nothing by itself for who does not want that, and reads no log aloud", async () => {
    const { page, quiet } = await open();
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    assert.equal(await page.getByRole("log").getAttribute("aria-live"), "off");
    await page.getByRole("status").getByText("● live").waitFor();
    quiet();
  });

  it("is open in two tabs at once, and holds no connection in one that nobody looks at", async () => {
    const { page } = await open();
    const other = await page.context().newPage();
    await other.goto(shop.link);
    await makeTraffic();
    for (const tab of [page, other]) {
      await until(async () => /\d\/s/.test(await edgeOf(tab, "Frontend → Catalog").textContent()));
    }
    const ended = [];
    page.on("requestfailed", (request) => ended.push(new URL(request.url()).pathname));
    const look = (hidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    await look(true);
    await until(() => ["/control/Watch", "/control/Logs"].every((stream) => ended.includes(stream)));
    const again = page.waitForRequest(/\/control\/Watch$/);
    await look(false);
    await again;
    await page.getByRole("status").getByText("● live").waitFor();
    await other.close();
  });

  it("can be used by everybody: map, tables and logs, in light and in dark, on a small screen", async () => {
    await makeTraffic();
    for (const [colorScheme, width] of [["light", 1240], ["dark", 1240], ["light", 375], ["dark", 375]]) {
      // The page's policy forbids what the checker is; its other tests are held to it.
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 667 }, bypassCSP: true });
      const page = await context.newPage();
      await page.goto(shop.link);
      await section(page, "Map").locator(".edge.busy").first().waitFor();
      await rowOf(page, "cart.0").getByRole("button").click();  // a short log: the checker looks at every line of it
      await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = true; });
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => window.axe.run());
      assert.ok(passes.length > 10, "the rules were not applied");
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n  ")}`);
      assert.deepEqual(found, [], `${colorScheme} ${width}`);
      assert.ok(await widerBy(page) <= 0, `the page is wider than its window of ${width}`);
      await context.close();
    }
  });

  it("asks nobody but its own node, and nobody may frame it", async () => {
    const { page, quiet } = await open();  // which complains of requests to other servers
    quiet();
    await page.evaluate(() => { document.body.append(Object.assign(document.createElement("iframe"), { src: "/" })); });
    await until(async () => page.frames().length > 1);
    assert.equal(await page.frames()[1].locator("#app").count(), 0);
    await assert.rejects(page.evaluate(() => fetch("https://example.com/")));
    // A page of another origin on this machine, here the shop's own, reads nothing, even if it knew the key.
    await page.goto(shop.origin);
    const read = page.evaluate(([board, key]) => fetch(`http://${board}/control/List`, {
      method: "POST", headers: { authorization: `Bearer ${key}` }, body: "{}",
    }).then((answer) => answer.text()), [shop.board, shop.key]);
    await assert.rejects(read, /Failed to fetch/);
    await assert.rejects(page.evaluate((board) => fetch(`http://${board}/metrics`), shop.board), /Failed to fetch/);
  });

  it("has its pictures taken", { skip: !screenshots }, async () => {
    await makeTraffic();
    for (const [name, options] of [
      ["dashboard", { colorScheme: "light", viewport: { width: 1240, height: 1320 } }],
      ["dashboard-phone", { colorScheme: "light", viewport: { width: 375, height: 667 } }],
    ]) {
      const { page } = await open(options);
      await takePicture(page, name);
    }
  });

  it("says that the node does not answer, and when it does again", async () => {
    const { page } = await open();
    const { pid } = JSON.parse(await shop.holon("ps", "--json"));
    process.kill(pid, "SIGSTOP");  // its connections stay
    try {
      await page.getByRole("alert").getByText("The node does not answer. What you see is how it was.").waitFor();
      await page.getByRole("status").getByText("▲ not live").waitFor();
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await page.getByRole("status").getByText("● live").waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
  });

  it("says that the node is gone, and finds it again", async () => {
    const { page } = await open();
    await shop.holon("down");
    await page.getByRole("alert").getByText(/The node is gone: .*What you see is how it was/).waitFor();
    await page.getByText(/Trying again in \d s/).waitFor();
    await rowOf(page, "cart.0").waitFor();  // as it was
    await shop.up();
    await until(async () => await page.getByRole("alert").count() === 0);
    await rowOf(page, "cart.0").getByText("● ready").waitFor();
  });
});
