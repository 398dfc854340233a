// A person at the explorer of a real gateway: finds methods, calls them, watches streams, signs in.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import { launch, visit } from "./browser.js";
import { Library, key } from "./library.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = process.env.EXPLORER_SCREENSHOTS;  // a folder to write them to; none are written without it

async function open(page, method) {
  await page.goto(`/explorer/#${method}`);
  await page.locator("main h2", { hasText: method }).waitFor();
}
const send = (page) => page.getByRole("button", { name: "Send", exact: true }).click();
const bodyOf = (page) => page.getByRole("textbox", { name: /^Body/ });
const status = (page) => page.locator(".answer .status");

async function until(what) {
  for (const began = Date.now(); Date.now() - began < 10_000;) {
    if (await what()) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  assert.fail(`not within 10 s: ${what}`);
}

describe("the explorer", () => {
  let library;
  let browser;
  before(async () => {
    [library, browser] = await Promise.all([Library.start(), launch()]);
  });
  after(async () => {
    await browser?.close();
    await library?.stop();
  });

  it("lists services and methods with their comments, and finds them", async () => {
    const { page, quiet } = await visit(browser, library.origin);
    await page.goto("/explorer");
    const menu = page.getByRole("navigation", { name: "Methods" });
    await menu.getByRole("heading", { name: "library.v1.Library" }).waitFor();
    assert.deepEqual((await menu.locator("a .name").allInnerTexts()).sort(), [
      "AddBook", "CountListeners", "GetBook", "ImportBooks", "ListBooks", "RemoveBook", "WatchBooks",
    ]);
    await menu.getByText("Knows what only those may know who work here.").waitFor();
    await page.getByRole("searchbox", { name: "Find a method" }).fill("another copy");
    assert.deepEqual(await menu.locator("a:visible .name").allInnerTexts(), ["AddBook"]);
    await menu.getByRole("link", { name: /AddBook/ }).click();
    await page.locator("main").getByText("Adds a book to the shelves, or another copy of one that is there.").waitFor();
    quiet();
  });

  it("calls a method, and shows status, headers, body and time", async () => {
    const { page, quiet } = await visit(browser, library.origin);
    await open(page, "GetBook");
    await page.getByLabel("isbn").fill("978-1");
    await send(page);
    await page.getByText('"Quiet Machines"').waitFor();
    assert.match(await status(page).innerText(), /^200 OK \d+ B in \d+(\.\d+)? m?s$/);
    await page.getByText(/\d+ headers/).click();
    assert.equal(await page.locator(".answer tr", { hasText: "content-type" }).locator("td").innerText(), "application/json");
    quiet();
  });

  it("makes the query of its forms", async () => {
    const { page, quiet } = await visit(browser, library.origin);
    await open(page, "ListBooks");
    await page.getByLabel("kinds").fill("PAPER\nDISC");
    await page.getByLabel("title").fill("of the");
    await page.getByLabel("pageSize").fill("2");
    const request = page.waitForRequest(/\/v1\/books/);
    await send(page);
    assert.equal(new URL((await request).url()).search, "?pageSize=2&kinds=PAPER&kinds=DISC&title=of%20the");
    await page.getByText('"Songs of the Loom"').waitFor();
    quiet();
  });

  it("fills bodies with an example, and shows what is wrong with them", async () => {
    const { page, complaints } = await visit(browser, library.origin);
    await open(page, "AddBook");
    const body = bodyOf(page);
    const example = JSON.parse(await body.inputValue());
    assert.deepEqual(example, {
      isbn: "", title: "", authors: [""], kind: "PAPER", copies: "0", printed: "2026-01-31T12:00:00Z", reader: "",
    });
    await send(page);
    await page.getByText('"a book has a title"').first().waitFor();
    assert.match(await status(page).innerText(), /^400 /);
    await body.fill("{");
    await page.getByText(/This is no JSON/).waitFor();
    await body.fill(JSON.stringify({ ...example, isbn: "978-7", title: "Added", pages: 3 }));
    await send(page);
    await page.getByText(/has no field \\"pages\\"/).first().waitFor();
    await body.fill(JSON.stringify({ ...example, isbn: "978-7", title: "Added" }));
    await send(page);
    await page.locator(".answer").getByText('"Added"').waitFor();
    assert.ok(complaints.every((complaint) => complaint.includes("400")), complaints.join("\n"));
  });

  it("shows an error with its code", async () => {
    const { page, complaints } = await visit(browser, library.origin);
    await open(page, "GetBook");
    await page.getByLabel("isbn").fill("a/b c");
    const request = page.waitForRequest(/\/v1\/books\//);
    await send(page);
    assert.match((await request).url(), /\/v1\/books\/a%2Fb%20c$/);
    await page.getByText('"NOT_FOUND"').waitFor();
    assert.match(await status(page).innerText(), /^404 Not Found/);
    assert.ok(complaints.every((complaint) => complaint.includes("404")), complaints.join("\n"));
  });

  for (const form of ["application/x-ndjson", "text/event-stream"]) {
    it(`shows a stream as it comes, and stops it: ${form}`, async () => {
      const { page, quiet } = await visit(browser, library.origin);
      await open(page, "WatchBooks");
      await page.getByLabel("Stream as").selectOption(form);
      await send(page);
      await page.getByText('"reader 4"').waitFor();
      assert.equal(await library.listeners(), 1);
      await page.getByRole("button", { name: "Stop" }).click();
      assert.match(await status(page).innerText(), /^200 OK Stopped after \d+ messages$/);
      await until(async () => await library.listeners() === 0);
      assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);
      quiet();
    });
  }

  it("stops a stream when another method is chosen", async () => {
    const { page } = await visit(browser, library.origin);
    await open(page, "WatchBooks");
    await send(page);
    await page.getByText('"reader 1"').waitFor();
    await open(page, "GetBook");
    await until(async () => await library.listeners() === 0);
  });

  it("sends a stream, a request a line", async () => {
    const { page, quiet } = await visit(browser, library.origin);
    await open(page, "ImportBooks");
    await bodyOf(page).fill('{"isbn":"978-8","title":"one"}\n{"isbn":"978-9","title":"two"}\n');
    await send(page);
    await page.locator(".answer").getByText('"books"').waitFor();
    assert.match(await page.locator(".answer pre").innerText(), /"books": "2"/);
    quiet();
  });

  it("signs in for this tab alone", async () => {
    const { page } = await visit(browser, library.origin);
    await open(page, "CountListeners");
    await send(page);
    await page.getByText('"UNAUTHENTICATED"').waitFor();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("API key", { exact: true }).fill(key);
    await page.getByLabel("Bearer token").fill("t.o.k");
    await page.getByRole("button", { name: "Use" }).click();
    await page.getByRole("button", { name: "Signed in" }).waitFor();
    const request = page.waitForRequest(/listeners/);
    await send(page);
    await page.locator(".kind-2").waitFor();
    assert.equal((await request).headers()["x-api-key"], key);
    assert.equal((await request).headers().authorization, "Bearer t.o.k");

    await page.reload();
    await page.getByRole("button", { name: "Signed in" }).waitFor();
    const { cookies, origins } = await page.context().storageState();
    assert.deepEqual([cookies, origins], [[], []]);  // neither cookies nor what other tabs see
    const other = await page.context().newPage();
    await other.goto("/explorer/");
    await other.getByRole("button", { name: "Sign in" }).waitFor();

    await page.getByRole("button", { name: "Signed in" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.getItem("holon.explorer.credentials")), "{}");
  });

  it("gives the request as a command for curl that works", async () => {
    const { page } = await visit(browser, library.origin);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await open(page, "AddBook");
    await bodyOf(page).fill('{"isbn": "978-5", "title": "It\'s $HOME"}');
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByText("Copied").waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    const { stdout } = await promisify(execFile)("sh", ["-c", command]);
    assert.equal(JSON.parse(stdout).title, "It's $HOME");
  });

  it("is used by the keyboard alone", async () => {
    const { page, quiet } = await visit(browser, library.origin);
    await page.goto("/explorer/");
    await page.locator("main h2").waitFor();
    await page.keyboard.press("Tab");
    await page.getByRole("link", { name: "Skip to the method" }).waitFor();
    await page.getByRole("link", { name: /GetBook/ }).focus();
    await page.keyboard.press("Enter");
    await page.locator("main h2", { hasText: "GetBook" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("978-2");
    await page.keyboard.press("Control+Enter");
    await page.getByText('"Songs of the Loom"').waitFor();
    quiet();
  });

  it("can be used by everybody, in light and in dark, on a small screen", async () => {
    for (const [colorScheme, width] of [["light", 1240], ["dark", 1240], ["light", 390], ["dark", 390]]) {
      // The page's policy forbids what the checker is; its other tests are held to it.
      const context = await browser.newContext({
        baseURL: library.origin, colorScheme, viewport: { width, height: 850 }, bypassCSP: true,
      });
      const page = await context.newPage();
      for (const method of ["ListBooks", "AddBook", "WatchBooks", "RemoveBook"]) {
        await open(page, method);
        await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = true; });
        await send(page).catch(() => {});
        if (method === "RemoveBook") await page.getByRole("button", { name: "Sign in" }).click();
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(() => window.axe.run());
        assert.ok(passes.length > 10, "the rules were not applied");
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n  ")}`);
        assert.deepEqual(found, [], `${method} ${colorScheme} ${width}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${method} is wider than its window of ${width}`);
      }
      await context.close();
    }
  });

  it("asks nobody but its own server, and nobody may frame it", async () => {
    const { page, quiet } = await visit(browser, library.origin);  // which complains of requests to other servers
    const response = await page.goto("/explorer/");
    assert.equal(response.headers()["x-frame-options"], "DENY");
    assert.match(response.headers()["content-security-policy"], /default-src 'none'; script-src 'self'; style-src 'self'/);
    await page.locator("main h2").waitFor();
    quiet();
    await page.evaluate(() => { document.body.append(Object.assign(document.createElement("iframe"), { src: "/explorer/" })); });
    await until(async () => page.frames().length > 1);
    assert.equal(await page.frames()[1].locator("main h2").count(), 0);
    await assert.rejects(page.evaluate(() => fetch("https://example.com/")));
  });

  it("has its pictures taken", { skip: !screenshots }, async () => {
    const take = async (name, colorScheme, viewport, method, act) => {
      const context = await browser.newContext({ baseURL: library.origin, colorScheme, viewport });
      const page = await context.newPage();
      await open(page, method);
      await act(page);
      await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
      await context.close();
    };
    const wide = { width: 1180, height: 860 };
    const getBook = async (page) => {
      await page.getByLabel("isbn").fill("978-1");
      await send(page);
      await page.getByText('"Quiet Machines"').waitFor();
    };
    await take("explorer", "light", wide, "GetBook", getBook);
    await take("explorer-phone", "light", { width: 390, height: 800 }, "GetBook", getBook);
    await take("explorer-dark", "dark", wide, "WatchBooks", async (page) => {
      await send(page);
      await page.getByText('"reader 7"').waitFor();
    });
  });
});
