// The front page in Node.js, as front.py is in Python: asks the pages for what it shows, through the mesh (HOLON_MESH).
'use strict';

const http = require('node:http');

const lingerMs = 500;
const [host, port] = process.env.HOLON_MESH.split(':');
const agent = new http.Agent({ keepAlive: true });

function answer(response, status, headers, body) {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length, ...headers });
  response.end(body);
}

const server = http.createServer((request, response) => {
  if (request.url === '/health') return answer(response, 200, {}, Buffer.from('well'));
  const failed = (error) => answer(response, 500, {}, Buffer.from(`front: ${error.message}`));
  const asked = http.request({ host, port, agent, path: request.url, method: request.method, headers: { host: 'pages' } }, (page) => {
    const pieces = [Buffer.from('front: ')];
    page.on('data', (piece) => pieces.push(piece));
    page.on('error', failed);
    page.on('end', () => {
      const later = page.headers['retry-after'];
      answer(response, page.statusCode, later === undefined ? {} : { 'retry-after': later }, Buffer.concat(pieces));
    });
  });
  asked.on('error', failed);
  request.pipe(asked);
});

server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => setTimeout(() => process.exit(0), lingerMs));
