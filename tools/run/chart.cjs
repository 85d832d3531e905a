'use strict';
// `npm run docs:chart`: the table of values in helm/voltbus/README.md from values.yaml; `-- --check` checks that it is fresh.
const path = require('node:path');
const { printPageHelpIfAsked } = require('./help.cjs');
const { prepare, run, root } = require('./prepare.cjs');
const { writeOrCheck } = require('./write-or-check.cjs');

printPageHelpIfAsked('docs:chart', 'helm/voltbus/README.md', 'values.yaml: its table of values');
prepare();
const { status, stdout, stderr } = run(process.execPath, [path.join(root, 'tools/deployment/dist/print-chart-readme.js')], 'pipe');
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
writeOrCheck('helm/voltbus/README.md', stdout, 'docs:chart');
