'use strict';
// A standalone system of its own, and stations that connect to it. Everything is built by the time that one is started.
const path = require('node:path');
const { root } = require('../run/prepare.cjs');

/** Starts it on free ports with fresh data, and without the settings of this environment; `stop` ends it. */
async function startSystem(env = { VOLTBUS_API_REQUESTS_PER_MINUTE: '6000' }) {
  const { startStandalone } = require(path.join(root, 'tools/stack/dist'));
  const system = await startStandalone({ env });
  return { ...system, connectStation: (station) => connectStation(system.ocppUrl, station) };
}

function connectStation(ocppUrl, { tenant, station: identity, password }) {
  const { VirtualStation, dialWebSocket, seededRandom } = require(path.join(root, 'libs/virtual-station/dist'));
  const target = { url: `${ocppUrl.replace(/\/$/, '')}/${tenant}`, identity, protocol: 'ocpp2.0.1', password };
  const station = new VirtualStation({ target, random: seededRandom(7), dial: dialWebSocket });
  station.start();
  return station;
}

module.exports = { startSystem };
