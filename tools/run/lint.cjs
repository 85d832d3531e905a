'use strict';
// Lints everything in one process, and the API's description with a linter of its own. Nx makes its project graph first: without it the rule of
// module boundaries skips itself without a warning.
const { printHelpIfAsked } = require('./help.cjs');
const { lintOpenapi } = require('./lint-openapi.cjs');
const { root, log } = require('./prepare.cjs');

const HELP = `npm run lint

Lints the sources with ESLint, and docs/reference/openapi.json and its examples with rules of its own. A warning fails too.

  --help  show this
`;

async function main() {
  printHelpIfAsked(HELP);
  process.env.NX_DAEMON = 'false';
  const { createProjectGraphAsync } = require('@nx/devkit');
  const { ESLint } = require('eslint');
  const { nodes } = await createProjectGraphAsync();
  if (Object.keys(nodes).length === 0) throw new Error('Nx found no projects');
  const eslint = new ESLint({ cwd: root });
  const results = await eslint.lintFiles(['apps', 'libs', 'tools', 'docs']);
  const { format } = await eslint.loadFormatter('stylish');
  process.stdout.write(await format(results));
  if (results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0)) process.exitCode = 1;
  else log(`${results.length} files`);
  if (!(await lintOpenapi())) process.exitCode = 1;
}

void main();
