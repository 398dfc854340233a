// gRPC-Web as bytes: frames and messages by hand, so that nothing of a client library stands between test and server.
'use strict';
const http = require('node:http');
const http2 = require('node:http2');

/** A web.Note, or what of it is given. */
exports.note = ({text = '', number = 0} = {}) => {
  const bytes = Buffer.from(text);
  const parts = [];
  if (bytes.length > 0) parts.push(Buffer.from([0x0a]), varint(bytes.length), bytes);
  if (number > 0) parts.push(Buffer.from([0x10]), varint(number));
  return Buffer.concat(parts);
};

function varint(value) {
  const bytes = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
  return Buffer.from([...bytes, value]);
}

/** A message whose fields are text (1) and numbers. */
function readMessage(bytes) {
  const message = {};
  let at = 0;
  const number = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = number();
    const value = number();
    if ((key & 7) === 2) {
      message[key >> 3] = bytes.toString('utf8', at, at + value);
      at += value;
    } else {
      message[key >> 3] = value;
    }
  }
  return message;
}

exports.frame = (bytes, flag = 0) => {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
};

/** Base64 that may be padded anywhere. */
function decodeText(body) {
  const groups = body.toString('latin1').match(/.{4}/g) ?? [];
  if (groups.join('').length !== body.length) throw new Error('the body is no base64');
  return Buffer.concat(groups.map((group) => Buffer.from(group, 'base64')));
}

/** The messages and trailers of an answer's body; trailers must come last. */
exports.readBody = (body, text) => {
  const bytes = text ? decodeText(body) : body;
  const answer = {messages: [], trailers: undefined};
  for (let at = 0; at < bytes.length;) {
    if (answer.trailers) throw new Error('a frame behind the trailers');
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) throw new Error('a frame is cut');
    const content = bytes.subarray(at + 5, end);
    if (bytes[at] === 0x80) {
      answer.trailers = new Map(content.toString('latin1').split('\r\n').filter(Boolean).map((line) => line.split(/: (.*)/)));
    } else {
      answer.messages.push(readMessage(content));
    }
    at = end;
  }
  return answer;
};

/** A client of one HTTP version. `exchange` gives {status, headers, body}. */
class Http1 {
  constructor(port) {
    this.port = port;
    this.agent = new http.Agent({keepAlive: true, maxSockets: 1});
  }
  open(method, path, headers) {
    return http.request({port: this.port, host: '127.0.0.1', agent: this.agent, method, path, headers});
  }
  exchange(method, path, headers, body = '') {
    return new Promise((resolve, reject) => {
      const request = this.open(method, path, headers);
      request.on('error', reject);
      request.on('response', (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => resolve(
            {status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces), pieces}));
      });
      request.end(body);
    });
  }
  close() { this.agent.destroy(); }
}

class Http2 {
  constructor(port) { this.session = http2.connect(`http://127.0.0.1:${port}`); }
  open(method, path, headers) {
    return this.session.request({':method': method, ':path': path, ...headers}, {endStream: false});
  }
  exchange(method, path, headers, body = '') {
    return new Promise((resolve, reject) => {
      const stream = this.open(method, path, headers);
      const pieces = [];
      let answer = {};
      stream.on('response', (received) => { answer = {status: received[':status'], headers: received}; });
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('error', reject);
      stream.on('end', () => resolve({...answer, body: Buffer.concat(pieces), pieces}));
      stream.end(body);
    });
  }
  close() { this.session.close(); }
}

exports.clients = {'HTTP/1.1': Http1, 'HTTP/2': Http2};
