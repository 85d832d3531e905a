'use strict';
// `npm run docs:problems`: docs/reference/problems.md from the list of problem codes; `-- --check` checks that it is fresh.
const { printedPage } = require('./printed-page.cjs');

printedPage('docs:problems', {
  page: 'docs/reference/problems.md',
  source: 'the list of problem codes',
  program: 'apps/api/dist/print-problems.js',
});
