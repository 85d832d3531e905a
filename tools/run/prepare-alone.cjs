'use strict';
// A process of its own, so that `prepare` can wait for it: its end, however it comes, gives up the lock.
const path = require('node:path');
const { alone } = require('./alone.cjs');
const { installAndBuild, log, root } = require('./prepare.cjs');

process.chdir(root);
const wait = () => log('another command installs and builds here: waiting until it has ended');
alone(path.join('.cache', 'prepare'), wait, installAndBuild).catch((error) => {
  log(error.stack);
  process.exit(1);
});
