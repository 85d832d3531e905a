'use strict';
// `npm test`: everything, for real; one summary at the end. Arguments go to Jest.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { printHelpIfAsked } = require('./help.cjs');
const { environment, prepare, log, root } = require('./prepare.cjs');

const SUITES = [
  ['specs', 'jest.config.cjs'],
  ['specs on real Kafka and Redis', 'jest.int.config.cjs'],
  ['the built system', 'jest.e2e.config.cjs'],
];

const HELP = `npm test [-- FILE ... [options of Jest]]

Everything, tested for real: the specs, then those on real Kafka and Redis, then the built system, two files at a time. One summary at the end.

  FILE     only specs whose path contains this, such as libs/pricing; all by default
  -t TEXT  only tests whose title contains this; other options of Jest: npx jest --help
  --help   show this
`;

const total = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];
let broken = false;

async function main() {
  printHelpIfAsked(HELP);
  prepare();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'voltbus-results-'));
  for (const [name, config] of SUITES) {
    log(name);
    const results = path.join(folder, `${config}.json`);
    broken = (await jest(config, results)) !== 0 || broken;
    if (fs.existsSync(results)) count(JSON.parse(fs.readFileSync(results, 'utf8')));
  }
  fs.rmSync(folder, { recursive: true, force: true });
  for (const title of skipped) process.stdout.write(`skipped: ${title}\n`);
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  process.exitCode = broken || total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function jest(config, results) {
  const requested = process.argv.slice(2);
  // Some may have none of the requested specs; of everything, each must have some.
  const args = ['-c', config, '--json', `--outputFile=${results}`, ...(requested.length > 0 ? ['--passWithNoTests', ...requested] : [])];
  // What it writes to standard output is the JSON again.
  const child = spawn(process.execPath, [path.join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment(),
  });
  const stop = (signal) => {
    child.kill(signal);
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  const [code] = await once(child, 'exit');
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
  return code;
}

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
        skipped.push(`${path.relative(root, name)}: ${fullName}`); // its title gives the reason, which tools/tidy checks
      }
    }
  }
}

void main();
