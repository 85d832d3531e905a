'use strict';
// `npm run check`: types, lint, format, conventions, then all tests. What must pass before a change is handed over.
const { printHelpIfAsked } = require('./help.cjs');
const { prepare, must, log } = require('./prepare.cjs');

printHelpIfAsked(`npm run check

Types, lint, format, conventions, then all tests (npm test), up to the first that fails.

  --help  show this
`);
prepare();
for (const [what, command, args] of [
  ['types', 'npx', ['tsc', '-p', 'tsconfig.json']],
  ['lint', process.execPath, [require.resolve('./lint.cjs')]],
  ['format', 'npx', ['prettier', '--check', '--log-level=warn', '.']],
  ['conventions', 'npx', ['jest', 'tools/tidy']],
  ['tests', process.execPath, [require.resolve('./test.cjs')]],
]) {
  log(what);
  must(command, args);
}
