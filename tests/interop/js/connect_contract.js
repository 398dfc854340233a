// The interop contract for connect-node: its services, from the descriptors that protoc wrote.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const {createFileRegistry, fromBinary} = require('@bufbuild/protobuf');
const {FileDescriptorSetSchema} = require('@bufbuild/protobuf/wkt');

const set = fs.readFileSync(process.env.INTEROP_DESCRIPTORS ?? path.join(__dirname, 'interop.desc'));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
exports.service = (name) => registry.getService(`grpc.testing.${name}`);
