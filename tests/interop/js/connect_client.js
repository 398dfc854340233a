// @connectrpc/connect-node as a client of the interop service: by its gRPC transport, or with `--web VERSION` by gRPC-Web over
// HTTP of that version, 1.1 or 2.
'use strict';
const http = require('node:http');
const net = require('node:net');
const {Code, ConnectError, createClient} = require('@connectrpc/connect');
const {compressionGzip, createGrpcTransport, createGrpcWebTransport, Http2SessionManager} =
    require('@connectrpc/connect-node');
const {service} = require('./connect_contract.js');
const {main} = require('./cases.js');

let inflated = 0;
const gzip = {
  ...compressionGzip,
  decompress(...message) {
    ++inflated;
    return compressionGzip.decompress(...message);
  },
};

/** A queue that a generator empties: `push` resolves when its item was taken. */
function handOver() {
  const waiting = [];
  let wake = () => {};
  return {
    push: (item) => new Promise((taken) => {
      waiting.push({item, taken});
      wake();
    }),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length === 0) await new Promise((resolve) => { wake = resolve; });
        const {item, taken} = waiting.shift();
        taken();
        if (item === undefined) return;
        yield item;
      }
    },
  };
}

const isBinary = ([name]) => name.endsWith('-bin');

function valuesOf(headers) {
  return new Map([...headers].map((entry) => [entry[0], isBinary(entry) ? Buffer.from(entry[1], 'base64') : entry[1]]));
}

/** Options for a call, and what is known of how it ends. */
function begin({timeoutMs = 20_000, metadata = []} = {}) {
  const known = {code: 0, message: '', headers: new Map(), trailers: new Map()};
  const controller = new AbortController();
  const headers = metadata.map((entry) => [entry[0], isBinary(entry) ? entry[1].toString('base64') : entry[1]]);
  const options = {
    timeoutMs, headers, signal: controller.signal,
    onHeader: (received) => { known.headers = valuesOf(received); },
    onTrailer: (received) => { known.trailers = valuesOf(received); },
  };
  const fail = (error) => {
    const {code, rawMessage} = ConnectError.from(error, Code.Unknown);
    Object.assign(known, {code, message: rawMessage});
  };
  return {known, options, fail, cancel: () => controller.abort()};
}

class Peer {
  constructor(address, ca, flags) {
    this.where = [address, ca, flags];
    const path = address.startsWith('unix:') && address.slice('unix:'.length);
    const nodeOptions = {ca, ...path && {createConnection: () => net.connect(path)}};
    const baseUrl = `${ca ? 'https' : 'http'}://${path ? 'localhost' : address}`;
    const shared = {baseUrl, httpVersion: flags.web ?? '2', acceptCompression: [gzip]};
    if (flags.web === '1.1') {
      const agent = new http.Agent({keepAlive: true});
      shared.nodeOptions = {agent};
      this.close = () => agent.destroy();
    } else {
      shared.sessionManager = new Http2SessionManager(baseUrl, {}, nodeOptions);
      this.close = () => shared.sessionManager.abort();
    }
    const create = flags.web ? createGrpcWebTransport : createGrpcTransport;
    this.transports = [create(shared), create({...shared, sendCompression: gzip, compressMinBytes: 40_000})];
  }

  client(compress = false, name = 'TestService') { return createClient(service(name), this.transports[Number(compress)]); }

  async unary(method, request, options = {}) {
    const {known, options: sent, fail} = begin(options);
    const reply = await this.client(options.compress, options.service)[method](request, sent).catch(fail);
    return {...known, reply};
  }

  open(method, options = {}, request) {
    const {known, options: sent, fail, cancel} = begin(options);
    const requests = handOver();
    const replies = this.client(options.compress)[method](request ?? requests, sent);
    let ended;
    const ending = new Promise((resolve) => { ended = () => resolve(known); });
    const messages = (replies[Symbol.asyncIterator] ?? (async function*() { yield await replies; })).call(replies);
    const next = () => messages.next().then(
        ({value, done}) => {
          if (done) ended();
          return value;
        },
        (error) => {
          fail(error);
          ended();
        });
    return {
      write: requests.push,
      end: () => { requests.push(undefined); },
      cancel,
      read: next,
      ending: async () => {
        while (await next() !== undefined);
        return ending;
      },
    };
  }

  inflated() { return inflated; }
  fresh() { return new Peer(...this.where); }
}

main((...where) => new Peer(...where));
