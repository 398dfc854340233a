// What a person sees of a host in trouble: the ads are a process that fails, ends, eats or freezes when a file says so.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";

import { Board } from "./board.js";
import { launch } from "./browser.js";
import { cellOf, edgeOf, open, rowOf, screenshots, section, takePicture, until, widerBy } from "./onlooker.js";

const others = ["cart", "catalog", "checkout", "currency", "email", "frontend", "inventory", "payment", "recommendation",
                "shipping"];

class TroubledShop extends Board {
  async start() {
    await writeFile(path.join(this.folder, "holon.trouble.yaml"), `
services:
  ads:
    environment: {TROUBLE: ${this.trouble}}
    health: {period: 300ms, timeout: 1s, failures: 2}
    resources: {memory: 128MiB}
placements:
  troubled:
    ads: {command: [/usr/bin/python3, -B, ${process.env.ADS_IN_TROUBLE}], services: [ads]}
${others.map((name) => `    ${name}: [${name}]\n`).join("")}`);
    return super.start();
  }

  get options() {
    return [...super.options, "--overlay", "trouble"];
  }
  get trouble() {
    return path.join(this.folder, "trouble");
  }
  ails(what) {
    return writeFile(this.trouble, what);
  }
  isWell() {
    return rm(this.trouble, { force: true });
  }
  async process() {
    const { hosts } = JSON.parse(await this.holon("ps", "--json"));
    return hosts.find(({ host }) => host === "ads.0").pid;
  }
}

