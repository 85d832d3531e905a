'use strict';
// Whether everything is built as its sources are. Nx knows as well, but without its daemon it puts every output in place again from its cache: a program
// that another command has just started then misses modules.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const FOLDERS = ['apps', 'libs', 'tools'];
const FILES = ['nx.json', 'package.json', 'package-lock.json', '.swcrc'];
const OUTPUT = 'dist';
/** Not sources; `dist.` begins the half of an output that is being built. */
const isSkipped = (name) => name === 'node_modules' || name === '.cache' || name.startsWith(`${OUTPUT}.`);

/** Builds with `build()` unless nothing has changed since the last time, neither sources nor outputs. */
function buildOnce(root, build) {
  const stamp = path.join(root, 'node_modules', '.voltbus-built');
  const before = digests(root);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === before.sources + before.outputs) return;
  build();
  fs.writeFileSync(stamp, before.sources + digests(root).outputs); // what was edited meanwhile is built the next time
}

/** Of names, sizes and times. Specs are not built. */
function digests(root) {
  const hashes = { sources: createHash('sha256'), outputs: createHash('sha256') };
  const add = (file, kind) => {
    const { size, mtimeMs } = fs.statSync(path.join(root, file));
    hashes[kind].update(`${file}\0${size}\0${mtimeMs}\n`);
  };
  const walk = (folder, kind) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory() && !isSkipped(entry.name)) walk(name, entry.name === OUTPUT ? 'outputs' : kind);
      else if (entry.isFile() && !entry.name.endsWith('.spec.ts')) add(name, kind);
    }
  };
  for (const file of FILES) if (fs.existsSync(path.join(root, file))) add(file, 'sources');
  for (const folder of FOLDERS) walk(folder, 'sources');
  return { sources: hashes.sources.digest('hex'), outputs: hashes.outputs.digest('hex') };
}

/** Changes when anything writes an output, even the same. */
const digestOfOutputs = (root) => digests(root).outputs;

module.exports = { buildOnce, digestOfOutputs };
