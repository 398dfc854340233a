// Serves interop.proto by grpc-js, to be called by holon. Prints its port.
'use strict';
const grpc = require('@grpc/grpc-js');
const {Interop} = require('./contract.js');

const waits = new Map();

function counts(text) {
  if (!waits.has(text)) waits.set(text, {running: 0, ended: 0});
  return waits.get(text);
}

/** Writes as long as the reader takes more. */
function count(call) {
  const {count: total, size, code} = call.request;
  let number = 0;
  const writeOn = () => {
    while (number < total && !call.cancelled) {
      if (!call.write({number: number++, data: Buffer.alloc(size, 'x')})) return call.once('drain', writeOn);
    }
    if (code !== 0) call.emit('error', {code, details: 'counted'});
    else call.end();
  };
  writeOn();
}

function describeCall(call, reply) {
  const texts = {};
  for (const [name, value] of Object.entries(call.metadata.getMap())) texts[name] = String(value);
  const headers = new grpc.Metadata();
  headers.set('x-before', 'first');
  call.sendMetadata(headers);
  const trailers = new grpc.Metadata();
  trailers.set('x-after', 'last');
  reply(null, {texts, remaining_ms: call.getDeadline() - Date.now()}, trailers);
}

function wait(call) {
  const mine = counts(call.request.text);
  ++mine.running;
  call.on('cancelled', () => {
    --mine.running;
    ++mine.ended;
  });
}

const server = new grpc.Server();
server.addService(Interop.service, {
  Echo: (call, reply) => reply(null, call.request),
  Count: count,
  Fail: (call, reply) => reply({code: call.request.code, details: call.request.message}),
  Wait: wait,
  Waits: (call, reply) => reply(null, counts(call.request.text)),
  Describe: describeCall,
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.on('end', () => process.exit(0)).resume();  // ends with who started it
