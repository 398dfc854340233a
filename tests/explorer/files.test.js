// What the gateway answers by itself: files, redirects, fixed answers. As docs/files.md says.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { Library, large, style } from "./library.js";

describe("the gateway's own answers", () => {
  let library;
  before(async () => { library = await Library.start(); });
  after(() => library?.stop());

  // Node's own fetch would decode the body, and normalise the path.
  async function get(path, headers = {}, method = "GET") {
    const sent = request({ host: "127.0.0.1", port: library.port, path, headers, method }).end();
    const [response] = await once(sent, "response");
    const pieces = [];
    for await (const piece of response) pieces.push(piece);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) };
  }

  it("serves files with their types, validators and ranges", async () => {
    const css = await get("/site/style.css");
    assert.equal(css.status, 200);
    assert.equal(css.headers["content-type"], "text/css; charset=utf-8");
    assert.equal(css.headers["cache-control"], "max-age=60");
    assert.equal(css.body.toString(), style);
    assert.equal((await get("/site/style.css", { "if-none-match": css.headers.etag })).status, 304);
    assert.equal((await get("/site/style.css", { "if-modified-since": css.headers["last-modified"] })).status, 304);
    const part = await get("/site/large.bin", { range: "bytes=4999990-" });
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-range"], "bytes 4999990-4999999/5000000");
    assert.equal(part.body.toString(), "0123456789");
    assert.equal((await get("/site/large.bin", { range: "bytes=9999999-" })).status, 416);
    const parts = await get("/site/large.bin", { range: "bytes=0-4,1000000-1000004" });
    assert.match(parts.headers["content-type"], /^multipart\/byteranges; boundary=/);
    assert.equal(parts.body.length, Number(parts.headers["content-length"]));
    assert.deepEqual((await get("/site/large.bin")).body, large);
    const head = await get("/site/large.bin", {}, "HEAD");
    assert.equal(head.headers["content-length"], "5000000");
    assert.equal(head.body.length, 0);
  });

  it("compresses where it pays, or sends what is compressed already", async () => {
    const gzip = await get("/site/style.css", { "accept-encoding": "gzip" });
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(gzip.body).toString(), style);
    assert.match(gzip.headers.etag, /^W\//);
    assert.equal((await get("/site/style.css", { "if-none-match": gzip.headers.etag })).status, 304);
    const br = await get("/site/style.css", { "accept-encoding": "gzip, br" });
    assert.equal(brotliDecompressSync(br.body).toString(), style);
    const packed = await get("/site/packed.js", { "accept-encoding": "br" });
    assert.equal(packed.headers["content-encoding"], "br");
    assert.equal(brotliDecompressSync(packed.body).toString(), "let packed;");
    assert.match(packed.headers.etag, /^"/);
  });

  it("shows directories by their index, and one page for all that is none", async () => {
    assert.equal((await get("/site/")).body.toString(), "<h1>home</h1>");
    assert.equal((await get("/site/deep")).headers.location, "/site/deep/");
    assert.equal((await get("/site/deep/")).body.toString(), "<h1>deep</h1>");
    assert.equal((await get("/site/none")).status, 404);
    assert.equal((await get("/app/orders/7")).body.toString(), "<h1>home</h1>");
    assert.equal((await get("/site/style.css", {}, "DELETE")).status, 405);
  });

  it("gives out nothing else", async () => {
    for (const path of ["/site/.secret", "/site/%2esecret", "/site/../keys", "/site/%2e%2e/keys", "/site/..%2fkeys", "/site/keys",
                        "/site/deep/../../keys", "/site//etc/passwd", "/app/../keys", "/app/.secret", "/site/%00"]) {
      const { status, body } = await get(path);
      assert.ok(status === 400 || status === 404, `${path}: ${status}`);
      assert.doesNotMatch(body.toString(), /secret$|desk/, path);
    }
  });

  it("redirects and answers as it is told", async () => {
    const moved = await get("/books/7?a=b", { host: "shop.example" });
    assert.equal(moved.status, 308);
    assert.equal(moved.headers.location, "http://shop.example/site/books/7?a=b");
    const robots = await get("/robots.txt");
    assert.equal(robots.headers["content-type"], "text/plain; charset=utf-8");
    assert.equal(robots.body.toString(), "User-agent: *");
  });

  it("does not read a large file ahead of who reads slowly", async () => {
    const socket = connect(library.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("GET /site/large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await once(socket, "readable");
    socket.pause();
    assert.equal((await get("/robots.txt")).status, 200);  // it holds nobody else up
    let bytes = 0;
    for await (const piece of socket) bytes += piece.length;
    assert.ok(bytes > large.length);
  });
});
