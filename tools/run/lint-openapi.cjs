'use strict';
// Lints a description of the API: docs/reference/openapi.json, or the file that is named. Rules: redocly.yaml.
const path = require('node:path');
const { root } = require('./prepare.cjs');
const { spawnSync } = require('node:child_process');

const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** True when it is as it should be; what is wrong goes to stdout. */
function lintOpenapi(file = path.join(root, 'docs/reference/openapi.json')) {
  const cli = path.join(root, 'node_modules/@redocly/cli/bin/cli.js');
  const args = ['lint', '--config', path.join(root, 'redocly.yaml'), '--format=stylish', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...QUIET },
  });
  if (status !== 0) process.stdout.write(`${stdout}${stderr}`);
  return status === 0;
}

module.exports = { lintOpenapi };
if (require.main === module && !lintOpenapi(process.argv[2])) process.exitCode = 1;
