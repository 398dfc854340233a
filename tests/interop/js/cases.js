// The cases of the public gRPC interop description, and a few of our own, for a client in JavaScript: what each does with
// an implementation behind the interface of a peer:
//
//   peer.unary(method, request, options)        → {code, message, headers, trailers, reply, inflated}
//   peer.open(method, options, request)         → an exchange: one call with a stream
//     write(message), end(), cancel()             `write` resolves when flow control has taken the message
//     read()                                    → the next message, undefined at the end
//     ending()                                  → {code, message, headers, trailers}
//   peer.inflated()                             → how many messages arrived compressed so far
//   peer.fresh(), peer.close()                  → another connection; the end of one
//
// `options`: timeoutMs, metadata ([name, string or Buffer] pairs), compress (offer gzip; a message that says
// `expectCompressed: {value: false}` goes as it is). Methods and fields are spelled in camelCase.
'use strict';
const assert = require('node:assert');
const {setTimeout: pause} = require('node:timers/promises');

const OK = 0, CANCELLED = 1, INVALID_ARGUMENT = 3, DEADLINE_EXCEEDED = 4, RESOURCE_EXHAUSTED = 8, UNIMPLEMENTED = 12;
const codes = ['CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS',
  'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL',
  'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'];

const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];

const zeros = (size) => ({body: Buffer.alloc(size)});
const large = (more = {}) => ({responseSize: 314159, payload: zeros(271828), ...more});
const ping = (responseSize, requestSize) => ({responseParameters: [{size: responseSize}], payload: zeros(requestSize)});
const sizeOf = (reply) => reply.payload.body.length;

function assertEnding({code, message}, expected, text) {
  assert.strictEqual(code, expected, `code ${code} (${message})`);
  if (text !== undefined) assert.strictEqual(message, text);
}

async function unary(peer, request, options) {
  const ended = await peer.unary('unaryCall', request, options);
  assertEnding(ended, OK);
  return ended;
}

async function assertLarge(peer, more, options) {
  const {reply} = await unary(peer, large(more), options);
  assert.strictEqual(sizeOf(reply), 314159);
}

async function assertRead(exchange, sizes) {
  for (const size of sizes) {
    const reply = await exchange.read();
    if (!reply) assert.fail(`the stream ended early: ${JSON.stringify(await exchange.ending())}`);
    assert.strictEqual(sizeOf(reply), size);
  }
}

async function assertEnds(exchange) {
  assert.strictEqual(await exchange.read(), undefined);
  assertEnding(await exchange.ending(), OK);
}

/** Sends messages as a client stream, and gives how it ended with the size that was counted. */
async function upload(peer, messages, options) {
  const exchange = peer.open('streamingInputCall', options);
  for (const message of messages) await exchange.write(message);
  exchange.end();
  const reply = await exchange.read();
  return {...await exchange.ending(), size: reply?.aggregatedPayloadSize};
}

/** Whether `count` stood still for 200 ms. */
async function standsStill(count) {
  const end = Date.now() + 10_000;
  let last = count(), still = 0;
  while (still < 4) {
    await pause(50);
    still = count() === last ? still + 1 : 0;
    last = count();
    assert.ok(Date.now() < end, 'never stood still');
  }
}

