// The library under test: started by `holon up` on a free port, and stopped again.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";

const run = promisify(execFile);

export const key = "open sesame";

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const style = "main { display: grid; }\n".repeat(400);
export const large = Buffer.alloc(5_000_000, "0123456789");

async function makeSite(folder) {
  await mkdir(path.join(folder, "deep"), { recursive: true });
  const files = {
    "index.html": "<h1>home</h1>", "style.css": style, "packed.js": "let packed;", "packed.js.br": brotliCompressSync("let packed;"),
    "large.bin": large, ".secret": "secret", "deep/index.html": "<h1>deep</h1>",
  };
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  await symlink("../keys", path.join(folder, "keys"));
}

export class Library {
  static async start() {
    const folder = await mkdtemp(path.join(tmpdir(), "holon-library-"));
    await copyFile(path.join(process.env.EXPLORER_SOURCE, "holon.yaml"), path.join(folder, "holon.yaml"));
    await makeSite(path.join(folder, "site"));
    await writeFile(path.join(folder, "keys"), `desk ${createHash("sha256").update(key).digest("hex")}\n`);
    const library = new Library(folder, await freePort());
    try {
      await library.holon("up", "--detach", "--wait", "--port", `${library.port}`, "--bin", process.env.EXPLORER_BIN);
    } catch (error) {
      await library.stop();
      throw error;
    }
    return library;
  }

  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  async holon(verb, ...rest) {
    const program = path.join(process.env.EXPLORER_BIN, "bin", "holon");
    await run(program, [verb, "--file", path.join(this.folder, "holon.yaml"), ...rest], { timeout: 60_000 });
  }

  // How many calls of WatchBooks are under way.
  async listeners() {
    const response = await fetch(`${this.origin}/v1/office/listeners`, { headers: { "x-api-key": key } });
    return (await response.json()).count ?? 0;
  }

  async stop() {
    await this.holon("down").catch((error) => console.error(error.message));
    await rm(this.folder, { recursive: true, force: true });
  }
}
