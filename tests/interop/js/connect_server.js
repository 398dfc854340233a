// The interop service by @connectrpc/connect-node: gRPC and gRPC-Web on one port. It can neither tell whether a request came
// compressed nor choose message by message what to compress: it compresses what is over 1 KiB if the client takes gzip.
'use strict';
const http2 = require('node:http2');
const {setTimeout: pause} = require('node:timers/promises');
const {promisify} = require('node:util');
const zlib = require('node:zlib');
const {ConnectError} = require('@connectrpc/connect');
const {compressionGzip, connectNodeAdapter} = require('@connectrpc/connect-node');
const {service} = require('./connect_contract.js');
const {options, ready} = require('./server.js');

function echo({requestHeader, responseHeader, responseTrailer}) {
  for (const [name, to] of [['x-grpc-test-echo-initial', responseHeader], ['x-grpc-test-echo-trailing-bin', responseTrailer]]) {
    if (requestHeader.has(name)) to.set(name, requestHeader.get(name));
  }
}

function check({responseStatus}) {
  if (responseStatus?.code) throw new ConnectError(responseStatus.message, responseStatus.code);
}

async function* answer(request, context) {
  for (const {size, intervalUs} of request.responseParameters) {
    if (intervalUs) {
      const {signal} = context;
      await pause(intervalUs / 1000, undefined, {signal}).catch(() => { throw signal.reason; });  // the deadline, say
    }
    yield {payload: {body: Buffer.alloc(size)}};
  }
}

const handlers = {
  emptyCall: () => ({}),
  unaryCall: (request, context) => {
    echo(context);
    check(request);
    return {payload: {body: Buffer.alloc(request.responseSize)}};
  },
  streamingInputCall: async (requests) => {
    let aggregatedPayloadSize = 0;
    for await (const {payload} of requests) aggregatedPayloadSize += payload?.body.length ?? 0;
    return {aggregatedPayloadSize};
  },
  streamingOutputCall: async function*(request, context) {
    echo(context);
    yield* answer(request, context);
    check(request);
  },
  fullDuplexCall: async function*(requests, context) {
    echo(context);
    for await (const request of requests) {
      check(request);
      yield* answer(request, context);
    }
  },
  halfDuplexCall: async function*(requests, context) {
    const all = [];
    for await (const request of requests) all.push(request);
    for (const request of all) yield* answer(request, context);
  },
};

// Stored, not deflated: zeros would else become too small for flow control to matter.
const gzip = {...compressionGzip, compress: (bytes) => promisify(zlib.gzip)(bytes, {level: 0})};

const {address, tls} = options();
const handle = connectNodeAdapter({
  routes: (router) => router.service(service('TestService'), handlers),
  acceptCompression: [gzip],
  readMaxBytes: 4 << 20,  // as gRPC's others have it
});
const server = tls ? http2.createSecureServer(tls, handle) : http2.createServer(handle);
const sessions = new Set();
server.on('session', (session) => {
  sessions.add(session);
  session.on('close', () => sessions.delete(session));
});
const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
server.listen(host ? {host, port: Number(port)} : {path: address.slice('unix:'.length)}, () => {
  ready(address, server.address().port, (done) => {
    server.close(done);
    for (const session of sessions) session.close();
  });
});
