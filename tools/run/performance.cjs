'use strict';
// `npm run docs:performance`: docs/reference/performance.md from the recorded run of the bench; `-- --check` checks that it is fresh.
const { printedPage } = require('./printed-page.cjs');

printedPage('docs:performance', {
  page: 'docs/reference/performance.md',
  source: 'the recorded run of the bench',
  program: 'tools/bench/dist/print-performance.js',
});
