'use strict';
// `npm run fuzz`: what stations write, drawn at random from the schemas and made wrong, until the time is over. A finding is shrunk to the least that fails.
const { spawn } = require('node:child_process');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { printHelpIfAsked } = require('./help.cjs');
const { environment, root } = require('./prepare.cjs');

const EXIT_USAGE = 64;
/** Properties that share the time: see the files named *.fuzz.ts. */
const PROPERTIES = 11;
const SECONDS_PER_MINUTE = 60;

const HELP = `npm run fuzz [-- --minutes N --seed N --only TEXT]

Frames of stations of every version, CALLs and answers to ours, drawn from the schemas and made wrong in several places: through the frame reader, the
validators and the services' own handlers on a real Postgres. A crash, more than 100 ms in the reader, an answer that breaks its schema, or an error
that is none of OCPP is a finding; it is shrunk to the least that still fails and ends the run with 1.

  --minutes N  time of the whole run, 0.2 to 240 (default: 5)
  --seed N     the same seed draws the same frames (default: 1)
  --only TEXT  only the files whose path contains this, such as libs/testing
  --help       show this
`;

function main() {
  printHelpIfAsked(HELP);
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes >= 0.2 && minutes <= 240)) throw new Error(`--minutes ${values.minutes} is not from 0.2 to 240`);
  if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed} is not a whole number`);
  const args = [path.join(root, 'node_modules/jest/bin/jest.js'), '-c', 'jest.fuzz.config.cjs', ...(values.only ? [values.only] : [])];
  const settings = { VOLTBUS_FUZZ_SECONDS: String((minutes * SECONDS_PER_MINUTE) / PROPERTIES), VOLTBUS_FUZZ_SEED: String(seed) };
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...environment(), ...settings } });
  child.once('exit', (code) => (process.exitCode = code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
}

try {
  main();
} catch (error) {
  process.stderr.write(`fuzz: ${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}
