// The gateway of docs/proxy.md between servers and clients of Node.js.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const http2 = require('node:http2');
const net = require('node:net');
const {Readable} = require('node:stream');
const {after, before, test} = require('node:test');

const {Gateway} = require('./gateway.js');
const websocket = require('./websocket.js');

const transferBytes = Number(process.env.PROXY_TRANSFER_BYTES ?? 64 * 1024 * 1024);
const memoryGrowthMost = 32 * 1024 * 1024;

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

// What it was asked, as JSON; `name` says which of two servers it is.
function mirror(name) {
  return http.createServer((request, answer) => {
    const body = [];
    request.on('data', (piece) => body.push(piece)).on('end', () => {
      const {method, url, headers} = request;
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify({name, method, url, headers, body: Buffer.concat(body).toString()}));
    });
  });
}

// `/live/…`: what its test wants.
const handlers = new Map();
const sockets = [];
const first = mirror('first');
const second = mirror('second');
const mirrors = first.listeners('request');
first.removeAllListeners('request').on('request', (request, answer) => {
  const handler = handlers.get(new URL(request.url, 'http://x').pathname);
  handler ? handler(request, answer) : mirrors[0](request, answer);
});
first.on('upgrade', (request, socket, head) => sockets.shift()(websocket.accepted(request, socket, head)));

// Says what it is told, byte by byte.
let script = '';
const misbehaving = net.createServer((socket) => {
  socket.on('error', () => {}).once('data', () => script === undefined || socket.end(script));
});

let gateway;
before(async () => {
  gateway = await Gateway.start({9000: await listening(first), 9001: await listening(second), 9002: await listening(misbehaving)});
});
after(async () => {
  await gateway?.stop();
  for (const server of [first, second]) {
    server.closeAllConnections();
    server.close();
  }
  misbehaving.close();
});

const ask = async (target, options) => (await fetch(gateway.url(target), options)).json();
const eventually = async (condition) => {
  for (const last = Date.now() + 5000; !condition() && Date.now() < last;) await new Promise(setImmediate);
  assert.ok(condition());
};

test('a request goes on with what the gateway knows of the client', async () => {
  const asked = await ask('/shop/cart?id=%2F7', {method: 'POST', body: 'hello', headers: {'x-forwarded-for': 'forged', 'x-mine': '1'}});
  assert.equal(asked.method, 'POST');
  assert.equal(asked.url, '/v2/cart?id=%2F7');
  assert.equal(asked.body, 'hello');
  assert.equal(asked.headers['x-mine'], '1');
  assert.equal(asked.headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(asked.headers['x-forwarded-proto'], 'http');
  assert.equal(asked.headers['x-forwarded-host'], `127.0.0.1:${gateway.port}`);
  assert.equal(asked.headers['x-forwarded-prefix'], '/shop');
  assert.match(asked.headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  assert.ok(asked.headers['x-request-id']);
  assert.notEqual(asked.headers.host, `127.0.0.1:${gateway.port}`);
  assert.equal((await ask('/live/host')).headers.host, `127.0.0.1:${gateway.port}`);
});

test('all servers are asked, and one that is gone gives way', async () => {
  const names = new Set();
  for (let i = 0; i < 40; ++i) names.add((await ask('/shop/')).name);
  assert.deepEqual([...names].sort(), ['first', 'second']);
  const {port} = second.address();
  second.closeAllConnections();
  await new Promise((resolve) => second.close(resolve));
  for (let i = 0; i < 6; ++i) assert.equal((await ask('/shop/', {method: 'POST', body: 'x'})).name, 'first');
  await new Promise((resolve) => second.listen(port, '127.0.0.1', resolve));
});

test('ranges, conditions and statuses are for the server to answer', async () => {
  handlers.set('/live/range', (request, answer) => {
    answer.writeHead(request.headers['if-none-match'] ? 304 : 206, {etag: '"a"', 'content-range': 'bytes 0-1/9'});
    answer.end(request.headers['if-none-match'] ? undefined : request.headers.range);
  });
  const part = await fetch(gateway.url('/live/range'), {headers: {range: 'bytes=0-1'}});
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), 'bytes 0-1/9');
  assert.equal(await part.text(), 'bytes=0-1');
  assert.equal((await fetch(gateway.url('/live/range'), {headers: {'if-none-match': '"a"'}})).status, 304);
});

test('events come as they are sent, and a client that leaves ends them', async () => {
  let answer;
  let left = false;
  handlers.set('/live/events', (request, it) => {
    answer = it;
    answer.writeHead(200, {'content-type': 'text/event-stream'});
    answer.write('data: 0\n\n');
    request.on('close', () => left = true);
  });
  const leaving = new AbortController();
  const events = (await fetch(gateway.url('/live/events'), {signal: leaving.signal})).body.getReader();
  for (let i = 0; i < 20; ++i) {
    const {value} = await events.read();
    assert.equal(Buffer.from(value).toString(), `data: ${i}\n\n`);
    answer.write(`data: ${i + 1}\n\n`);
  }
  leaving.abort();
  await eventually(() => left);
});

