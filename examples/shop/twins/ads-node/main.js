// The ads service in Node.js: a plain gRPC server, which behaves as examples/shop/ads/ads.cc does.
//
//   PORT=5001 node main.js        listens on 127.0.0.1:5001; SIGTERM lets the calls under way end, then it ends
//
// TABLES is the folder of ads.tsv, if not the one of the original.
'use strict';

const grpc = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');
const { HealthImplementation } = require('grpc-health-check');
const path = require('node:path');

const { Ads } = require('./ads.js');

const shop = path.resolve(__dirname, '../..');
const contracts = path.resolve(shop, '../../contracts');
const drainMs = 5000;

const contract = loadSync('ads/ads.proto', { includeDirs: [shop, contracts], keepCase: true });
const ads = new Ads(path.join(process.env.TABLES || path.join(shop, 'ads'), 'ads.tsv'));
const health = new HealthImplementation({ '': 'SERVING', 'shop.Ads': 'SERVING' });

const server = new grpc.Server();
server.addService(contract['shop.Ads'], {
  GetAds: (call, callback) => callback(null, { ads: ads.fitting(call.request.categories ?? []) }),
});
health.addToServer(server);

server.bindAsync(`127.0.0.1:${process.env.PORT}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`answers on 127.0.0.1:${port}`);
});

process.once('SIGTERM', () => {
  health.setStatus('', 'NOT_SERVING');
  health.setStatus('shop.Ads', 'NOT_SERVING');
  setTimeout(() => server.forceShutdown(), drainMs).unref();
  server.tryShutdown(() => process.exit(0));
});
