// The interop service by @grpc/grpc-js. It can neither tell whether a request came compressed nor compress an answer.
'use strict';
const grpc = require('@grpc/grpc-js');
const {testing} = require('./contract.js');
const {options, ready} = require('./server.js');

const {setTimeout: pause} = require('node:timers/promises');

/** Sends back what is to be echoed in the headers, and gives what is to be in the trailers. */
function echo(call) {
  const headers = new grpc.Metadata(), trailers = new grpc.Metadata();
  for (const value of call.metadata.get('x-grpc-test-echo-initial')) headers.add('x-grpc-test-echo-initial', value);
  for (const value of call.metadata.get('x-grpc-test-echo-trailing-bin')) trailers.add('x-grpc-test-echo-trailing-bin', value);
  call.sendMetadata(headers);
  return trailers;
}

const failure = ({code, message}, metadata) => ({code, details: message, metadata});

/** The requests of a stream; one that is cancelled just ends. */
async function* requestsOf(call) {
  try {
    yield* call.iterator({destroyOnReturn: false});
  } catch (error) {
    if (!call.cancelled) throw error;
  }
}

async function answer(call, request) {
  for (const {size, intervalUs} of request.responseParameters) {
    if (intervalUs) await pause(intervalUs / 1000);
    if (call.cancelled) return;
    await new Promise((resolve) => call.write({payload: {body: Buffer.alloc(size)}}, resolve));
  }
}

const server = new grpc.Server();
server.addService(testing.TestService.service, {
  emptyCall: (call, reply) => reply(null, {}),
  unaryCall: (call, reply) => {
    const trailers = echo(call);
    const {responseStatus, responseSize} = call.request;
    if (responseStatus?.code) return reply(failure(responseStatus, trailers));
    reply(null, {payload: {body: Buffer.alloc(responseSize)}}, trailers);
  },
  streamingInputCall: async (call, reply) => {
    let aggregatedPayloadSize = 0;
    call.on('data', ({payload}) => { aggregatedPayloadSize += payload?.body.length ?? 0; });
    call.on('end', () => reply(null, {aggregatedPayloadSize}));
  },
  streamingOutputCall: async (call) => {
    const trailers = echo(call);
    const {responseStatus} = call.request;
    await answer(call, call.request);
    if (responseStatus?.code) call.emit('error', failure(responseStatus, trailers));
    else call.end(trailers);
  },
  fullDuplexCall: async (call) => {
    const trailers = echo(call);
    for await (const request of requestsOf(call)) {
      if (request.responseStatus?.code) return call.emit('error', failure(request.responseStatus, trailers));
      await answer(call, request);
    }
    call.end(trailers);
  },
  halfDuplexCall: async (call) => {
    const requests = [];
    for await (const request of requestsOf(call)) requests.push(request);
    for (const request of requests) await answer(call, request);
    call.end();
  },
});

const {address, tls} = options();
const credentials = tls ? grpc.ServerCredentials.createSsl(null, [{cert_chain: tls.cert, private_key: tls.key}])
                        : grpc.ServerCredentials.createInsecure();
server.bindAsync(address, credentials, (error, port) => {
  if (error) throw error;
  ready(address, port, (done) => server.tryShutdown(done));
});
