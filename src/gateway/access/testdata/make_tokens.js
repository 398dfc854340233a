// Makes jwks.json and tokens.txt beside it: a token of each algorithm, by another implementation than the one under test. The
// private keys are thrown away.   node make_tokens.js
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const base64url = (text) => Buffer.from(text).toString('base64url');
const pss = {padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST};
const kinds = [
  {alg: 'RS256', type: 'rsa', options: {modulusLength: 2048}, hash: 'sha256'},
  {alg: 'PS256', type: 'rsa', options: {modulusLength: 3072}, hash: 'sha256', how: pss},
  {alg: 'ES256', type: 'ec', options: {namedCurve: 'P-256'}, hash: 'sha256', how: {dsaEncoding: 'ieee-p1363'}},
  {alg: 'EdDSA', type: 'ed25519', options: {}, hash: null},
];

const keys = [];
const tokens = [];
for (const {alg, type, options, hash, how} of kinds) {
  const {publicKey, privateKey} = crypto.generateKeyPairSync(type, options);
  const kid = 'node-' + alg;
  keys.push({...publicKey.export({format: 'jwk'}), kid, alg, use: 'sig'});
  const head = {alg, kid, typ: 'JWT'};
  const body = {iss: 'https://id.example', aud: ['shop'], sub: 'ann', exp: 4102444800, iat: 1700000000, scope: 'read write'};
  const signed = base64url(JSON.stringify(head)) + '.' + base64url(JSON.stringify(body));
  const signature = crypto.sign(hash, Buffer.from(signed), {key: privateKey, ...how});
  tokens.push(signed + '.' + signature.toString('base64url'));
}
fs.writeFileSync(path.join(__dirname, 'jwks.json'), JSON.stringify({keys}, null, 1) + '\n');
fs.writeFileSync(path.join(__dirname, 'tokens.txt'), tokens.join('\n') + '\n');
