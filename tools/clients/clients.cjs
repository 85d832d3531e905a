'use strict';
// `npm run clients [-- python go java typescript]`: generates clients from docs/reference/openapi.json and runs each against a standalone system. See README.md.
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { printHelpIfAsked } = require('../run/help.cjs');
const { prepare, root, log } = require('../run/prepare.cjs');
const { LANGUAGES } = require('./languages.cjs');
const { startSystem } = require('./standalone.cjs');
const { addMembers } = require('./tomorrow.cjs');

/** Where clients are generated; ignored by git. */
const FOLDER = path.join(root, '.cache/clients');
/** A session of a simulated station has ten seconds; the rest is waiting for processes on a busy machine. */
const FLOW_MS = 180_000;

const HELP = `npm run clients [-- LANGUAGE ...]

Generates clients from docs/reference/openapi.json, compiles them strictly, and runs each against a system of its own.

  LANGUAGE  ${Object.keys(LANGUAGES).join(', ')} (default: all); one whose runtime is not on this machine is skipped with a word
  --help    show this
`;

async function main(names) {
  printHelpIfAsked(HELP);
  const unknown = names.filter((name) => LANGUAGES[name] === undefined);
  if (unknown.length > 0) throw new Error(`no such client: ${unknown.join(', ')}; there are ${Object.keys(LANGUAGES).join(', ')}`);
  prepare();
  const system = await startSystem();
  const proxy = await addMembers(system.apiUrl);
  let failed = 0;
  let skipped = 0;
  try {
    for (const name of names) {
      const outcome = await tryLanguage(name, { ...system, apiUrl: proxy.url });
      log(`${name}: ${outcome}`);
      if (outcome.startsWith('skipped')) skipped += 1;
      else if (outcome !== 'passed') failed += 1;
    }
  } finally {
    proxy.close();
    await system.stop();
  }
  if (failed > 0) process.stderr.write(system.output());
  process.stdout.write(`${names.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function tryLanguage(name, system) {
  const language = LANGUAGES[name];
  const missing = language.missing();
  if (missing !== null) return `skipped, ${missing} is not there`;
  const folder = path.join(FOLDER, name);
  rmSync(path.join(folder, 'client'), { recursive: true, force: true });
  try {
    const { command, args } = language.make(folder);
    await runFlow({ command, args, folder, system, tenant: `${name}-${Date.now().toString(36)}` });
    return 'passed';
  } catch (error) {
    return `failed: ${error.message}`;
  }
}

/** Runs the program of one language; where it says so, a simulated station connects. */
async function runFlow({ command, args, folder, system, tenant }) {
  const env = { ...process.env, API: system.apiUrl, ADMIN_KEY: system.adminKey, TENANT: tenant };
  const flow = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const timer = setTimeout(() => flow.kill('SIGKILL'), FLOW_MS);
  const stations = [];
  let done = false;
  createInterface({ input: flow.stdout }).on('line', (line) => {
    const [station, password] = line.replace(/^connect /, '').split('\t');
    if (line.startsWith('connect ')) stations.push(system.connectStation({ tenant, station, password }));
    else if (line === 'done') done = true;
    else process.stdout.write(`${line}\n`);
  });
  const code = await new Promise((resolve) => flow.on('close', resolve));
  clearTimeout(timer);
  await Promise.all(stations.map((station) => station.stop(0)));
  if (code !== 0 || !done) throw new Error(`its program ended with ${code}`);
}

const named = process.argv.slice(2);
void main(named.length > 0 ? named : Object.keys(LANGUAGES)).catch((error) => {
  log(error.stack);
  process.exitCode = 1;
});
