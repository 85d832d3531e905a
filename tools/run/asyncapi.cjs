'use strict';
// `npm run docs:asyncapi`: what describes the topics, from the contracts; `-- --check` checks that it is fresh.
const { generatedBy } = require('./generated-by.cjs');

generatedBy('docs:asyncapi', {
  files: 'docs/reference/asyncapi.json, schemas, flags.md, quirks.md and topics.md',
  source: 'libs/contracts',
  project: 'libs/contracts',
  program: 'dist/asyncapi-main.js',
  options: { '--release': 'also keep the contract as that of a release, in libs/contracts/released.json' },
});
