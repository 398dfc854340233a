// The gateway of docs/proxy.md under test, started by `holon up` before servers of the test's own, and stopped again.
'use strict';
const {execFile} = require('node:child_process');
const fs = require('node:fs/promises');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const {promisify} = require('node:util');

const run = promisify(execFile);
const bin = process.env.HOLON_BIN;
if (!bin) throw new Error('HOLON_BIN is not set; ctest sets it, see tests/proxy/CMakeLists.txt');

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const {port} = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class Gateway {
  // `ports` replace those of the servers in holon.yaml.
  static async start(ports) {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'holon-proxy-'));
    const gateway = new Gateway(folder, await freePort());
    let yaml = await fs.readFile(path.join(__dirname, 'holon.yaml'), 'utf8');
    for (const [written, real] of Object.entries(ports)) yaml = yaml.replaceAll(`127.0.0.1:${written}`, `127.0.0.1:${real}`);
    await fs.writeFile(gateway.file, yaml);
    try {
      await gateway.holon('up', '--file', gateway.file, '--detach', '--wait', '--port', `${gateway.port}`, '--bin', bin);
      const {stdout} = await gateway.holon('ps', '--file', gateway.file, '--json');
      gateway.pid = JSON.parse(stdout).hosts.find((host) => host.host.startsWith('gateway.')).pid;
    } catch (error) {
      await gateway.stop();
      throw error;
    }
    return gateway;
  }

  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
    this.file = path.join(folder, 'holon.yaml');
  }

  url(target) {
    return `http://127.0.0.1:${this.port}${target}`;
  }

  // The most memory it has ever had, in bytes.
  async memoryMost() {
    const status = await fs.readFile(`/proc/${this.pid}/status`, 'utf8');
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)[1]);
  }

  holon(...args) {
    return run(path.join(bin, 'bin', 'holon'), args, {timeout: 60_000});
  }

  // Sends `bytes` and gives all that comes back until the gateway closes.
  raw(bytes) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1', () => socket.write(bytes));
      let all = '';
      socket.setEncoding('latin1').on('data', (piece) => all += piece).on('end', () => resolve(all)).on('error', reject);
    });
  }

  async stop() {
    await this.holon('down', '--file', this.file).catch((error) => console.error(error.message));
    await fs.rm(this.folder, {recursive: true, force: true});
  }
}

module.exports = {Gateway};
