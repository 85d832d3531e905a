'use strict';
// `npm run docs:chart`: the table of values in helm/voltbus/README.md from values.yaml; `-- --check` checks that it is fresh.
const { printedPage } = require('./printed-page.cjs');

printedPage('docs:chart', {
  page: 'helm/voltbus/README.md',
  source: 'values.yaml: its table of values',
  program: 'tools/deployment/dist/print-chart-readme.js',
});
