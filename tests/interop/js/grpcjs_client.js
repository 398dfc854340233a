// @grpc/grpc-js as a client of the interop service.
'use strict';
const zlib = require('node:zlib');
const grpc = require('@grpc/grpc-js');
const {testing} = require('./contract.js');
const {main} = require('./cases.js');

// grpc-js does not say whether a message came compressed, so what it inflates is counted; it inflates a message in one piece.
let inflated = 0;
const transform = zlib.Gunzip.prototype._transform;
zlib.Gunzip.prototype._transform = function(piece, ...rest) {
  if (piece.length > 0) ++inflated;
  return transform.call(this, piece, ...rest);
};

const noCompress = 2;  // a write flag that the package does not export

/** Its `write(message, flags)` is refused by Node.js, which takes the flags for a text encoding; so they are set here. */
function flags(options, next) {
  const call = next(options);
  const send = call.sendMessageWithContext.bind(call);
  call.sendMessageWithContext = (context, message) => {
    const plain = message.expectCompressed?.value === false;
    send({...context, flags: plain ? noCompress : 0}, message);
  };
  return call;
}

function valuesOf(metadata) {
  return new Map(Object.entries(metadata?.getMap() ?? {}));
}

/** Follows a call's metadata and status, and resolves when it has ended. */
function follow(call) {
  return new Promise((resolve) => {
    let headers = new Map();
    call.on('metadata', (metadata) => { headers = valuesOf(metadata); });
    call.on('status', ({code, details, metadata}) => {
      resolve({code, message: details, headers, trailers: valuesOf(metadata)});
    });
  });
}

class Peer {
  constructor(address, ca) {
    this.where = [address, ca];
    this.clients = new Map();
  }

  /** The client of a service, with a channel of its own if it compresses. */
  client(service = 'TestService', compress = false) {
    const key = `${service} ${compress}`;
    if (!this.clients.has(key)) {
      const [address, ca] = this.where;
      const credentials = ca ? grpc.credentials.createSsl(ca) : grpc.credentials.createInsecure();
      this.clients.set(key, new testing[service](address, credentials, {
        interceptors: compress ? [flags] : [],
        'grpc.use_local_subchannel_pool': 1,
        ...compress && {'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip},
      }));
    }
    return this.clients.get(key);
  }

  async unary(method, request, {service, ...options} = {}) {
    let reply;
    const call = this.client(service, options.compress)[method](request, ...this.#context(options), (_, message) => {
      reply = message;
    });
    return {...await follow(call), reply};
  }

  open(method, options = {}, request) {
    let replied;
    const reply = new Promise((resolve) => { replied = resolve; });
    const kind = Object.values(testing.TestService.service).find(({originalName}) => originalName === method);
    const client = this.client('TestService', options.compress);
    const call = client[method](...kind.requestStream ? [] : [request], ...this.#context(options),
        ...kind.responseStream ? [] : [(_, message) => replied(message)]);
    const ended = follow(call);
    call.on('error', () => {});
    const messages = kind.responseStream && call[Symbol.asyncIterator]();
    return {
      write: (message) => new Promise((resolve, reject) => call.write(message, (error) => error ? reject(error) : resolve())),
      end: () => call.end(),
      cancel: () => call.cancel(),
      read: async () => {
        if (!messages) {
          const message = await reply;
          replied(undefined);
          return message;
        }
        try {
          return (await messages.next()).value;
        } catch {
          return undefined;
        }
      },
      ending: () => ended,
    };
  }

  #context({timeoutMs = 20_000, metadata = []}) {
    const sent = new grpc.Metadata();
    for (const [name, value] of metadata) sent.add(name, value);
    return [sent, {deadline: Date.now() + timeoutMs}];
  }

  inflated() { return inflated; }
  fresh() { return new Peer(...this.where); }
  close() { for (const client of this.clients.values()) client.close(); }
}

main((address, ca) => new Peer(address, ca));
