'use strict';
// `npm test`: everything, for real; one summary at the end. Arguments go to Jest.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { printHelpIfAsked } = require('./help.cjs');
const { digestOfOutputs } = require('./built.cjs');
const { environment, prepare, log, root } = require('./prepare.cjs');

/** Those of a line run at the same time: specs need the processor, those on Kafka and Redis mostly wait. */
const STAGES = [
  { name: 'specs, and specs on real Kafka and Redis', configs: ['jest.config.cjs', 'jest.int.config.cjs'] },
  { name: 'the built system', configs: ['jest.e2e.config.cjs'] },
];

/** A broker of a spec ends before the better compiler is worth its time (measured: 3 s of a core until it answers, instead of 6). */
const SHORT_LIVED_JAVA = '-XX:TieredStopAtLevel=1';

const HELP = `npm test [-- FILE ... [options of Jest]]

Everything, tested for real: the specs, beside them those on real Kafka and Redis, then the built system. One summary at the end.

  FILE     only specs whose path contains this, such as libs/pricing; all by default
  -t TEXT  only tests whose title contains this; other options of Jest: npx jest --help
  --help   show this
`;

const total = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];
let broken = false;
const running = new Set();

async function main() {
  printHelpIfAsked(HELP);
  prepare();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'voltbus-results-'));
  const built = digestOfOutputs(root);
  for (const { name, configs } of STAGES) {
    log(name);
    await Promise.all(configs.map((config) => suite(config, path.join(folder, `${config}.json`))));
  }
  if (digestOfOutputs(root) !== built) failed('something wrote into dist meanwhile: programs that started then may have missed modules');
  fs.rmSync(folder, { recursive: true, force: true });
  for (const title of skipped) process.stdout.write(`skipped: ${title}\n`);
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  process.exitCode = broken || total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function failed(text) {
  broken = true;
  process.stdout.write(`${text}\n`);
}

function stop(signal) {
  for (const child of running) child.kill(signal);
  process.exit(1);
}

async function suite(config, results) {
  if ((await jest(config, results)) !== 0) broken = true;
  if (fs.existsSync(results)) count(JSON.parse(fs.readFileSync(results, 'utf8')));
}

async function jest(config, results) {
  const requested = process.argv.slice(2);
  // Some may have none of the requested specs; of everything, each must have some.
  const args = ['-c', config, '--json', `--outputFile=${results}`, ...(requested.length > 0 ? ['--passWithNoTests', ...requested] : [])];
  // What it writes to standard output is the JSON again.
  const child = spawn(process.execPath, [path.join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...environment(), JAVA_TOOL_OPTIONS: `${SHORT_LIVED_JAVA} ${process.env.JAVA_TOOL_OPTIONS ?? ''}` },
  });
  running.add(child);
  const [code] = await once(child, 'exit');
  running.delete(child);
  return code;
}

function count({ testResults }) {
  for (const { assertionResults, status, name, message } of testResults) {
    if (status === 'failed' && assertionResults.length === 0) {
      total.failed += 1; // a file that could not even be loaded
      failed(`${path.relative(root, name)} could not run:\n${message}`);
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
