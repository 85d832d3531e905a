'use strict';
// `npm run docs:limits`: docs/reference/limits.md from the declarations in the code; `-- --check` checks that it is fresh.
const path = require('node:path');
const { printPageHelpIfAsked } = require('./help.cjs');
const { prepare, run, root } = require('./prepare.cjs');
const { writeOrCheck } = require('./write-or-check.cjs');

printPageHelpIfAsked('docs:limits', 'docs/reference/limits.md', 'the declarations in the code');
prepare();
const { status, stdout, stderr } = run(process.execPath, [path.join(root, 'apps/api/dist/print-limits.js')], 'pipe');
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
writeOrCheck('docs/reference/limits.md', stdout, 'docs:limits');
