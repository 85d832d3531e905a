'use strict';
// `npm run docs:problems`: docs/reference/problems.md from the list of problem codes; `-- --check` checks that it is fresh.
const path = require('node:path');
const { printPageHelpIfAsked } = require('./help.cjs');
const { prepare, run, root } = require('./prepare.cjs');
const { writeOrCheck } = require('./write-or-check.cjs');

printPageHelpIfAsked('docs:problems', 'docs/reference/problems.md', 'the list of problem codes');
prepare();
const { status, stdout, stderr } = run(process.execPath, [path.join(root, 'apps/api/dist/print-problems.js')], 'pipe');
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
writeOrCheck('docs/reference/problems.md', stdout, 'docs:problems');
