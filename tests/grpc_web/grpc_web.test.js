// gRPC-Web against a holon server, whose executable is in GRPC_WEB_SERVER.
'use strict';
const assert = require('node:assert');
const {spawn, execFileSync} = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const zlib = require('node:zlib');
const {after, before, describe, test} = require('node:test');
const {clients, frame, note, readBody} = require('./web.js');

const patience = 20_000;
const page = 'https://shop.example';
let directory, server, port;

before(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'grpc-web-'));
  const found = await new Promise((resolve, reject) => {
    server = spawn(process.env.GRPC_WEB_SERVER, ['--listen', '127.0.0.1:0', '--data', path.join(directory, 'data'),
      '--web-origin', page]);
    let said = '';
    server.stderr.on('data', (bytes) => {
      said += bytes;
      const found = /answers on \S+:(\d+)/.exec(said);
      if (found) resolve(found);
    });
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  port = Number(found[1]);
});

after(async () => {
  server.removeAllListeners('exit');
  const ended = new Promise((resolve) => server.on('exit', resolve));
  server.kill('SIGTERM');
  assert.strictEqual(await ended, 0);
  fs.rmSync(directory, {recursive: true});
});

/** Asks until `condition` holds; the server's state changes when it hears of it. */
async function until(what, condition) {
  const end = Date.now() + patience;
  while (!(await condition())) assert.ok(Date.now() < end, `never ${what}`);
}

