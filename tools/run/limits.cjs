'use strict';
// `npm run docs:limits`: docs/reference/limits.md from the declarations in the code; `-- --check` checks that it is fresh.
const { printedPage } = require('./printed-page.cjs');

printedPage('docs:limits', {
  page: 'docs/reference/limits.md',
  source: 'the declarations in the code',
  program: 'apps/api/dist/print-limits.js',
});
