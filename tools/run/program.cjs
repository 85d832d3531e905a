'use strict';
// `node tools/run/program.cjs <built file> [arguments]`: prepares, then runs the program as if it had been called itself.
const { spawn } = require('node:child_process');
const path = require('node:path');
const { prepare, root } = require('./prepare.cjs');

prepare();
const [file, ...words] = process.argv.slice(2);
const child = spawn(process.execPath, ['--enable-source-maps', path.join(root, file), ...words], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
