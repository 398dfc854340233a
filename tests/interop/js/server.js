// What servers in JavaScript share: the command line, the line that says they are ready, and the end on SIGTERM.
'use strict';
const fs = require('node:fs');
const {parseArgs} = require('node:util');

/** @return {{address: string, tls: ?{cert: Buffer, key: Buffer}}} */
exports.options = () => {
  const {values} = parseArgs({options: {
    grpc: {type: 'string'}, 'tls-cert': {type: 'string'}, 'tls-key': {type: 'string'},
  }});
  const tls = values['tls-cert'] && {cert: fs.readFileSync(values['tls-cert']), key: fs.readFileSync(values['tls-key'])};
  return {address: values.grpc, tls};
};

/** Says where it answers, and lets `stop(done)` finish what runs when it is told to end. */
exports.ready = (address, port, stop) => {
  process.on('SIGTERM', () => stop(() => process.exit(0)));
  console.log(`answers on ${address.startsWith('unix:') ? address : `${address.replace(/:\d+$/, '')}:${port}`}`);
};
