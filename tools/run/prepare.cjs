'use strict';
// What every root command does first: install when the lock file changed, build what changed. Plain Node: nothing is installed yet.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { buildOnce } = require('./built.cjs');

const root = path.resolve(__dirname, '../..');
const stamp = path.join(root, 'node_modules', '.voltbus-installed');
const OLDEST_NODE = [20, 19];

/** One at a time in this checkout: two that install at once remove modules under each other's feet. */
function prepare() {
  checkNode();
  must(process.execPath, [path.join(__dirname, 'prepare-alone.cjs')]);
}

function installAndBuild() {
  const lock = createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== lock) {
    log('installing packages');
    // Not `npm ci`: it demands other systems' optional binaries in the lock file. This keeps to the lock file and leaves it as it is.
    must('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
    fs.writeFileSync(stamp, lock);
  }
  buildOnce(root, () => {
    log('building what changed');
    must(process.execPath, [path.join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--outputStyle=static'], {
      quiet: true,
    });
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  log(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}`);
  process.exit(78);
}

/** Runs it to its end; leaves with its code when it failed. */
function must(command, args, { quiet = false } = {}) {
  const { status, stdout, stderr } = run(command, args, quiet ? 'pipe' : 'inherit');
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout}${stderr}`);
  process.exit(status ?? 1);
}

function run(command, args, stdio = 'inherit') {
  return spawnSync(command, args, {
    cwd: root,
    stdio,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: environment(),
  });
}

/** For what we run: Nx alone, silent and asking nothing. */
function environment() {
  return { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', CI: process.env.CI ?? 'true' };
}

function log(text) {
  process.stderr.write(`voltbus: ${text}\n`);
}

module.exports = { environment, installAndBuild, prepare, must, run, log, root };