const echoed = [['x-grpc-test-echo-initial', 'test_initial_metadata_value'],
  ['x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab])]];

function assertEchoed({headers, trailers}) {
  assert.deepStrictEqual(headers.get(echoed[0][0]), echoed[0][1]);
  assert.deepStrictEqual(trailers.get(echoed[1][0]), echoed[1][1]);
}

async function assertStatus(peer, responseStatus) {
  assertEnding(await peer.unary('unaryCall', {responseStatus}), responseStatus.code, responseStatus.message);
}

async function assertStatusOfStream(peer, responseStatus) {
  const exchange = peer.open('fullDuplexCall');
  await exchange.write({responseStatus});
  exchange.end();
  assert.strictEqual(await exchange.read(), undefined);
  assertEnding(await exchange.ending(), responseStatus.code, responseStatus.message);
}

const cases = {
  async empty_unary(peer) {
    const {reply, ...ending} = await peer.unary('emptyCall', {});
    assertEnding(ending, OK);
    assert.ok(reply);
  },

  async large_unary(peer) { await assertLarge(peer); },

  async client_streaming(peer) {
    const ended = await upload(peer, requestSizes.map((size) => ({payload: zeros(size)})));
    assertEnding(ended, OK);
    assert.strictEqual(ended.size, 74922);
  },

  async server_streaming(peer) {
    const exchange = peer.open('streamingOutputCall', {}, {responseParameters: responseSizes.map((size) => ({size}))});
    await assertRead(exchange, responseSizes);
    await assertEnds(exchange);
  },

  async ping_pong(peer) {
    const exchange = peer.open('fullDuplexCall');
    for (let i = 0; i < requestSizes.length; ++i) {
      await exchange.write(ping(responseSizes[i], requestSizes[i]));
      await assertRead(exchange, [responseSizes[i]]);
    }
    exchange.end();
    await assertEnds(exchange);
  },

  async empty_stream(peer) {
    const exchange = peer.open('fullDuplexCall');
    exchange.end();
    await assertEnds(exchange);
  },

  async cancel_after_begin(peer) {
    const exchange = peer.open('streamingInputCall');
    exchange.cancel();
    assertEnding(await exchange.ending(), CANCELLED);
  },

  async cancel_after_first_response(peer) {
    const exchange = peer.open('fullDuplexCall');
    await exchange.write(ping(31415, 27182));
    await assertRead(exchange, [31415]);
    exchange.cancel();
    assertEnding(await exchange.ending(), CANCELLED);
  },

  async timeout_on_sleeping_server(peer) {
    const exchange = peer.open('fullDuplexCall', {timeoutMs: 1});
    exchange.write({payload: zeros(27182), responseParameters: [{size: 31415, intervalUs: 1_000_000}]}).catch(() => {});
    assertEnding(await exchange.ending(), DEADLINE_EXCEEDED);
  },

  async status_code_and_message(peer) {
    await assertStatus(peer, {code: 2, message: 'test status message'});
    await assertStatusOfStream(peer, {code: 2, message: 'test status message'});
  },

  async special_status_message(peer) {
    await assertStatus(peer, {code: 2, message: '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n'});
  },

  async unimplemented_method(peer) { assertEnding(await peer.unary('unimplementedCall', {}), UNIMPLEMENTED); },

  async unimplemented_service(peer) {
    assertEnding(await peer.unary('unimplementedCall', {}, {service: 'UnimplementedService'}), UNIMPLEMENTED);
  },

  async custom_metadata(peer) {
    assertEchoed(await unary(peer, large(), {metadata: echoed}));
    const exchange = peer.open('fullDuplexCall', {metadata: echoed});
    await exchange.write(ping(314159, 271828));
    exchange.end();
    await assertRead(exchange, [314159]);
    await assertEnds(exchange);
    assertEchoed(await exchange.ending());
  },

  async client_compressed_unary(peer, lacks) {
    if (!lacks.has('compressed_request')) {
      assertEnding(await peer.unary('unaryCall', large({expectCompressed: {value: true}})), INVALID_ARGUMENT);
    }
    await assertLarge(peer, {expectCompressed: {value: true}}, {compress: true});
    await assertLarge(peer, {expectCompressed: {value: false}});
  },

  // The larger message is the compressed one, not as described: connect-node chooses by size only.
  async client_compressed_streaming(peer, lacks) {
    if (!lacks.has('compressed_request')) {
      assertEnding(await upload(peer, [{expectCompressed: {value: true}, payload: zeros(27182)}]), INVALID_ARGUMENT);
    }
    const ended = await upload(peer, [
      {expectCompressed: {value: false}, payload: zeros(27182)},
      {expectCompressed: {value: true}, payload: zeros(45904)},
    ], {compress: true});
    assertEnding(ended, OK);
    assert.strictEqual(ended.size, 73086);
  },

  async server_compressed_unary(peer, lacks) {
    for (const value of [true, false]) {
      const before = peer.inflated();
      await assertLarge(peer, {responseCompressed: {value}});
      if (!lacks.has('compressed_response')) assert.strictEqual(peer.inflated() - before, value ? 1 : 0);
    }
  },

  async server_compressed_streaming(peer, lacks) {
    const before = peer.inflated();
    const exchange = peer.open('streamingOutputCall', {}, {
      responseParameters: [{size: 31415, compressed: {value: true}}, {size: 92653, compressed: {value: false}}],
    });
    await assertRead(exchange, [31415, 92653]);
    await assertEnds(exchange);
    if (!lacks.has('compressed_response')) assert.strictEqual(peer.inflated() - before, 1);
  },

  async parallel_calls(peer) {
    await Promise.all([...Array(200).keys()].map(async (number) => {
      const {reply} = await unary(peer, {responseSize: number * 10, payload: zeros(number)});
      assert.strictEqual(sizeOf(reply), number * 10);
    }));
  },

  async many_cancels(peer) {
    for (let begun = 0; begun < 500; begun += 50) {
      const exchanges = [...Array(50)].map(() => peer.open('fullDuplexCall'));
      for (const exchange of exchanges) {
        exchange.write(ping(10, 10)).catch(() => {});
        exchange.cancel();
      }
      for (const exchange of exchanges) assertEnding(await exchange.ending(), CANCELLED);
    }
    await cases.empty_unary(peer);
  },

  // Nobody reads on, so the server must stop answering, then reading, and so the client stops writing; and then all arrives.
  async back_pressure(peer) {
    const total = 300, size = 65536;
    const exchange = peer.open('fullDuplexCall');
    let written = 0;
    const writing = (async () => {
      for (; written < total; ++written) await exchange.write(ping(size, size));
      exchange.end();
    })();
    await assertRead(exchange, [size]);  // before its first read grpc-js gathers without bound
    await standsStill(() => written);
    assert.ok(written < total, `all ${total} messages were taken though nobody reads on`);
    await cases.empty_unary(peer);
    await assertRead(exchange, Array(total - 1).fill(size));
    await assertEnds(exchange);
    await writing;
  },

  async message_over_limit(peer) {
    assertEnding(await peer.unary('unaryCall', {payload: zeros(5 << 20)}), RESOURCE_EXHAUSTED);
    await cases.empty_unary(peer);
  },

  async rpc_soak(peer, lacks, iterations) {
    for (let i = 0; i < iterations; ++i) await assertLarge(peer);
  },

  async channel_soak(peer, lacks, iterations) {
    for (let i = 0; i < iterations; ++i) {
      const fresh = peer.fresh();
      await assertLarge(fresh);
      await fresh.close();
    }
  },
};

codes.forEach((name, index) => {
  const status = {code: index + 1, message: `says ${name}`};
  cases[`code_${name}`] = async (peer) => {
    await assertStatus(peer, status);
    await assertStatusOfStream(peer, status);
  };
});

/** The command line that clients in all languages share; prints a line per case. `connect(address, ca)` gives a peer. */
async function main(connect) {
  const {values} = require('node:util').parseArgs({options: {
    server: {type: 'string'}, 'tls-ca': {type: 'string'}, case: {type: 'string', default: 'all'},
    lacks: {type: 'string', default: ''}, soak: {type: 'string', default: '10'}, web: {type: 'string'},
  }});
  const ca = values['tls-ca'] && require('node:fs').readFileSync(values['tls-ca']);
  const lacks = new Set(values.lacks.split(','));
  const peer = connect(values.server, ca, values);
  for (const name of values.case === 'all' ? Object.keys(cases) : values.case.split(',')) {
    let timer;
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('took over 30 s')), 30_000); });
    try {
      await Promise.race([cases[name](peer, lacks, Number(values.soak)), late]);
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${String(error.message).replaceAll('\n', ' ')}`);
      process.exitCode = 1;
    }
    clearTimeout(timer);
  }
  await peer.close();
  process.exit();  // grpc-js keeps the timers of some calls that have ended
}

module.exports = {main};
