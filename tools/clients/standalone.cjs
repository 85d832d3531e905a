'use strict';
// A standalone system of its own, and stations that connect to it.
const { spawn } = require('node:child_process');
const { existsSync, readFileSync, rmSync } = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { root } = require('../run/prepare.cjs');

const START_MS = 120_000;

/** Starts it on free ports with fresh data; `stop` ends it. */
async function startStandalone(dataDir) {
  rmSync(dataDir, { recursive: true, force: true });
  const ports = { VOLTBUS_OCPP_PORT: '0', VOLTBUS_HTTP_PORT: '0', VOLTBUS_INTERNAL_PORT: '0' };
  const system = spawn(process.execPath, [path.join(root, 'apps/standalone/dist/main.js')], {
    cwd: root,
    env: { ...process.env, ...ports, VOLTBUS_DATA_DIR: dataDir, VOLTBUS_API_REQUESTS_PER_MINUTE: '6000' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { apiUrl, ocppUrl } = await runFacts(path.join(dataDir, 'run.json'), system);
  return {
    apiUrl,
    adminKey: readFileSync(path.join(dataDir, 'admin-key'), 'utf8').trim(),
    connectStation: (station) => connectStation(ocppUrl, station),
    stop: () => {
      system.kill('SIGTERM');
      return new Promise((resolve) => system.once('close', resolve));
    },
  };
}

/** The system writes the file when it is ready. */
async function runFacts(file, system) {
  for (const until = Date.now() + START_MS; Date.now() < until && system.exitCode === null; await sleep(100))
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  throw new Error('the system did not start');
}

function connectStation(ocppUrl, { tenant, station: identity, password }) {
  const { VirtualStation, dialWebSocket, seededRandom } = require(path.join(root, 'libs/virtual-station/dist'));
  const target = { url: `${ocppUrl.replace(/\/$/, '')}/${tenant}`, identity, protocol: 'ocpp2.0.1', password };
  const station = new VirtualStation({ target, random: seededRandom(7), dial: dialWebSocket });
  station.start();
  return station;
}

module.exports = { startStandalone };
