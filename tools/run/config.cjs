'use strict';
// `npm run docs:config`: docs/reference/config.md from the settings; `-- --check` checks that it is fresh.
const { generatedBy } = require('./generated-by.cjs');

generatedBy('docs:config', {
  files: 'docs/reference/config.md',
  source: 'the settings in the code',
  project: 'libs/platform/runtime',
  program: 'dist/settings/config-reference-main.js',
});
