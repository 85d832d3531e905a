'use strict';
// `npm run schemathesis`: all checks of schemathesis against a standalone system of its own. See README.md.
const { spawn, spawnSync } = require('node:child_process');
const { existsSync, mkdirSync } = require('node:fs');
const path = require('node:path');
const { printHelpIfAsked } = require('../run/help.cjs');
const { must, prepare, root, log } = require('../run/prepare.cjs');
const { makeThings } = require('./things.cjs');
const { startSystem } = require('./standalone.cjs');

const VERSION = '4.32.5';
const FOLDER = path.join(root, '.cache/schemathesis');
const CONFIG = path.join(__dirname, 'schemathesis.toml');
const DEFAULT_MINUTES = 10;
/** So many requests are meant to be refused: none for their number, by one address in a minute. */
const QUOTAS = {
  VOLTBUS_API_REQUESTS_PER_MINUTE: '1000000',
  VOLTBUS_API_OPEN_REQUESTS_PER_MINUTE: '1000000',
  VOLTBUS_API_FAILED_KEYS_PER_MINUTE: '1000000',
};
/** Beyond its own time: it ends what it has begun, and reports. */
const GRACE_MS = 180_000;

const HELP = `npm run schemathesis [-- --minutes N] [options of schemathesis]

Tries every operation of the API with generated requests, good and bad, and checks the answers by the description: all checks of
schemathesis, less those that tools/clients/schemathesis.toml names with the reason. Against a system of its own.
Needs Python 3.10 or newer.

  --minutes N  how long it may take (default: ${DEFAULT_MINUTES})
  --help       show this
`;

async function main(args) {
  printHelpIfAsked(HELP);
  const { minutes, rest } = minutesOf(args);
  const program = install();
  prepare();
  const system = await startSystem(QUOTAS);
  try {
    await makeThings(system);
    process.exitCode = await run(program, system, minutes, rest);
  } finally {
    await system.stop();
  }
}

function minutesOf(args) {
  const at = args.indexOf('--minutes');
  if (at < 0) return { minutes: DEFAULT_MINUTES, rest: args };
  const minutes = Number(args[at + 1]);
  if (!(minutes > 0)) throw new Error(`--minutes needs a number above 0, not ${args[at + 1]}`);
  return { minutes, rest: [...args.slice(0, at), ...args.slice(at + 2)] };
}

/** The path of schemathesis, installed once below `.cache/`. */
function install() {
  const venv = path.join(FOLDER, `venv-${VERSION}`);
  const program = path.join(venv, 'bin/schemathesis');
  if (existsSync(program)) return program;
  if (spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status !== 0)
    throw new Error('schemathesis needs Python 3.10 or newer, with venv and pip');
  log(`installing schemathesis ${VERSION}`);
  mkdirSync(FOLDER, { recursive: true });
  must('python3', ['-m', 'venv', venv]);
  must(path.join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`]);
  return program;
}

/** Runs it to its end, or to the end of its time; its exit code. */
async function run(program, { apiUrl, adminKey }, minutes, rest) {
  const args = ['--config-file', CONFIG, 'run', `${apiUrl}/openapi.json`, '--max-time', String(Math.ceil(minutes * 60)), ...rest];
  const env = { ...process.env, ADMIN_KEY: adminKey, HOOKS: path.join(__dirname, 'schemathesis_hooks.py') };
  const child = spawn(program, args, { cwd: FOLDER, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const timer = setTimeout(() => child.kill('SIGTERM'), minutes * 60_000 + GRACE_MS);
  const [code, signal] = await new Promise((resolve) => child.on('close', (...ended) => resolve(ended)));
  clearTimeout(timer);
  if (signal !== null) log(`schemathesis did not end in its time, and was ended by ${signal}`);
  return code ?? 1;
}

void main(process.argv.slice(2)).catch((error) => {
  log(error.message);
  process.exitCode = 1;
});
