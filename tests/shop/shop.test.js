// A person in the shop: browses, searches, fills a cart, changes the currency, orders, and sees the order. In both
// placements; what they see must not depend on it.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, it } from "node:test";

import { launch, visit } from "./browser.js";
import { Shop } from "./shop.js";

const screenshots = process.env.SHOP_SCREENSHOTS;  // a folder to write them to; none are written without it
const largest_screenshot = 300_000;
const every_kind_of_page = [
  "/", "/category/garden?page=2", "/search?q=zebra", "/product/book-03", "/cart", "/orders", "/product/none",
];

async function screenshot(page, name) {
  if (!screenshots) return;
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((image) => image.decode()));
    window.scrollTo(0, 0);
  });
  const file = path.join(screenshots, `${name}.png`);
  await page.screenshot({ path: file });
  assert.ok((await stat(file)).size < largest_screenshot, `${file} is larger than ${largest_screenshot} bytes`);
}

// Every picture of the page is there, and is one.
async function assertPictures(page) {
  const broken = await page.evaluate(async () => {
    const images = [...document.images];
    for (const image of images) image.loading = "eager";
    await Promise.allSettled(images.map((image) => image.decode()));
    return images.filter((image) => image.naturalWidth === 0).map((image) => image.src);
  });
  assert.deepEqual(broken, []);
}

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What the rules of WCAG 2.1 AA, as far as a program can check them, have against the page.
async function assertAccessible(page) {
  await page.evaluate(axe);
  const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] };
  const { violations, passes } = await page.evaluate((chosen) => window.axe.run(chosen), rules);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n  ")}`);
  assert.ok(passes.length > 10, "the rules were not applied");
  assert.deepEqual(found, [], page.url());
}

async function order(page) {
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
  await page.getByLabel("Street and number").fill("Am Markt 1");
  await page.getByLabel("Postal code").fill("28195");
  await page.getByLabel("City").fill("Bremen");
  await page.getByLabel("Country").selectOption({ label: "Germany" });
  await page.getByLabel("Card number").fill("4432 8015 6152 0454");
  await page.getByLabel("Month").fill("12");
  await page.getByLabel("Year").fill("2099");
  await page.getByLabel("Security code").fill("672");
  await page.getByRole("button", { name: "Place the order" }).click();
}

async function addToCart(page, product, quantity) {
  await page.goto(`/product/${product}`);
  await page.getByLabel("Quantity").selectOption(`${quantity}`);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.waitForURL("**/cart");
}

