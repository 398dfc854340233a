// The shop under test: started by `holon up` on a free port, with data of its own, and stopped again.
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

// Where CMake put `holon` and the shop's programs, and where the shop's holon.yaml is.
const bin = required("SHOP_BIN");
const source = required("SHOP_SOURCE");

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; ctest sets it, see tests/shop/CMakeLists.txt`);
  return value;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Shop {
  static async start(placement) {
    const folder = await mkdtemp(path.join(tmpdir(), "holon-shop-"));
    await copyFile(path.join(source, "holon.yaml"), path.join(folder, "holon.yaml"));
    const shop = new this(folder, await freePort(), placement);
    try {
      await shop.up();
    } catch (error) {
      await shop.stop();
      throw error;
    }
    return shop;
  }

  constructor(folder, port, placement) {
    this.folder = folder;
    this.port = port;
    this.placement = placement;
    this.origin = `http://127.0.0.1:${port}`;
  }

  up() {
    const { placement, port } = this;
    return this.holon("up", "--detach", "--wait", "--placement", placement, "--port", `${port}`, "--bin", bin);
  }

  async restart() {
    await this.holon("down");
    await this.up();
  }

  async holon(verb, ...rest) {
    const args = [verb, ...rest, "--file", path.join(this.folder, "holon.yaml")];
    const { stdout } = await run(path.join(bin, "bin", "holon"), args, { timeout: 60_000 });
    return stdout;
  }

  // How often each method was called by each service of the shop so far: "frontend Catalog/GetProduct" -> 7.
  async calls() {
    const counts = new Map();
    for (const { calls } of JSON.parse(await this.holon("calls", "--json")).hosts) {
      for (const { caller, method, count } of calls) {
        if (!caller.startsWith("shop.")) continue;
        const edge = `${caller.slice("shop.".length).toLowerCase()} ${method.slice("shop.".length)}`;
        counts.set(edge, (counts.get(edge) ?? 0) + Number(count));
      }
    }
    return counts;
  }

  async stop() {
    await this.holon("down").catch((error) => console.error(error.message));
    await rm(this.folder, { recursive: true, force: true });
  }
}
