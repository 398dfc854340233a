'use strict';
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const options = {keepCase: true, longs: Number, defaults: true};
const definition = protoLoader.loadSync(path.join(__dirname, 'interop.proto'), options);
exports.Interop = grpc.loadPackageDefinition(definition).interop.Interop;
