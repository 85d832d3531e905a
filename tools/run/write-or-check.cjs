'use strict';
// What `npm run docs:<name>` ends with: the page is written, or with `-- --check` only compared.
const fs = require('node:fs');
const path = require('node:path');
const { log, root } = require('./prepare.cjs');

/** Leaves with 1 when the page is not fresh. */
function writeOrCheck(page, wanted, command) {
  const file = path.join(root, page);
  if (!process.argv.includes('--check')) return fs.writeFileSync(file, wanted);
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === wanted) return;
  log(`${page} is not fresh: npm run ${command}`);
  process.exit(1);
}

module.exports = { writeOrCheck };
