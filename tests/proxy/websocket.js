// WebSocket (RFC 6455) over a socket, as much as the tests need: whole messages of text, and the closing handshake.
'use strict';
const crypto = require('node:crypto');
const http = require('node:http');

const TEXT = 1;
const CLOSE = 8;
const accept = (key) => crypto.createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

function encode(opcode, payload, masked) {
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127 | (masked ? 0x80 : 0);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = crypto.randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4])]);
}

class Peer {
  constructor(socket, head, isClient) {
    this.socket = socket;
    this.isClient = isClient;
    this.buffer = head;
    this.messages = [];
    this.waiting = [];
    this.ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (piece) => this.take(piece)).on('error', () => {});
    socket.once('close', () => this.tell(null));
    this.take(Buffer.alloc(0));
  }
  send(text) {
    this.socket.write(encode(TEXT, Buffer.from(text), this.isClient));
  }
  close() {
    this.socket.end(encode(CLOSE, Buffer.from([0x03, 0xe8]), this.isClient));
  }
  // The next message; null once it is closed.
  message() {
    if (this.messages.length > 0) return Promise.resolve(this.messages.shift());
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  tell(message) {
    const resolve = this.waiting.shift();
    resolve ? resolve(message) : this.messages.push(message);
  }
  take(piece) {
    this.buffer = Buffer.concat([this.buffer, piece]);
    while (this.buffer.length >= 10) {
      const masked = (this.buffer[1] & 0x80) !== 0;
      const start = masked ? 14 : 10;
      const length = Number(this.buffer.readBigUInt64BE(2));
      if (this.buffer.length < start + length) return;
      const mask = this.buffer.subarray(10, 14);
      const payload = Buffer.from(this.buffer.subarray(start, start + length));
      if (masked) payload.forEach((byte, i) => payload[i] = byte ^ mask[i % 4]);
      const opcode = this.buffer[0] & 15;
      this.buffer = this.buffer.subarray(start + length);
      this.tell(opcode === CLOSE ? null : payload.toString());
    }
  }
}

// Of an HTTP server's `upgrade` event.
function accepted(request, socket, head) {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept(request.headers['sec-websocket-key'])}\r\n\r\n`);
  return new Peer(socket, head, false);
}

function connect(url, headers = {}) {
  const key = crypto.randomBytes(16).toString('base64');
  const wanted = {connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': key, ...headers};
  return new Promise((resolve, reject) => {
    const request = http.get(url, {headers: wanted});
    request.on('upgrade', (answer, socket, head) => {
      if (answer.headers['sec-websocket-accept'] !== accept(key)) return reject(new Error('the key was not accepted'));
      resolve(new Peer(socket, head, true));
    });
    request.on('response', (answer) => reject(new Error(`answered ${answer.statusCode}`))).on('error', reject);
  });
}

module.exports = {accepted, connect};
