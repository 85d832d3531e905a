'use strict';
// `node tools/run/program.cjs <built file> [arguments]`: prepares, then becomes the program: one process, whose signals and exit code are its own.
const path = require('node:path');
const { prepare, root } = require('./prepare.cjs');

prepare();
const [file, ...args] = process.argv.slice(2);
process.argv.splice(1, process.argv.length, path.join(root, file), ...args);
process.setSourceMapsEnabled(true);
require(process.argv[1]);
