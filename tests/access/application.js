// The application of docs/access.md under test: keys and tokens made on the spot, started by `holon up`, and stopped again.
'use strict';
const {execFile} = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs/promises');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const {promisify} = require('node:util');

const run = promisify(execFile);
const bin = process.env.HOLON_BIN;
if (!bin) throw new Error('HOLON_BIN is not set; ctest sets it, see tests/access/CMakeLists.txt');

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const {port} = server.address();
      server.close(() => resolve(port));
    });
  });
}

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

// Whoever makes tokens: a key pair, and what it says of itself.
class Issuer {
  constructor(kid, name = 'https://id.example') {
    this.kid = kid;
    this.name = name;
    this.keys = crypto.generateKeyPairSync('ec', {namedCurve: 'P-256'});
  }
  jwk() {
    return {...this.keys.publicKey.export({format: 'jwk'}), kid: this.kid, alg: 'ES256', use: 'sig'};
  }
  token(claims = {}) {
    const now = Math.floor(Date.now() / 1000);
    const all = {iss: this.name, aud: 'orders', exp: now + 300, iat: now, ...claims};
    const signed = `${base64url({alg: 'ES256', kid: this.kid, typ: 'JWT'})}.${base64url(all)}`;
    const how = {key: this.keys.privateKey, dsaEncoding: 'ieee-p1363'};
    return `${signed}.${crypto.sign('sha256', Buffer.from(signed), how).toString('base64url')}`;
  }
}

// Serves the keys of a partner, and counts who asks for them.
class KeyServer {
  static async start(issuer) {
    const server = new KeyServer();
    server.issuer = issuer;
    server.asked = 0;
    server.http = http.createServer((request, answer) => {
      server.asked += 1;
      answer.setHeader('content-type', 'application/jwk-set+json');
      answer.end(JSON.stringify({keys: [issuer.jwk()]}));
    });
    await new Promise((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    return server;
  }
  // One authentication more, as holon.yaml has them.
  addTo(yaml) {
    const url = `http://127.0.0.1:${this.http.address().port}/jwks.json`;
    const entry = `    partners: {issuer: "${this.issuer.name}", audience: [orders], keys: "${url}"}\n`;
    return yaml.replace('    machines:', `${entry}    machines:`).replace('[staff, machines]', '[staff, machines, partners]');
  }
  stop() {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }
}

class Application {
  static async start(issuer, keyServer) {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'holon-access-'));
    const application = new Application(folder, await freePort());
    const yaml = await fs.readFile(path.join(__dirname, 'holon.yaml'), 'utf8');
    await fs.writeFile(path.join(folder, 'holon.yaml'), keyServer.addTo(yaml));
    await application.publish(issuer);
    application.key = await application.makeKey('ci', 'scope=read', 'scope=write');
    try {
      const file = application.file('holon.yaml');
      await application.holon('up', '--file', file, '--detach', '--wait', '--port', `${application.port}`, '--bin', bin);
    } catch (error) {
      await application.stop();
      throw error;
    }
    return application;
  }

  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
  }

  file(name) {
    return path.join(this.folder, name);
  }

  // Replaces the set of keys that tokens are checked by.
  publish(...issuers) {
    return this.replace('jwks.json', JSON.stringify({keys: issuers.map((issuer) => issuer.jwk())}));
  }

  async replace(name, content) {
    await fs.writeFile(this.file(`${name}.new`), content);
    await fs.rename(this.file(`${name}.new`), this.file(name));
  }

  // Makes an API key, the only one of the file.
  async makeKey(...args) {
    const {stdout, stderr} = await this.holon('gateway', 'key', ...args);
    await this.replace('keys.txt', stdout);
    return /holon_\S+/.exec(stderr)[0];
  }

  holon(...args) {
    return run(path.join(bin, 'bin', 'holon'), args, {timeout: 60_000});
  }

  async fetch(target, headers = {}, options = {}) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${target}`, {headers, ...options});
    const text = await answer.text();
    return {status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined};
  }

  order(token, text = 'soup') {
    const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'};
    return this.fetch('/write/orders', headers, {method: 'POST', body: JSON.stringify({text})});
  }

  async stop() {
    await this.holon('down', '--file', this.file('holon.yaml')).catch((error) => console.error(error.message));
    await fs.rm(this.folder, {recursive: true, force: true});
  }
}

module.exports = {Application, Issuer, KeyServer};
