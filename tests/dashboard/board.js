// The shop, and the link of its node's dashboard as `holon up` prints it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { Shop } from "./shop.js";

const run = promisify(execFile);
const program = path.join(process.env.SHOP_BIN, "bin", "holon");

export class Board extends Shop {
  app = "shop";

  async up() {
    const said = await this.start();
    [, this.link, this.board, this.key] = /(http:\/\/(127\.0\.0\.1:\d+)\/#([0-9a-f]{64}))/.exec(said) ?? assert.fail(said);
  }

  /** What `holon up` says to people. */
  async start() {
    const args = ["up", "--file", this.manifest, "--detach", "--bin", process.env.SHOP_BIN, ...this.options];
    const { stderr } = await run(program, args, { timeout: 60_000 });
    return stderr;
  }

  /** Of `holon up`. */
  get options() {
    return ["--wait", "--placement", this.placement, "--port", `${this.port}`];
  }

  /** What `holon doctor` says of this machine. */
  async doctor() {
    return (await run(program, ["doctor", "--file", this.manifest], { timeout: 60_000 }).catch((failed) => failed)).stdout;
  }

  get manifest() {
    return path.join(this.folder, "holon.yaml");
  }

  /** A person looks at the shop's first page. */
  async visit(times = 1) {
    for (let i = 0; i < times; ++i) assert.equal((await fetch(this.origin)).status, 200);
  }

  read(file) {
    return readFile(path.join(this.folder, ".holon", file), "utf8");
  }
}