test('a download takes no more memory for being large', async () => {
  const piece = Buffer.alloc(256 * 1024, 'x');
  handlers.set('/live/download', (request, answer) => {
    answer.writeHead(200, {'content-length': transferBytes, 'content-type': 'application/octet-stream'});
    Readable.from((function* () {
      for (let sent = 0; sent < transferBytes; sent += piece.length) yield piece;
    })()).pipe(answer);
  });
  const memory = await gateway.memoryMost();
  let received = 0;
  for await (const part of (await fetch(gateway.url('/live/download'))).body) received += part.length;
  assert.equal(received, transferBytes);
  assert.ok(await gateway.memoryMost() - memory < memoryGrowthMost);
});

test('neither does an upload', async () => {
  handlers.set('/live/upload', (request, answer) => {
    let received = 0;
    request.on('data', (piece) => received += piece.length).on('end', () => answer.end(`${received}`));
  });
  const piece = Buffer.alloc(256 * 1024, 'x');
  const pieces = Readable.from((function* () {
    for (let sent = 0; sent < transferBytes; sent += piece.length) yield piece;
  })());
  const memory = await gateway.memoryMost();
  const answer = await fetch(gateway.url('/live/upload'), {method: 'PUT', body: Readable.toWeb(pieces), duplex: 'half'});
  assert.equal(await answer.text(), `${transferBytes}`);
  assert.ok(await gateway.memoryMost() - memory < memoryGrowthMost);
});

test('a hundred at a time', async () => {
  const waiting = [];
  handlers.set('/live/wait', (request, answer) => {
    waiting.push(answer);
    if (waiting.length === 100) waiting.forEach((each, i) => each.end(`${i}`));
  });
  const answers = await Promise.all(Array.from({length: 100}, async () => (await fetch(gateway.url('/live/wait'))).text()));
  assert.equal(new Set(answers).size, 100);
});

test('a WebSocket is a tunnel, and closes on both sides', async () => {
  const accepted = new Promise((resolve) => sockets.push(resolve));
  const client = await websocket.connect(gateway.url('/live/chat'));
  const server = await accepted;
  for (const text of ['hello', 'x'.repeat(1 << 20), 'ü']) {
    client.send(text);
    assert.equal(await server.message(), text);
    server.send(`echo ${text}`);
    assert.equal(await client.message(), `echo ${text}`);
  }
  server.send('unasked');
  assert.equal(await client.message(), 'unasked');
  client.close();
  assert.equal(await server.message(), null);
  server.close();
  await Promise.all([client.ended, server.ended]);
});

test('a handshake that is none is refused', async () => {
  await assert.rejects(websocket.connect(gateway.url('/live/chat'), {'sec-websocket-version': '8'}), /answered 400/);
});

test('HTTP/2 clients get the same answers', async () => {
  const session = http2.connect(gateway.url(''));
  const stream = session.request({':path': '/shop/cart', ':method': 'POST', cookie: ['a=1', 'b=2']});
  stream.end('hello');
  let body = '';
  for await (const piece of stream.setEncoding('utf8')) body += piece;
  session.close();
  const asked = JSON.parse(body);
  assert.equal(asked.url, '/v2/cart');
  assert.equal(asked.body, 'hello');
  assert.equal(asked.headers.cookie, 'a=1; b=2');
});

test('HTTP/1.0 clients get them until the connection ends', async () => {
  handlers.set('/live/chunks', (request, answer) => {
    answer.write('hel');
    answer.end('lo');
  });
  const answer = await gateway.raw('GET /live/chunks HTTP/1.0\r\nHost: x\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /\r\n\r\nhello$/);
  assert.doesNotMatch(answer, /transfer-encoding/i);
});

test('an answer that two readers could take for two is none', async () => {
  for (script of ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
    'SSH-2.0-OpenSSH\r\n', '']) {
    const answer = await fetch(gateway.url('/old/'));
    assert.equal(answer.status, 502, script);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.doesNotMatch(await answer.text(), /127\.0\.0\.1/);
  }
});

test('a server that says nothing is 504', async () => {
  script = undefined;
  assert.equal((await fetch(gateway.url('/old/'))).status, 504);
});

test('an answer that is cut off is cut off', async () => {
  script = 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello';
  const answer = await fetch(gateway.url('/old/'));
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
});

test('nobody there is 503', async () => {
  await new Promise((resolve) => misbehaving.close(resolve));
  const answer = await fetch(gateway.url('/old/'));
  assert.equal(answer.status, 503);
  assert.equal((await answer.json()).code, 'UNAVAILABLE');
});
