'use strict';
// `npm test`: everything, for real; one summary at the end.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { prepare, run, say, root } = require('./prepare.cjs');

const SUITES = [
  ['specs', 'jest.config.cjs'],
  ['specs on real Kafka and Redis', 'jest.int.config.cjs'],
  ['the built system', 'jest.e2e.config.cjs'],
];

prepare();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'voltbus-results-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];
let broken = false;

for (const [name, config] of SUITES) {
  say(name);
  const outputFile = path.join(folder, `${config}.json`);
  const { status } = run(
    process.execPath,
    [
      path.join(root, 'node_modules/jest/bin/jest.js'),
      '-c',
      config,
      '--json',
      `--outputFile=${outputFile}`,
      '--silent=false',
      ...process.argv.slice(2),
    ].concat('--reporters=default'),
    ['ignore', 'ignore', 'inherit'],
  );
  broken ||= status !== 0;
  if (fs.existsSync(outputFile)) count(JSON.parse(fs.readFileSync(outputFile, 'utf8')));
}
fs.rmSync(folder, { recursive: true, force: true });

for (const title of skipped) process.stdout.write(`skipped: ${title}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exit(broken || total.failed > 0 || total.passed === 0 ? 1 : 0);

function count({ testResults }) {
  for (const { assertionResults, status, name, message } of testResults) {
    if (status === 'failed' && assertionResults.length === 0) {
      total.failed += 1; // a file that could not even be loaded
      process.stdout.write(`${path.relative(root, name)} could not run:\n${message}\n`);
    }
    for (const { status: result, fullName } of assertionResults) {
      if (result === 'passed') total.passed += 1;
      else if (result === 'failed') total.failed += 1;
      else {
        total.skipped += 1;
        skipped.push(fullName);
      }
    }
  }
}
