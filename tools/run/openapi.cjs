'use strict';
// `npm run docs:openapi`: docs/reference/openapi.json from the built API; `-- --check` says whether it is fresh.
const fs = require('node:fs');
const path = require('node:path');
const { prepare, run, say, root } = require('./prepare.cjs');

prepare();
const file = path.join(root, 'docs/reference/openapi.json');
const { status, stdout, stderr } = run(process.execPath, [path.join(root, 'apps/api/dist/print-openapi.js')], 'pipe');
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
if (!process.argv.includes('--check')) fs.writeFileSync(file, stdout);
else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== stdout) {
  say('docs/reference/openapi.json is not fresh: npm run docs:openapi');
  process.exit(1);
}