describe("the dashboard of a shop in trouble", () => {
  let shop;
  let browser;
  let traffic;
  before(async () => {
    browser = await launch();
    shop = await TroubledShop.start("troubled");
    traffic = setInterval(() => shop.visit().catch(() => {}), 100);
  });
  after(async () => {
    clearInterval(traffic);
    await browser?.close();
    await shop?.stop();
  });
  afterEach(async () => {
    await shop.isWell();
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  const ads = (page) => rowOf(page, "ads.0");
  const restarts = async (page) => Number(await cellOf(ads(page), "Restarts").innerText());

  async function seeItReady(page) {
    await ads(page).getByText("● ready").waitFor();
    return restarts(page);
  }
  /** It has ended since, and is back: why, and what it wrote last. */
  async function seeItBack(page, restartsBefore) {
    await until(async () => await restarts(page) > restartsBefore);
    await seeItReady(page);
    const cause = cellOf(ads(page), "Why it last ended");
    const why = await cause.locator("summary").innerText();
    await cause.locator("summary").click();
    return { why, lines: await cause.locator("pre").innerText() };
  }

  it("shows on the edge that calls fail, how many and how fast, until they do no more", async () => {
    const { page, quiet } = await open(browser, shop);
    const edge = edgeOf(page, "Frontend → Ads");
    await until(async () => /\/s/.test(await edge.textContent()));
    assert.doesNotMatch(await edge.getAttribute("class"), /failing/);
    await shop.ails("failing");
    await until(async () => /\d\/s · [\d.]+ % failed/.test(await edge.textContent()));
    assert.match(await edge.getAttribute("class"), /failing/);
    await until(async () => Number(/ · p99 ([\d.]+) ms$/.exec(await edge.textContent())?.[1]) >= 30);  // the twin's 30 ms
    assert.doesNotMatch(await edgeOf(page, "Frontend → Cart").getAttribute("class"), /failing/);
    await page.getByText("calls fail on 1 edge").waitFor();
    await section(page, "Trouble").getByText(/^Frontend → Ads: [\d.]+ % of [\d.]+\/s failed/).waitFor();
    assert.match(await section(page, "Calls").getByRole("row", { name: /^Frontend → Ads/ }).innerText(), /[1-9][\d.]* %/);
    assert.match(await cellOf(rowOf(page, "ads.0", "Top"), "Failed").innerText(), /^[1-9][\d.]* %$/);
    await shop.isWell();
    await until(async () => !/failing/.test(await edge.getAttribute("class")));
    assert.match(await edge.textContent(), /\d\/s/);
    await page.getByText("no calls fail").waitFor();
    await until(async () => await section(page, "Trouble").count() === 0);  // the breaker closes a little later
    quiet();
  });

  it("says first of all which faults somebody has set, and that the calls which they end fail", async () => {
    const { page, quiet } = await open(browser, shop);
    await seeItReady(page);
    await shop.holon("fault", "add", "--from", "frontend", "--to", "ads", "--abort", "internal");
    const trouble = section(page, "Trouble");
    await trouble.getByText(/^Somebody has set fault 1: it aborts the calls of shop.Frontend to shop.Ads with INTERNAL, until /).waitFor();
    await trouble.getByText(/^Frontend → Ads: [\d.]+ % of [\d.]+\/s failed/).waitFor();
    await section(page, "Events").getByText(/^fault 1 is on/).waitFor();
    await shop.holon("fault", "remove", "1");
    await until(async () => await section(page, "Trouble").count() === 0);
    quiet();
  });

  it("marks what retries hide, and tells more of an edge on a click", async () => {
    const { page, quiet } = await open(browser, shop);
    await shop.holon("scale", "catalog=2");
    const { hosts } = JSON.parse(await shop.holon("ps", "--json"));
    const { pid } = hosts.find(({ host }) => host === "catalog.1");
    const edge = edgeOf(page, "Frontend → Catalog");
    process.kill(pid, "SIGSTOP");
    try {
      await until(async () => /strained/.test(await edge.getAttribute("class")));
      await section(page, "Trouble").getByText(/^Frontend → Catalog: .* of the attempts.*; catalog\.1: does not answer/).waitFor();
      assert.match(await page.locator(".map g.host", { hasText: "catalog" }).getAttribute("class"), /strained/);
      await edge.locator("text").click();
      const details = page.getByRole("region", { name: "Frontend → Catalog" });
      await details.getByText(/^catalog\.1: does not answer/).waitFor();
      assert.match(await details.innerText(), /Calls that went well\s+100 %/);
      assert.match(await details.innerText(), /At the door of\s+catalog\.0: \d+ (of at most [\d.]+ )?run, \d+ wait/);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await until(async () => !/strained/.test(await edge.getAttribute("class")));
    await shop.holon("scale", "catalog=1");
    quiet();
  });

  it("shows on a phone which calls fail", async () => {
    await shop.ails("failing");
    const { page, quiet } = await open(browser, shop, { viewport: { width: 375, height: 667 } });
    await section(page, "Map").locator(".edge.failing", { hasText: /^→ Ads [\d.]+\/s · [\d.]+ % failed p50/ }).waitFor();
    assert.ok(await widerBy(page, ":root, .map, .scroll, .trouble") <= 0);
    quiet();
  });

  it("shows why a host ended by itself, and the last lines of its log as they are", async () => {
    const { page, quiet } = await open(browser, shop);
    const before = await seeItReady(page);
    await shop.ails("exits");
    const { why, lines } = await seeItBack(page, before);
    assert.equal(why, "exit code 3, and its last lines");
    assert.deepEqual(lines.split("\n"), ["the posters hang", "the printer jams on <b>page 7</b>", "the posters are gone"]);
    const told = section(page, "Events").getByRole("listitem").filter({ hasText: "ads.0 ended: exit code 3" }).first();
    await told.getByText("the posters are gone").waitFor();
    quiet();
  });

  it("shows by which signal a host was killed", async () => {
    const { page, quiet } = await open(browser, shop);
    const before = await seeItReady(page);
    process.kill(await shop.process(), "SIGKILL");
    const { why, lines } = await seeItBack(page, before);
    assert.equal(why, "signal 9 (Killed), and its last lines");
    assert.match(lines, /the posters hang/);
    quiet();
  });

  it("shows that a host was frozen", async () => {
    const { page, quiet } = await open(browser, shop);
    const before = await seeItReady(page);
    process.kill(await shop.process(), "SIGSTOP");
    const { why } = await seeItBack(page, before);
    assert.match(why, /^failed health check: no answer in time/);
    quiet();
  });

  it("shows that a host wanted more memory than it may have", async (test) => {
    if (/^no .*control groups/m.test(await shop.doctor())) return test.skip("no control groups of this user's");
    const { page, quiet } = await open(browser, shop);
    const before = await seeItReady(page);
    assert.match(await cellOf(rowOf(page, "ads.0", "Top"), "Memory").innerText(), /^\d[\d.]* MiB of 128 MiB$/);
    await shop.ails("hungry");
    const { why, lines } = await seeItBack(page, before);
    assert.match(why, /^out of memory/);
    assert.match(lines, /one more poster/);
    quiet();
  });

  it("says first of all what is wrong just now, and why", async () => {
    const { page, quiet } = await open(browser, shop);
    await seeItReady(page);
    await shop.ails("unwell");
    const trouble = section(page, "Trouble");
    await trouble.getByText(/▲ unhealthy\s*: it says that it is not serving/).waitFor();
    await shop.ails("ends at once");
    process.kill(await shop.process(), "SIGKILL");
    await until(async () => /▲ (backing off|failed)\s*: exit code 4/.test((await trouble.allInnerTexts()).join()));
    await trouble.getByText("there is no wall").waitFor();
    await trouble.getByRole("button", { name: "ads.0" }).click();
    assert.equal(await page.getByRole("combobox", { name: "Host" }).inputValue(), "ads.0");
    await shop.isWell();
    await shop.holon("restart", "ads");
    await until(async () => await trouble.getByText("ads.0").count() === 0);
    await seeItReady(page);
    quiet();
  });

  it("has its picture taken", { skip: !screenshots }, async () => {
    await shop.ails("failing");
    const { page } = await open(browser, shop, { colorScheme: "dark", viewport: { width: 1240, height: 900 } });
    await takePicture(page, "dashboard-dark");
  });

  it("shows what a process writes, and lets none of it act", async () => {
    const { page, quiet } = await open(browser, shop);
    await rowOf(page, "ads.0").getByRole("button").click();
    await shop.ails("shouts");
    const log = page.getByRole("log");
    await log.getByText("<img src=x onerror=document.title='mine'><script>document.title='mine'</script>").waitFor();
    await log.getByText("red and bold", { exact: false }).waitFor();
    const lines = await log.locator("div").allInnerTexts();
    assert.ok(lines.some((line) => line.endsWith("ads.0 red and bold")), lines.join("\n"));  // colours are gone
    assert.ok(lines.some((line) => line.endsWith("pay ⟨U+202E⟩gnp.exe⟨U+202C⟩ now⟨U+0007⟩")), lines.join("\n"));
    assert.equal(await page.locator("#app img, #app script").count(), 0);
    assert.equal(await page.title(), "shop · holon");
    quiet();
  });
});
