// A caller that knows nothing of holon: Node.js with the official gRPC library, at HOLON_MESH. Over HTTP, at PORT, it is told what to
// ask, and says what came of it:
//
//   GET /ask?method=chain.Five/Ask&at_once=8&calls=100     so many calls, so many at once
//     &timeout_ms=10000 &priority=critical &user=ann       their deadline, and metadata
//     &authority=five                                      another name than the address
//   GET /stop                                              whoever asks gets no further, and is answered
//   GET /mesh                                              where it calls
//
// An answer is {"OK": 99, "UNAVAILABLE": 1, "details": "…of the last that failed", "p99_ms": 12, "most_ms": 15, "pids": [17, 18]}.
'use strict';

const grpc = require('@grpc/grpc-js');
const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

const pauseMs = 5; // after a call that failed

const clients = new Map();  // by authority
const asking = new Set();

function clientFor(authority) {
  if (!clients.has(authority)) {
    const options = authority ? { 'grpc.default_authority': authority } : {};
    clients.set(authority, new grpc.Client(process.env.HOLON_MESH, grpc.credentials.createInsecure(), options));
  }
  return clients.get(authority);
}

/** The int32 in field 1 of a message that has nothing else. */
function firstField(bytes) {
  let value = 0;
  for (let i = 1; i < bytes.length; ++i) value |= (bytes[i] & 0x7f) << (7 * (i - 1));
  return value;
}

function call(query) {
  const metadata = new grpc.Metadata();
  if (query.get('priority')) metadata.set('holon-priority', query.get('priority'));
  if (query.get('user')) metadata.set('user', query.get('user'));
  const deadline = Date.now() + Number(query.get('timeout_ms') ?? 10_000);
  const asIs = (bytes) => bytes;
  return new Promise((resolve) => {
    clientFor(query.get('authority') ?? '').makeUnaryRequest(
      '/' + query.get('method'), asIs, asIs, Buffer.alloc(0), metadata, { deadline },
      (error, reply) => resolve({ code: error ? grpc.status[error.code] : 'OK', details: error?.details, reply }));
  });
}

async function ask(query) {
  const said = { pids: [] };
  const took = [];
  let left = Number(query.get('calls') ?? 1);
  const task = { stopped: false };
  asking.add(task);
  async function askOn() {
    while (left-- > 0 && !task.stopped) {
      const began = performance.now();
      const { code, details, reply } = await call(query);
      took.push(performance.now() - began);
      said[code] = (said[code] ?? 0) + 1;
      if (code === 'OK') {
        if (!said.pids.includes(firstField(reply))) said.pids.push(firstField(reply));
      } else {
        said.details = details;
        await sleep(pauseMs);
      }
    }
  }
  await Promise.all(Array.from({ length: Number(query.get('at_once') ?? 1) }, askOn));
  asking.delete(task);
  took.sort((a, b) => a - b);
  return { ...said, p99_ms: Math.round(took[Math.floor(took.length * 0.99)] ?? 0), most_ms: Math.round(took.at(-1) ?? 0) };
}

async function answer({ pathname, searchParams }) {
  if (pathname === '/ask') return ask(searchParams);
  if (pathname === '/mesh') return process.env.HOLON_MESH;
  if (pathname === '/stop') asking.forEach((task) => { task.stopped = true; });
  return 'well';
}

http.createServer(async (request, response) => {
  response.end(JSON.stringify(await answer(new URL(request.url, 'http://caller'))));
}).listen(Number(process.env.PORT), '127.0.0.1');