function suite(version, text) {
  const type = text ? 'application/grpc-web-text' : 'application/grpc-web+proto';
  const encode = (bytes) => text ? Buffer.from(bytes.toString('base64')) : bytes;

  describe(`gRPC-Web over ${version}, ${text ? 'text' : 'binary'}`, () => {
    let client;
    before(() => { client = new clients[version](port); });
    after(() => client.close());

    const call = async (method, messages, headers = {}) => {
      const body = Buffer.concat(messages.map((message) => encode(frame(note(message)))));
      const answer = await client.exchange('POST', `/web.Notes/${method}`, {'content-type': type, ...headers}, body);
      return {...answer, ...readBody(answer.body, text)};
    };

    test('a unary call answers with message, status and metadata', async () => {
      const answer = await call('Echo', [{text: 'Zürich ☃', number: 7}], {'x-say': 'hello', 'x-end': 'bye', 'x-end-bin': 'AP8'});
      assert.strictEqual(answer.status, 200);
      assert.match(answer.headers['content-type'], text ? /^application\/grpc-web-text\+proto$/ : /^application\/grpc-web\+proto$/);
      assert.deepStrictEqual(answer.messages, [{1: 'Zürich ☃', 2: 7}]);
      assert.strictEqual(answer.headers['x-say'], 'hello');
      assert.deepStrictEqual(answer.trailers, new Map([['x-end', 'bye'], ['x-end-bin', 'AP8'], ['grpc-status', '0']]));
    });

    test('the answer is in the form that accept names', async () => {
      const other = text ? 'application/grpc-web+proto' : 'application/grpc-web-text';
      const answer = await client.exchange('POST', '/web.Notes/Echo', {'content-type': type, accept: other},
          encode(frame(note({text: 'a'}))));
      assert.deepStrictEqual(readBody(answer.body, !text).messages, [{1: 'a'}]);
    });

    test('an error has its message and details', async () => {
      const {messages, trailers} = await call('Echo', [{text: 'fail'}]);
      assert.deepStrictEqual(messages, []);
      assert.strictEqual(trailers.get('grpc-status'), '5');
      assert.strictEqual(trailers.get('grpc-message'), '100%25 gone%0D%0Ain Z%C3%BCrich');
      assert.strictEqual(trailers.get('grpc-status-details-bin'), 'CAU');
    });

    test('an unknown method is UNIMPLEMENTED, and the connection goes on', async () => {
      assert.strictEqual((await call('Nothing', [{}])).trailers.get('grpc-status'), '12');
      assert.strictEqual((await call('Echo', [{}])).trailers.get('grpc-status'), '0');
    });

    test('a message of 3 MiB, and one over the limit', async () => {
      const {messages} = await call('Echo', [{text: 'x'.repeat(3 << 20)}]);
      assert.strictEqual(messages[0][1].length, 3 << 20);
      const refused = await client.exchange('POST', '/web.Notes/Echo', {'content-type': type},
          encode(Buffer.from([0, 0, 80, 0, 0])));
      const {trailers} = readBody(refused.body, text);
      assert.strictEqual(trailers.get('grpc-status'), '8');
      assert.match(trailers.get('grpc-message'), /5242880 .*4194304.*--holon-message-bytes-max/);
    });

    test('a stream of replies is whole and in order, and comes as it is written', async () => {
      const {messages, trailers, pieces} = await call('Count', [{text: 'x'.repeat(1000), number: 1000}]);
      assert.deepStrictEqual(messages.map((message) => message[2] ?? 0), [...Array(1000).keys()]);
      assert.strictEqual(trailers.get('grpc-status'), '0');
      assert.ok(pieces.length > 1);
    });

    test('a stream of requests is read to its end', async () => {
      const {messages, trailers} = await call('Collect', ['a', 'b', 'c', 'd'].map((each) => ({text: each})));
      assert.deepStrictEqual(messages, [{1: 'abcd', 2: 4}]);
      assert.strictEqual(trailers.get('grpc-status'), '0');
    });

    test('a long stream of requests passes through a small window', async () => {
      const {messages} = await call('Collect', Array(300).fill({text: 'y'.repeat(10_001)}));
      assert.deepStrictEqual(messages, [{2: 300}]);
    });

    test('streams both ways', async () => {
      const {messages, trailers} = await call('Chat', [{text: 'one'}, {text: 'two'}]);
      assert.deepStrictEqual(messages, [{1: 'one'}, {1: 'two'}]);
      assert.strictEqual(trailers.get('grpc-status'), '0');
    });

    test('a deadline ends the call', async () => {
      const {trailers} = await call('Wait', [{}], {'grpc-timeout': '50m'});
      assert.strictEqual(trailers.get('grpc-status'), '4');
    });

    test('a client that leaves ends its handler', async () => {
      const waits = async () => (await call('Waits', [{}])).messages[0];
      const ended = (await waits())[2] ?? 0;
      const leaving = new clients[version](port);
      const request = leaving.open('POST', '/web.Notes/Wait', {'content-type': type});
      request.on('error', () => {});
      request.end(encode(frame(note())));
      await until('running', async () => (await waits())[1] === 1);
      request.destroy();
      await until('ended', async () => (await waits())[2] === ended + 1);
      leaving.close();
    });

    test('a compressed request is understood, and how it came may be a lie', async () => {
      const send = async (bytes, headers) => {
        const answer = await client.exchange('POST', '/web.Notes/Echo', {'content-type': type, ...headers},
            encode(frame(bytes, 1)));
        return readBody(answer.body, text);
      };
      const gzip = zlib.gzipSync(note({text: 'z'.repeat(1000)}));
      assert.strictEqual((await send(gzip, {'grpc-encoding': 'gzip'})).messages[0][1].length, 1000);
      assert.strictEqual((await send(gzip, {})).trailers.get('grpc-status'), '13');
      assert.strictEqual((await send(gzip, {'grpc-encoding': 'snappy'})).trailers.get('grpc-status'), '12');
      assert.strictEqual((await send(gzip.subarray(2), {'grpc-encoding': 'gzip'})).trailers.get('grpc-status'), '13');
    });

    if (text) {
      test('base64 may be padded anywhere; what is none is refused', async () => {
        const bytes = frame(note({text: 'padded'}));
        const body = [...bytes].map((byte) => Buffer.from([byte]).toString('base64')).join('');
        const send = async (sent) => readBody(
            (await client.exchange('POST', '/web.Notes/Echo', {'content-type': type}, sent)).body, true);
        assert.deepStrictEqual((await send(body)).messages, [{1: 'padded'}]);
        assert.strictEqual((await send('AAA!')).trailers.get('grpc-status'), '13');
        assert.strictEqual((await send(`${body}A`)).trailers.get('grpc-status'), '13');
      });
    }
  });
}