for (const placement of ["split", "monolith"]) {
  describe(`the shop, placement ${placement}`, () => {
    let shop;
    let browser;
    before(async () => {
      [shop, browser] = await Promise.all([Shop.start(placement), launch()]);
    });
    after(async () => {
      await browser?.close();
      await shop?.stop();
    });

    it("is browsed and searched", async () => {
      const { page, quiet } = await visit(browser, shop.origin);
      await page.goto("/");
      assert.equal(await page.locator(".grid .card").count(), 12);
      await assertPictures(page);
      if (placement === "split") await screenshot(page, "home");

      await page.getByRole("link", { name: "Next" }).click();
      await page.waitForURL("**/?page=2");
      assert.equal(await page.locator(".grid .card").count(), 12);

      await page.getByRole("navigation", { name: "Categories" }).getByRole("link", { name: "Furniture" }).click();
      await page.waitForURL("**/category/furniture");
      assert.match(await page.locator(".heading").innerText(), /27 products/);

      await page.getByRole("searchbox").fill("armchair");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/search?q=armchair");
      await page.getByRole("link", { name: /Novel Armchair/ }).first().click();
      await page.waitForURL("**/product/armchair-03");
      assert.equal(await page.locator(".recommended .card").count(), 5);
      await assertPictures(page);
      if (placement === "split") await screenshot(page, "product");
      quiet();
    });

    it("sells: cart, currency, order, mail", async () => {
      const { page, quiet } = await visit(browser, shop.origin);
      await addToCart(page, "lamp-01", 2);
      await addToCart(page, "mug-04", 3);
      await page.getByLabel("Quantity of Two-Finger Mug").fill("1");
      await page.locator(".line", { hasText: "Two-Finger Mug" }).getByRole("button", { name: "Update" }).click();
      await page.locator(".count", { hasText: /^3$/ }).waitFor();
      const euros = await page.locator("dd.total").innerText();
      assert.match(euros, /^€/);
      await assertPictures(page);
      if (placement === "split") await screenshot(page, "cart");

      await page.getByLabel("Currency").selectOption("JPY");
      await page.locator("dd.total", { hasText: "¥" }).waitFor();
      assert.match(page.url(), /\/cart$/);
      const yen = await page.locator("dd.total").innerText();

      await order(page);
      await page.waitForURL("**/orders/o-*");
      assert.match(await page.locator("h1").innerText(), /Thank you, Ada Lovelace/);
      assert.equal(await page.locator("dd.total").innerText(), yen);
      assert.equal(await page.locator(".count").count(), 0);
      await assertPictures(page);
      if (placement === "split") await screenshot(page, "order");

      await page.getByRole("link", { name: /The mail to ada@example.com/ }).click();
      assert.match(await page.locator(".mail pre").innerText(), /2 x Reading Lamp, Charcoal .* JPY/);
      await page.getByRole("link", { name: "Orders", exact: true }).first().click();
      assert.equal(await page.locator("a.order").count(), 1);
      quiet();

      // Nobody else sees it.
      const stranger = await visit(browser, shop.origin);
      const id = (await page.locator("a.order").getAttribute("href")).slice("/orders/".length);
      assert.equal((await stranger.page.goto(`/orders/${id}`)).status(), 404);
      assert.match(await stranger.page.locator("main").innerText(), /There is no such page/);
    });

    it("shows an order again that cannot be, with the reason", async () => {
      const { page, complaints } = await visit(browser, shop.origin);
      await addToCart(page, "cushion-02", 1);
      await page.getByLabel("Card number").fill("4432 8015 6152 0455");
      for (const [label, value] of [
        ["E-mail", "ada@example.com"], ["Street and number", "Am Markt 1"], ["Postal code", "28195"],
        ["City", "Bremen"], ["Month", "12"], ["Year", "2099"], ["Security code", "672"],
      ]) {
        await page.getByLabel(label).fill(value);
      }
      await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
      await page.getByRole("button", { name: "Place the order" }).click();
      assert.equal(await page.getByRole("alert").innerText(), "The card number has a typing error.");
      assert.equal(await page.getByLabel("Street and number").inputValue(), "Am Markt 1");
      assert.ok(complaints.every((complaint) => complaint.includes("422")), complaints.join("\n"));
    });

    it("can be used by everybody, in light and in dark", async () => {
      const { page } = await visit(browser, shop.origin);
      await addToCart(page, "book-02", 1);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        for (const address of every_kind_of_page) {
          await page.goto(address);
          await assertAccessible(page);
        }
      }
    });

    it("works without scripts, on a small screen, in the dark", async () => {
      const context = await browser.newContext({
        baseURL: shop.origin, javaScriptEnabled: false, viewport: { width: 380, height: 800 }, colorScheme: "dark",
      });
      const page = await context.newPage();
      await page.goto("/product/plant-01");
      await page.getByLabel("Currency").selectOption("CHF");
      await page.getByRole("button", { name: "Change" }).click();
      assert.match(await page.locator(".product .price").innerText(), /^CHF/);
      if (screenshots && placement === "split") await page.screenshot({ path: path.join(screenshots, "small.png") });
      await context.close();
    });

    it("keeps carts and orders over a restart", async () => {
      const { page, quiet } = await visit(browser, shop.origin);
      await addToCart(page, "vase-03", 1);
      await order(page);
      await page.waitForURL("**/orders/o-*");
      await addToCart(page, "clock-02", 2);
      await shop.restart();
      await page.goto("/orders");
      assert.equal(await page.locator("a.order").count(), 1);
      assert.equal(await page.locator(".count").innerText(), "2");
      quiet();
    });

    it("makes the calls of calls_per_page.tsv", async () => {
      const { page } = await visit(browser, shop.origin);
      await page.goto("/");
      const before = await shop.calls();
      await page.goto("/product/mug-01");
      const made = new Map();
      for (const [edge, count] of await shop.calls()) {
        const more = count - (before.get(edge) ?? 0);
        if (more > 0) made.set(edge, more);
      }
      assert.deepEqual(Object.fromEntries([...made].sort()), await expected("product", { recommendations: 5 }));
    });
  });
}

async function expected(page, sizes) {
  const lines = (await readFile(path.join(process.env.SHOP_SOURCE, "calls_per_page.tsv"), "utf8")).split("\n");
  const counts = new Map();
  for (const line of lines) {
    const [on, caller, method, count] = line.split("\t");
    if (line.startsWith("#") || on !== page) continue;
    const edge = `${caller} ${method}`;
    counts.set(edge, (counts.get(edge) ?? 0) + (sizes[count] ?? Number(count)));
  }
  return Object.fromEntries([...counts].sort());
}
