'use strict';
const path = require('node:path');
const { printPageHelpIfAsked } = require('./help.cjs');
const { prepare, run, root } = require('./prepare.cjs');
const { writeOrCheck } = require('./write-or-check.cjs');

/** A whole command of a generated page: the page is what a built program prints. */
function printedPage(command, { page, source, program }) {
  printPageHelpIfAsked(command, page, source);
  prepare();
  const { status, stdout, stderr } = run(process.execPath, [path.join(root, program)], 'pipe');
  if (status !== 0) {
    process.stderr.write(stderr);
    process.exit(1);
  }
  writeOrCheck(page, stdout, command);
}

module.exports = { printedPage };
