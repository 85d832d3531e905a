'use strict';
// `npm run check`: types, lint, format, generated code and documents, then all tests. What must pass before a change is handed over.
const { prepare, must, say } = require('./prepare.cjs');

prepare();
for (const [what, command, words] of [
  ['types', 'npx', ['tsc', '-p', 'tsconfig.json']],
  ['lint', 'npx', ['nx', 'run-many', '-t', 'lint', '--outputStyle=static']],
  ['format', 'npx', ['prettier', '--check', '--log-level=warn', '.']],
  ['generated code', 'npm', ['run', '-s', 'codegen', '--', '--check']],
  ['tests', process.execPath, [require.resolve('./test.cjs')]],
]) {
  say(what);
  must(command, words);
}
