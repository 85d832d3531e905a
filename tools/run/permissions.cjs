'use strict';
// `npm run docs:permissions`: docs/reference/permissions.md from the permissions and routes in the code; `-- --check` checks that it is fresh.
const { printedPage } = require('./printed-page.cjs');

printedPage('docs:permissions', {
  page: 'docs/reference/permissions.md',
  source: 'the permissions and routes in the code',
  program: 'apps/api/dist/print-permissions.js',
});
