'use strict';
// Lints a description of the API: docs/reference/openapi.json, or the file that is named. Rules: redocly.yaml, .spectral.yaml, openapi-rules.cjs,
// openapi-examples.cjs. The one in
// docs/reference may not break clients of the last release, docs/reference/released/openapi.json.
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { breakingChanges } = require('./openapi-breaks.cjs');
const { exampleFaults } = require('./openapi-examples.cjs');
const { openapiFaults } = require('./openapi-rules.cjs');
const { log, root } = require('./prepare.cjs');

const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

const LINTERS = [
  ['@redocly/cli/bin/cli.js', 'lint', '--config', path.join(root, 'redocly.yaml'), '--format=stylish'],
  ['@stoplight/spectral-cli/dist/index.js', 'lint', '--ruleset', path.join(root, '.spectral.yaml'), '--fail-severity=hint', '--quiet'],
];

const CURRENT = path.join(root, 'docs/reference/openapi.json');
const RELEASED = path.join(root, 'docs/reference/released/openapi.json');

/** True when it is as it should be; what is wrong goes to stdout. */
async function lintOpenapi(file = CURRENT) {
  const description = read(file);
  const faults = [...openapiFaults(description), ...exampleFaults(description), ...(file === CURRENT ? breaks(description) : [])];
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  const outcomes = await Promise.all(LINTERS.map((linter) => runLinter(linter, file)));
  return faults.length === 0 && outcomes.every(Boolean);
}

function breaks(description) {
  if (fs.existsSync(RELEASED)) return breakingChanges(read(RELEASED), description);
  log('nothing is released yet: no earlier description to keep to');
  return [];
}

function read(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function runLinter([script, ...args], file) {
  return new Promise((resolve) => {
    const linter = spawn(process.execPath, [path.join(root, 'node_modules', script), ...args, file], {
      cwd: root,
      env: { ...process.env, ...QUIET },
    });
    let output = '';
    for (const stream of [linter.stdout, linter.stderr]) stream.on('data', (chunk) => (output += chunk));
    linter.on('close', (status) => {
      if (status !== 0) process.stdout.write(output);
      resolve(status === 0);
    });
  });
}

module.exports = { lintOpenapi };
if (require.main === module)
  void lintOpenapi(process.argv[2]).then((fine) => {
    if (!fine) process.exitCode = 1;
  });
