'use strict';
// `npm run codegen`: the generated code of libs/ocpp from the OCPP schemas; `-- --check` checks that it is fresh.
const { generatedBy } = require('./generated-by.cjs');

generatedBy('codegen', {
  files: 'the generated code of libs/ocpp',
  source: "OCA's schemas in libs/ocpp",
  project: 'tools/codegen',
  program: 'dist/main.js',
});
