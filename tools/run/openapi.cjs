'use strict';
// `npm run docs:openapi`: docs/reference/openapi.json from the built API; `-- --check` checks that it is fresh.
const { printedPage } = require('./printed-page.cjs');

printedPage('docs:openapi', {
  page: 'docs/reference/openapi.json',
  source: 'the built API',
  program: 'apps/api/dist/print-openapi.js',
});
