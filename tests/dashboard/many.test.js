// An application of forty services with long names, none of which ever answers, and what becomes of the page when all are
// stopped.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { Board } from "./board.js";
import { launch } from "./browser.js";
import { cellOf, open, rowOf, section, until, widerBy } from "./onlooker.js";

const count = 40;
// Each calls another: chains of five, and across them.
const callsOf = (i) => (i + 1 < count ? `calls: [${name(i % 5 === 4 ? i + 1 : Math.min(i + 5, count - 1))}]` : "");
const name = (i) => `settlement-of-international-invoices-${i}`;
const owner = "team-of-those-who-settle-international-invoices";

class ManyServices extends Board {
  app = "many";

  get options() {
    return [];
  }
  async start() {
    const services = Array.from({ length: count }, (_, i) => `
  ${name(i)}:
    command: [sleep, "1000"]
    protocol: http
    health: {start_within: 10min}
    owner: ${owner}
    ${callsOf(i)}`);
    await writeFile(this.manifest, `app: many\nservices:${services.join("")}\n`);
    return super.start();
  }
}

describe("the dashboard of forty services", () => {
  let many;
  let browser;
  before(async () => {
    browser = await launch();
    many = await ManyServices.start("split");
  });
  after(async () => {
    await browser?.close();
    await many?.stop();
  });

  it("shows all of them, and no name leaves its box or the page", async () => {
    for (const viewport of [{ width: 1240, height: 850 }, { width: 375, height: 667 }]) {
      const { page, quiet } = await open(browser, many, { viewport });
      await rowOf(page, `${name(count - 1)}.0`).waitFor();
      assert.equal(await section(page, "Hosts").getByRole("row", { name: /^settlement-/ }).count(), count);  // and the outlet
      assert.equal(await section(page, "Map").locator(".host", { hasText: /^settlement-/ }).count(), count);
      assert.ok(await widerBy(page) <= 0, `${viewport.width}`);
      const out = await page.evaluate(() => [...document.querySelectorAll("svg .service, svg .host")].filter((box) => {
        const { left, right } = box.querySelector("rect").getBoundingClientRect();
        const texts = [...box.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
        const meet = box.matches(".host") && texts[0].right > texts[1].left;  // name and state, on one line
        return meet || texts.some((text) => text.left < left || text.right > right);
      }).map((box) => box.textContent));
      assert.deepEqual(out, []);
      await page.context().close();
      quiet();
    }
  });

  it("shows an application of which nothing runs", async () => {
    const { page, quiet } = await open(browser, many);
    await many.holon("stop");
    await until(async () => await section(page, "Hosts").getByText("○ stopped").count() === count);
    assert.equal(await section(page, "Trouble").count(), 0);  // somebody wanted it
    assert.equal(await cellOf(rowOf(page, `${name(0)}.0`), "PID").innerText(), "");
    await page.getByText("No service has called another in the last ten seconds.").waitFor();
    quiet();
  });
});
