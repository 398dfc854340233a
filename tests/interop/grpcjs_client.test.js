// grpc-js calls a holon server, over TCP and over a Unix socket. The server's executable is in INTEROP_SERVER.
'use strict';
const assert = require('node:assert');
const {spawn} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {after, before, describe, test} = require('node:test');
const grpc = require('@grpc/grpc-js');
const {Interop} = require('./contract.js');

const patience = 20_000;

/** Starts a server, and gives its process and the address it answers on. */
function serve(listen, directory) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.env.INTEROP_SERVER, ['--listen', listen, '--data', path.join(directory, 'data')]);
    let said = '';
    child.stderr.on('data', (bytes) => {
      said += bytes;
      const found = /answers on (\S+)/.exec(said);
      if (found) resolve({child, address: found[1]});
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

/** One unary call, with what came along. */
function call(client, method, request, {metadata = new grpc.Metadata(), deadlineMs = patience} = {}) {
  const seen = {};
  return new Promise((resolve) => {
    seen.call = client[method](request, metadata, {deadline: Date.now() + deadlineMs}, (error, reply) => {
      resolve({...seen, error, reply});
    });
    seen.call.on('metadata', (headers) => { seen.headers = headers; });
    seen.call.on('status', (status) => { seen.trailers = status.metadata; });
  }).then((ended) => new Promise((resolve) => setImmediate(() => resolve({...ended, ...seen}))));
}

/** Reads a stream to its end: the messages, and the error if there was one. */
function readAll(stream, onMessage = () => {}) {
  return new Promise((resolve) => {
    const messages = [];
    stream.on('data', (message) => { messages.push(message); onMessage(message); });
    stream.on('error', (error) => resolve({messages, error}));
    stream.on('end', () => resolve({messages}));
  });
}

/** Asks until `condition` holds; the server's state changes when it hears of it. */
async function until(what, condition) {
  const end = Date.now() + patience;
  while (!(await condition())) assert.ok(Date.now() < end, `never ${what}`);
}

function suite(kind, listen) {
  describe(`grpc-js calls holon over ${kind}`, () => {
    let directory, server, client;

    before(async () => {
      directory = fs.mkdtempSync(path.join(os.tmpdir(), 'interop-'));
      server = await serve(listen(directory), directory);
      client = new Interop(server.address, grpc.credentials.createInsecure());
    });
    after(async () => {
      client.close();
      server.child.removeAllListeners('exit');
      const ended = new Promise((resolve) => server.child.on('exit', resolve));
      server.child.kill('SIGTERM');
      assert.strictEqual(await ended, 0);
      fs.rmSync(directory, {recursive: true});
    });
    const waits = async (text) => (await call(client, 'Waits', {text})).reply;

    test('a unary call comes back as it went', async () => {
      const request = {text: 'Zürich ☃', number: -7, data: Buffer.from([0, 255, 10])};
      const {error, reply} = await call(client, 'Echo', request);
      assert.ifError(error);
      assert.deepStrictEqual(reply, request);
    });

    test('an empty message, and one of 3 MiB', async () => {
      assert.deepStrictEqual((await call(client, 'Echo', {})).reply, {text: '', number: 0, data: Buffer.alloc(0)});
      const data = Buffer.alloc(3 << 20, 'holon');
      const {error, reply} = await call(client, 'Echo', {data});
      assert.ifError(error);
      assert.ok(reply.data.equals(data));
    });

    test('a message over the limit is RESOURCE_EXHAUSTED, and the connection goes on', async () => {
      const {error} = await call(client, 'Echo', {data: Buffer.alloc(5 << 20)});
      assert.strictEqual(error.code, grpc.status.RESOURCE_EXHAUSTED);
      assert.ifError((await call(client, 'Echo', {})).error);
    });

    test('an error arrives with its code and message', async () => {
      for (const code of [1, 2, 3, 5, 9, 13, 16]) {
        const message = `100% "wrong"\nin Zürich ${code}`;
        const {error} = await call(client, 'Fail', {code, message});
        assert.strictEqual(error.code, code);
        assert.strictEqual(error.details, message);
      }
    });

    test('an unknown method is UNIMPLEMENTED', async () => {
      const {error} = await new Promise((resolve) => client.makeUnaryRequest(
          '/interop.Interop/Nothing', (x) => x, (x) => x, Buffer.alloc(0), (failure) => resolve({error: failure})));
      assert.strictEqual(error.code, grpc.status.UNIMPLEMENTED);
    });

    test('metadata goes both ways', async () => {
      const metadata = new grpc.Metadata();
      metadata.add('x-name', 'one');
      metadata.add('x-name', 'two');
      metadata.add('x-key-bin', Buffer.from([0, 1, 254, 255]));
      metadata.set('traceparent', '00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01');
      const {error, reply, headers, trailers} = await call(client, 'Describe', {}, {metadata, deadlineMs: 15_000});
      assert.ifError(error);
      // RFC 9110 lets a client join the values of a name by a comma.
      assert.deepStrictEqual(reply.texts['x-name'].split(/[;,] ?/).filter(Boolean), ['one', 'two']);
      assert.deepStrictEqual(reply.binaries['x-key-bin'], Buffer.from([0, 1, 254, 255]));
      assert.strictEqual(reply.trace_id, '0123456789abcdeffedcba9876543210');
      assert.ok(reply.remaining_ms > 10_000 && reply.remaining_ms <= 15_000, `${reply.remaining_ms}`);
      assert.deepStrictEqual(headers.get('x-before'), ['first']);
      assert.deepStrictEqual(trailers.get('x-after'), ['last']);
      assert.deepStrictEqual(trailers.get('x-after-bin'), [Buffer.from([0, 255])]);
    });

    test('a stream arrives in order and whole', async () => {
      const {messages, error} = await readAll(client.Count({count: 5000, size: 100}));
      assert.ifError(error);
      assert.deepStrictEqual(messages.map((message) => message.number), [...Array(5000).keys()]);
      assert.ok(messages.every((message) => message.data.length === 100));
    });

    test('a stream of large messages suspends its writer and goes on', async () => {
      const stream = client.Count({count: 30, size: 500_000});
      const {messages, error} = await readAll(stream, () => {
        stream.pause();
        setImmediate(() => stream.resume());
      });
      assert.ifError(error);
      assert.strictEqual(messages.length, 30);
    });

    test('a stream ends with its error after its messages', async () => {
      const {messages, error} = await readAll(client.Count({count: 3, size: 1, code: grpc.status.DATA_LOSS}));
      assert.strictEqual(messages.length, 3);
      assert.strictEqual(error.code, grpc.status.DATA_LOSS);
      assert.strictEqual(error.details, 'counted');
      assert.deepStrictEqual(await readAll(client.Count({})), {messages: []});
    });

    test('a stream that is cancelled stops its writer', async () => {
      const stream = client.Count({count: 1_000_000_000, size: 1000});
      const {error} = await readAll(stream, (message) => { if (message.number === 100) stream.cancel(); });
      assert.strictEqual(error.code, grpc.status.CANCELLED);
      assert.ifError((await call(client, 'Echo', {})).error);
    });

    test('a deadline ends the call on both sides', async () => {
      const {error} = await call(client, 'Wait', {text: 'deadline'}, {deadlineMs: 50});
      assert.strictEqual(error.code, grpc.status.DEADLINE_EXCEEDED);
      await until('ended', async () => (await waits('deadline')).ended === 1);
    });

    test('a cancelled call ends its handler', async () => {
      const running = client.Wait({text: 'cancel'}, () => {});
      await until('running', async () => (await waits('cancel')).running === 1);
      running.cancel();
      await until('ended', async () => (await waits('cancel')).ended === 1);
    });

    test('a caller that is killed ends its calls', async () => {
      const program = `const {Interop} = require('./contract.js');
          new Interop('${server.address}', require('@grpc/grpc-js').credentials.createInsecure())
              .Wait({text: 'killed'}, () => {});`;
      const caller = spawn(process.execPath, ['-e', program], {cwd: __dirname, stdio: 'inherit'});
      await until('running', async () => (await waits('killed')).running === 1);
      caller.kill('SIGKILL');
      await until('ended', async () => (await waits('killed')).ended === 1);
    });

    test('1000 calls at a time', async () => {
      const calls = [];
      for (let number = 0; number < 1000; ++number) calls.push(call(client, 'Echo', {number}));
      const ended = await Promise.all(calls);
      ended.forEach(({error, reply}, number) => {
        assert.ifError(error);
        assert.strictEqual(reply.number, number);
      });
    });
  });
}

suite('TCP', () => '127.0.0.1:0');
suite('a Unix socket', (directory) => `unix:${path.join(directory, 'socket')}`);
