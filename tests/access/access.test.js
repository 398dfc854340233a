// The gateway of docs/access.md, as its clients see it.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const {after, before, test} = require('node:test');

const {Application, Issuer, KeyServer} = require('./application.js');

const writer = {sub: 'ann', scope: 'read write', realm: {roles: ['cook']}};
let issuer;
let partner;
let keyServer;
let application;

before(async () => {
  issuer = new Issuer('first');
  partner = new Issuer('theirs', 'https://partner.example');
  keyServer = await KeyServer.start(partner);
  application = await Application.start(issuer, keyServer);
});
after(async () => {
  await application.stop();
  await keyServer.stop();
});

const bearer = (token) => ({authorization: `Bearer ${token}`});

// Fetch does not send a header twice.
function raw(target, headers, method = 'GET') {
  return new Promise((resolve, reject) => {
    const request = http.request({port: application.port, host: '127.0.0.1', path: target, method, headers}, (answer) => {
      answer.resume().on('end', () => resolve(answer));
    });
    request.on('error', reject).end();
  });
}

// Within three seconds; files are looked at once a second.
async function eventually(attempt) {
  for (let last = Date.now() + 3000; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > last) throw error;
    }
  }
}

test('a public route takes anybody, and knows nobody', async () => {
  const {status, body} = await application.fetch('/open/me');
  assert.equal(status, 200);
  assert.equal(body.subject, undefined);
});

test('other routes ask for credentials', async () => {
  const {status, headers, body} = await application.fetch('/me');
  assert.equal(status, 401);
  assert.equal(headers.get('www-authenticate'), 'Bearer, ApiKey header="x-api-key"');
  assert.equal(body.code, 'UNAUTHENTICATED');
});

test('a token is good in the header and in the cookie, a key in its own header', async () => {
  assert.equal((await application.fetch('/me', bearer(issuer.token(writer)))).body.subject, 'ann');
  assert.equal((await application.fetch('/me', {cookie: `theme=dark; session=${issuer.token(writer)}`})).body.subject, 'ann');
  const {body} = await application.fetch('/me', {'x-api-key': application.key});
  assert.equal(body.subject, 'ci');
  assert.deepEqual(JSON.parse(body.claims), {sub: 'ci', scope: ['read', 'write']});
});

test('a bad token is refused without a reason', async () => {
  const stranger = new Issuer('first');
  const bad = [stranger.token(writer), issuer.token({...writer, exp: 1}), issuer.token({...writer, aud: 'bank'}), 'a.b.c'];
  for (const token of bad) {
    const {status, headers} = await application.fetch('/me', bearer(token));
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate'), /^Bearer error="invalid_token", error_description="[^"]*", ApiKey/);
  }
  assert.equal((await application.fetch('/me', {authorization: 'Basic YTpi'})).status, 401);
});

test('credentials that come twice are refused', async () => {
  const token = `Bearer ${issuer.token(writer)}`;
  assert.equal((await application.fetch('/me', {authorization: token, 'x-api-key': application.key})).status, 400);
  assert.equal((await raw('/me', ['host', 'x', 'authorization', token, 'authorization', token])).statusCode, 400);
});

test('claims have to suffice, and reach the service behind the service', async () => {
  const {status, headers} = await application.order(issuer.token({sub: 'bob', scope: 'read'}));
  assert.equal(status, 403);
  assert.equal(headers.get('www-authenticate'), 'Bearer error="insufficient_scope", scope="write"');
  const entered = await application.order(issuer.token({...writer, sub: 'eve'}));
  assert.equal(entered.status, 200);
  assert.deepEqual(entered.body, {text: 'soup', enteredFor: 'eve'});
});

test('each client has its rate', async () => {
  const token = issuer.token({...writer, sub: 'hasty'});
  const first = await application.order(token);
  assert.equal(first.status, 200);
  assert.equal(first.headers.get('ratelimit-policy'), '"claim:sub-60s";q=2;w=60');
  assert.match(first.headers.get('ratelimit'), /^"claim:sub-60s";r=1;t=\d+$/);
  await application.order(token);
  const third = await application.order(token);
  assert.equal(third.status, 429);
  assert.match(third.headers.get('retry-after'), /^(2\d|30)$/);
  assert.equal((await application.order(issuer.token({...writer, sub: 'calm'}))).status, 200);
});

test('nobody says from outside who he is', async () => {
  const claims = Buffer.from('{"sub":"root"}').toString('base64');
  const forged = {'holon-claims-bin': claims, 'holon-caller': 'orders.Ledger', 'x-forwarded-user': 'root', 'x_remote_user': 'r'};
  const {body} = await application.fetch('/open/me', forged);
  assert.equal(body.subject, undefined);
  assert.doesNotMatch(body.metadata ?? '', /holon|forwarded|remote/);
});

test('pages of the named origins may call, others are told nothing', async () => {
  const asked = {host: 'x', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization'};
  const ours = await raw('/write/orders', {...asked, origin: 'https://app.orders.example'}, 'OPTIONS');
  assert.equal(ours.statusCode, 204);
  assert.equal(ours.headers['access-control-allow-origin'], 'https://app.orders.example');
  assert.equal(ours.headers['access-control-allow-credentials'], 'true');
  assert.match(ours.headers['access-control-allow-methods'], /POST/);
  const others = await raw('/write/orders', {...asked, origin: 'https://evil.example'}, 'OPTIONS');
  assert.equal(others.headers['access-control-allow-origin'], undefined);
  const refused = await raw('/write/orders', {host: 'x', origin: 'https://app.orders.example'}, 'POST');
  assert.equal(refused.statusCode, 401);
  assert.equal(refused.headers['access-control-allow-origin'], 'https://app.orders.example', 'a page may read why');
});

test('keys are rotated without a restart', async () => {
  const next = new Issuer('second');
  assert.equal((await application.fetch('/me', bearer(next.token(writer)))).status, 401);
  await application.publish(issuer, next);
  await eventually(async () => assert.equal((await application.fetch('/me', bearer(next.token(writer)))).status, 200));
  assert.equal((await application.fetch('/me', bearer(issuer.token(writer)))).status, 200);
  await application.publish(next);
  await eventually(async () => assert.equal((await application.fetch('/me', bearer(issuer.token(writer)))).status, 401));
});

test('keys behind a URL are fetched once, and stay good while it is down', async () => {
  for (let i = 0; i < 3; i += 1) assert.equal((await application.fetch('/me', bearer(partner.token(writer)))).status, 200);
  assert.equal(keyServer.asked, 1);
  const unknown = new Issuer('unheard of', partner.name);
  for (let i = 0; i < 10; i += 1) assert.equal((await application.fetch('/me', bearer(unknown.token(writer)))).status, 401);
  assert.equal(keyServer.asked, 1, 'who invents key ids has nothing fetched');
  await keyServer.stop();
  assert.equal((await application.fetch('/me', bearer(partner.token({...writer, sub: 'pat'})))).body.subject, 'pat');
});

test('a key whose line goes away is no key any more', async () => {
  const old = application.key;
  application.key = await application.makeKey('ci');
  await eventually(async () => assert.equal((await application.fetch('/me', {'x-api-key': old})).status, 401));
  assert.equal((await application.fetch('/me', {'x-api-key': application.key})).status, 200);
});
