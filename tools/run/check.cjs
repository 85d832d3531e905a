'use strict';
// `npm run check`: types, lint, format, conventions, then all tests. What must pass before a change is handed over.
const { prepare, must, say } = require('./prepare.cjs');

prepare();
for (const [what, command, words] of [
  ['types', 'npx', ['tsc', '-p', 'tsconfig.json']],
  ['lint', process.execPath, [require.resolve('./lint.cjs')]],
  ['format', 'npx', ['prettier', '--check', '--log-level=warn', '.']],
  ['conventions', 'npx', ['jest', 'tools/tidy']],
  ['tests', process.execPath, [require.resolve('./test.cjs')]],
]) {
  say(what);
  must(command, words);
}