for (const version of Object.keys(clients)) {
  suite(version, false);
  suite(version, true);

  describe(`what is no call over ${version}`, () => {
    let client;
    before(() => { client = new clients[version](port); });
    after(() => client.close());
    const plain = async (method, headers, body) => {
      const answer = await client.exchange(method, '/web.Notes/Echo', headers, body);
      return {...answer, text: answer.body.toString()};
    };

    test('another method, another media type', async () => {
      const get = await plain('GET', {});
      assert.strictEqual(get.status, 405);
      assert.match(get.headers.allow, /POST/);
      const json = await plain('POST', {'content-type': 'application/json'}, '{}');
      assert.strictEqual(json.status, 415);
      assert.match(json.text, /application\/grpc-web/);
    });

    test('a page asks first, and is let in if its origin was named', async () => {
      const ask = (origin) => plain('OPTIONS', {origin, 'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-grpc-web'});
      const admitted = await ask(page);
      assert.strictEqual(admitted.status, 204);
      assert.strictEqual(admitted.headers['access-control-allow-origin'], page);
      assert.strictEqual(admitted.headers['access-control-allow-methods'], 'POST');
      assert.strictEqual(admitted.headers['access-control-allow-headers'], 'content-type,x-grpc-web');
      const refused = await ask('https://evil.example');
      assert.strictEqual(refused.status, 403);
      assert.match(refused.text, /--holon-web-origin/);
      assert.strictEqual(refused.headers['access-control-allow-origin'], undefined);
    });

    test('the call of a page has its origin in the answer, or is refused', async () => {
      const send = (origin) => plain('POST', {origin, 'content-type': 'application/grpc-web'}, frame(note({text: 'a'})));
      const admitted = await send(page);
      assert.strictEqual(admitted.status, 200);
      assert.strictEqual(admitted.headers['access-control-allow-origin'], page);
      assert.match(admitted.headers.vary, /origin/);
      assert.strictEqual((await send('https://evil.example')).status, 403);
    });
  });
}

describe('the first bytes of a connection', () => {
  const say = (text) => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    const pieces = [];
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(pieces)));
    socket.setTimeout(patience, () => socket.destroy());
  });

  test('gRPC by HTTP/1.1 is told what it needs', async () => {
    const answer = await say('POST /web.Notes/Echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/grpc\r\n' +
        'content-length: 0\r\n\r\n');
    assert.match(answer.toString(), /^HTTP\/1.1 415 [^]*HTTP\/2/);
  });

  test('what is neither HTTP/1.1 nor HTTP/2 gets GOAWAY and the end', async () => {
    const answer = await say('hello, is anybody there? this is no HTTP\r\n\r\n');
    const goaway = 7;
    assert.ok([...answer.keys()].some((at) => answer[at] === goaway && answer.readUIntBE(Math.max(at - 3, 0), 3) >= 8));
  });

  test('a request that comes byte by byte is understood', async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const answered = new Promise((resolve) => socket.once('data', resolve));
    for (const byte of 'GET / HTTP/1.1\r\nhost: a\r\n\r\n') {
      await new Promise((resolve) => socket.write(byte, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match((await answered).toString(), /^HTTP\/1.1 405/);
    socket.destroy();
  });

  test('requests of HTTP/1.1 that come together are answered in order', async () => {
    const post = (body) => Buffer.concat([Buffer.from('POST /web.Notes/Echo HTTP/1.1\r\nhost: a\r\n' +
        `content-type: application/grpc-web\r\ncontent-length: ${body.length}\r\n\r\n`), body]);
    const last = Buffer.from('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const answer = (await say(Buffer.concat([post(frame(note({text: 'first'}))), post(frame(note({text: 'second'}))), last])))
        .toString('latin1');
    assert.match(answer, /200 OK[^]*first[^]*grpc-status: 0[^]*200 OK[^]*second[^]*grpc-status: 0[^]*405/);
  });
});

describe('curl', () => {
  const curl = (...args) => execFileSync('curl', ['-s', '-m', '20', ...args, `http://127.0.0.1:${port}/web.Notes/Echo`]);

  for (const version of ['--http1.1', '--http2-prior-knowledge']) {
    test(`sends a file and reads the answer, ${version}`, () => {
      const file = path.join(directory, 'request');
      fs.writeFileSync(file, frame(note({text: 'by curl'})));
      const binary = curl(version, '-H', 'content-type: application/grpc-web', '--data-binary', `@${file}`);
      assert.deepStrictEqual(readBody(binary, false).messages, [{1: 'by curl'}]);
      const text = curl(version, '-H', 'content-type: application/grpc-web-text', '-d',
          frame(note({text: 'by curl'})).toString('base64'));
      assert.deepStrictEqual(readBody(text, true).messages, [{1: 'by curl'}]);
    });
  }
});
