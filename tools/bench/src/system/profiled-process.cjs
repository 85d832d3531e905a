'use strict';
// Loaded into each process of a profiled stack before its program (`node --require`). The first SIGUSR2 begins a measurement (`.begun` is then there), the next
// one ends it and writes what the process did: a profile of its processor time, and how often it asked Postgres and Kafka for what.
const fs = require('node:fs');
const path = require('node:path');
const { Session } = require('node:inspector/promises');
const { Client } = require('pg');
const Connection = require('kafkajs/src/network/connection');

const directory = process.env.BENCH_PROFILES;
const name = process.env.VOLTBUS_POD_NAME;
const session = new Session();
let counts = null;

function add(kind, what) {
  if (counts === null) return;
  const key = `${kind} ${what}`;
  counts[key] = (counts[key] ?? 0) + 1;
}

/** The name of a prepared statement, or the beginning of another one's text. */
const shown = (query) =>
  query?.name ??
  String(query?.text ?? query)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);

const { query } = Client.prototype;
Client.prototype.query = function (asked, ...more) {
  add('sql', shown(asked));
  return query.call(this, asked, ...more);
};

const { send } = Connection.prototype;
Connection.prototype.send = function (asked) {
  add('kafka', asked.request.apiName);
  return send.call(this, asked);
};

async function begin() {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  counts = {};
  fs.writeFileSync(path.join(directory, `${name}.begun`), '');
}

async function end() {
  const counted = Object.entries(counts).sort(([, one], [, other]) => other - one);
  counts = null;
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  fs.writeFileSync(path.join(directory, `${name}.cpuprofile`), JSON.stringify(profile));
  fs.writeFileSync(path.join(directory, `${name}.json`), `${JSON.stringify(Object.fromEntries(counted), null, 1)}\n`);
}

let turn = Promise.resolve();
if (directory !== undefined && name !== undefined) process.on('SIGUSR2', () => (turn = turn.then(counts === null ? begin : end)));
