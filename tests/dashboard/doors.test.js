// What others than the page would ask the dashboard of a real node: attackers, and Prometheus.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { appendFile, stat } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { after, before, describe, it } from "node:test";

import { Board } from "./board.js";

describe("the dashboard's doors", () => {
  let shop;
  before(async () => { shop = await Board.start("monolith"); });
  after(() => shop?.stop());

  async function ask(method, target, headers = {}, body = "") {
    const [host, port] = shop.board.split(":");
    const sent = request({ host, port, path: target, method, headers: { host: shop.board, ...headers } }).end(body);
    const [response] = await once(sent, "response");
    let text = "";
    for await (const piece of response.setEncoding("utf8")) text += piece;
    return { status: response.statusCode, headers: response.headers, text };
  }
  const authorization = () => ({ authorization: `Bearer ${shop.key}` });
  const list = (headers, body = "{}") => ask("POST", "/control/List", headers, body);

  it("are open to who has the key of the link", async () => {
    const { status, text } = await list(authorization());
    assert.equal(status, 200);
    const reply = JSON.parse(text);
    assert.equal(reply.app, "shop");
    assert.ok(reply.hosts.some(({ host, state }) => host === "shop.0" && state === "ready"));
  });

  it("are closed to everybody else", async () => {
    assert.equal((await list({})).status, 401);
    assert.equal((await list({ authorization: `Bearer ${"0".repeat(64)}` })).status, 401);
    assert.equal((await list({ cookie: `key=${shop.key}` })).status, 401);
    assert.equal((await ask("POST", `/control/List?key=${shop.key}`)).status, 401);
    assert.equal((await list({ ...authorization(), host: "rebind.example" })).status, 421);
    assert.equal((await list({ ...authorization(), origin: "https://evil.example" })).status, 403);
    assert.equal((await list({ ...authorization(), "sec-fetch-site": "same-site" })).status, 403);
    assert.equal((await ask("POST", "/control/Down", authorization(), "{}")).status, 404);
    assert.equal((await list(authorization())).status, 200);  // it runs still
  });

  it("answer no page of another origin, and offer nothing to one", async () => {
    for (const [method, target] of [["OPTIONS", "/control/List"], ["GET", "/"], ["GET", "/metrics"], ["GET", "/none"]]) {
      const { headers } = await ask(method, target, { origin: "https://evil.example", "access-control-request-method": "POST" });
      assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith("access-control")), [], target);
      assert.equal(headers["x-content-type-options"], "nosniff", target);
      assert.equal(headers["set-cookie"], undefined, target);
    }
  });

  it("keep the key out of logs and from other users", async () => {
    await ask("GET", `/?key=${shop.key}`);
    await list({ authorization: `Bearer ${shop.key}x` });
    for (const file of ["node.log", "state", "logs/shop.0.log", "logs/gateway.0.log"]) {
      assert.ok(!(await shop.read(file)).includes(shop.key), file);
    }
    assert.equal((await stat(path.join(shop.folder, ".holon", "dashboard"))).mode & 0o777, 0o600);
  });

  it("tell Prometheus what was counted, without a key", async () => {
    await shop.visit(3);
    const { status, headers, text } = await ask("GET", "/metrics");
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert.match(text, /^holon_host_ready\{host="shop\.0"\} 1$/m);
    assert.match(text, /^holon_calls_total\{host="shop\.0",caller="shop\.Frontend",method="shop\.Catalog\/\w+",way="local",code="OK"\} [1-9]/m);
    assert.match(text, /^holon_refusals_total\{host="node",rule="dashboard\.wrong_key"\} [1-9]/m);
    // Debian's interpreter has Debian's packages.
    const check = execFile("/usr/bin/python3", [process.env.METRICS_CHECK]);
    let said = "";
    check.stderr.on("data", (piece) => { said += piece; });
    check.stdin.end(text);
    const [code] = await once(check, "close");
    assert.equal(code, 0, said);
  });

  it("stay where they are when the node is started anew", async () => {
    const { link } = shop;
    await shop.restart();
    assert.equal(shop.link, link);
    assert.equal((await list(authorization())).status, 200);
  });

  it("are not there if holon.yaml says so", async () => {
    await shop.holon("down");
    await appendFile(shop.manifest, "dashboard: off\n");
    assert.doesNotMatch(await shop.start(), /dashboard/);
    await assert.rejects(list(authorization()), { code: "ECONNREFUSED" });
  });
});
