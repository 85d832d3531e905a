'use strict';
// The workspace's projects, read from its package.json files: name -> folder. Used by Jest and the tidy checks.
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

function projects() {
  const found = {};
  for (const pattern of require('../package.json').workspaces) {
    const parent = path.join(root, path.dirname(pattern));
    for (const name of fs.existsSync(parent) ? fs.readdirSync(parent) : []) {
      const manifest = path.join(parent, name, 'package.json');
      if (fs.existsSync(manifest)) found[JSON.parse(fs.readFileSync(manifest, 'utf8')).name] = path.relative(root, path.join(parent, name));
    }
  }
  return found;
}

module.exports = { root, projects };
