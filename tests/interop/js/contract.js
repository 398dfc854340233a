// The interop contract for grpc-js; the names are in camelCase, as connect-node has them.
'use strict';
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const definition = protoLoader.loadSync(process.env.INTEROP_PROTO ?? path.join(__dirname, 'interop.proto'),
    {longs: Number, defaults: true});
exports.testing = grpc.loadPackageDefinition(definition).grpc.testing;
