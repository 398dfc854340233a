// An application of two nodes, with an etcd between them: each dashboard says where hosts run, and what is not counted there.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import { Board } from "./board.js";
import { launch } from "./browser.js";
import { cellOf, open, rowOf, section, until } from "./onlooker.js";
import { freePort } from "./shop.js";

const run = promisify(execFile);

class Etcd {
  static async start() {
    const etcd = new this();
    etcd.folder = await mkdtemp(path.join(tmpdir(), "holon-etcd-"));
    etcd.url = `http://127.0.0.1:${await freePort()}`;
    const peers = `http://127.0.0.1:${await freePort()}`;
    etcd.process = spawn("/usr/bin/etcd", [
      "--data-dir", path.join(etcd.folder, "data"), "--listen-client-urls", etcd.url, "--advertise-client-urls", etcd.url,
      "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", `default=${peers}`,
    ], { stdio: "ignore" });
    await until(() => fetch(`${etcd.url}/health`).then(({ ok }) => ok, () => false));
    return etcd;
  }
  async stop() {
    this.process.kill("SIGKILL");
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, "exit");
    await rm(this.folder, { recursive: true, force: true });
  }
}

class ClusterNode extends Board {
  app = "chain";

  static async join(etcd, name, address) {
    const node = new this(await mkdtemp(path.join(tmpdir(), `holon-node-${name}-`)), await freePort());
    const authority = path.join(etcd.folder, "authority");
    await writeFile(node.manifest, `app: chain
services:
  four: {program: bin/chain, replicas: 2}
  five: {program: bin/chain, replicas: 2}
cluster: {etcd: "${etcd.url}", node: ${name}, address: "${address}", authority: ${authority}}
`);
    await node.up();
    return node;
  }
  get options() {
    return ["--wait"];
  }
}

describe("the dashboards of two nodes", () => {
  let browser;
  let etcd;
  let a;
  let b;
  before(async () => {
    browser = await launch();
    etcd = await Etcd.start();
    await run(path.join(process.env.SHOP_BIN, "bin", "holon"), ["authority", path.join(etcd.folder, "authority")]);
    a = await ClusterNode.join(etcd, "a", "127.0.0.1");
    b = await ClusterNode.join(etcd, "b", "127.0.0.2");
  });
  after(async () => {
    await browser?.close();
    await b?.stop();
    await a?.stop();
    await etcd?.stop();
  });

  it("say where each host runs, and that what those of the other node do is counted there", async () => {
    for (const [node, other] of [[a, "b"], [b, "a"]]) {
      const { page, quiet } = await open(browser, node);
      const nodes = async () => {
        const cells = ["four.0", "four.1", "five.0", "five.1"].map((host) => cellOf(rowOf(page, host), "Node").innerText());
        return (await Promise.all(cells)).toSorted().join(" ");
      };
      await until(async () => await nodes() === "a a b b");
      for (const name of ["Map", "Top", "Calls", "Logs"]) {
        await section(page, name).getByText(`What those of ${other} do and say is on the dashboard there.`).waitFor();
      }
      quiet();
    }
  });
});
