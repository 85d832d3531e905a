'use strict';
const path = require('node:path');
const { printHelpIfAsked } = require('./help.cjs');
const { must, root } = require('./prepare.cjs');

/** A whole command whose files are written by a program of one project, which alone is built for it. */
function generatedBy(command, { files, source, project, program, options = {} }) {
  const all = { '--check': 'write nothing; end with 1 if a file is not fresh', ...options, '--help': 'show this' };
  const width = Math.max(...Object.keys(all).map((name) => name.length));
  const lines = Object.entries(all).map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`);
  const usage = Object.keys(all).filter((name) => name !== '--help');
  printHelpIfAsked(`npm run ${command} [-- ${usage.join(' | ')}]\n\nWrites ${files} from ${source}.\n\n${lines.join('')}`);
  must(process.execPath, [path.join(root, 'tools/build/build.cjs'), project]);
  must(process.execPath, [path.join(root, project, program), ...process.argv.slice(2)]);
}

module.exports = { generatedBy };
