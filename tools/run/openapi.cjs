'use strict';
// `npm run docs:openapi`: docs/reference/openapi.json from the built API; `-- --check` checks that it is fresh.
const path = require('node:path');
const { printPageHelpIfAsked } = require('./help.cjs');
const { prepare, run, root } = require('./prepare.cjs');
const { writeOrCheck } = require('./write-or-check.cjs');

printPageHelpIfAsked('docs:openapi', 'docs/reference/openapi.json', 'the built API');
prepare();
const { status, stdout, stderr } = run(process.execPath, [path.join(root, 'apps/api/dist/print-openapi.js')], 'pipe');
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
writeOrCheck('docs/reference/openapi.json', stdout, 'docs:openapi');
