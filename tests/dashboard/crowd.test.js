// A host that is called more often than it can answer: a desk that is busy with each call for a while, and has two at a time.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { Board } from "./board.js";
import { launch } from "./browser.js";
import { edgeOf, open, section, until } from "./onlooker.js";

const callers = 60;

class CrowdedDesk extends Board {
  app = "crowd";

  get options() {
    return ["--wait", "--port", `${this.port}`];
  }
  async start() {
    await writeFile(this.manifest, "app: crowd\nservices:\n  desk: {program: bin/overload_desk}\nlimits: {running_max: 2}\n");
    return super.start();
  }

  /** Somebody asks again and again, by gRPC-Web, until `crowd` is over. */
  async ask(crowd) {
    const emptyMessage = new Uint8Array(5);
    while (!crowd.over) {
      const answer = await fetch(`${this.origin}/overload.Desk/Ask`,
        { method: "POST", headers: { "content-type": "application/grpc-web+proto" }, body: emptyMessage });
      await answer.arrayBuffer();
    }
  }
}

describe("the dashboard of a desk with a crowd before it", () => {
  let desk;
  let browser;
  before(async () => {
    browser = await launch();
    desk = await CrowdedDesk.start();
  });
  after(async () => {
    await browser?.close();
    await desk?.stop();
  });

  it("shows how many calls run and wait at a crowded host, and how many it turns away", async () => {
    const { page, quiet } = await open(browser, desk);
    const crowd = { over: false };
    const asking = Array.from({ length: callers }, () => desk.ask(crowd));
    try {
      const host = section(page, "Map").locator("g.host", { hasText: /^desk/ });
      const turnedAway = section(page, "Trouble").getByText(/^desk\.0 turns [\d.,]+\/s calls away: \d+ (of at most \d+\.\d )?run, \d+ wait$/);
      await until(async () => await turnedAway.count() === 1);
      await until(async () => /strained/.test(await host.getAttribute("class")));
      await edgeOf(page, "gateway → Desk").locator("text").click();
      const details = page.getByRole("region", { name: "gateway → Desk" });
      assert.match(await details.innerText(), /At the door of\s+desk\.0: \d+ (of at most \d+\.\d )?run, \d+ wait/);
      assert.match(await desk.holon("describe"), /desk\.0 +overload\.Desk( +\d+){2} +(\d+\.\d|-) +\d+ +[1-9]\d*/);
    } finally {
      crowd.over = true;
      await Promise.all(asking);
    }
    quiet();
  });
});
