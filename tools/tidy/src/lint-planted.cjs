'use strict';
// Lints text as if it stood in the given files, with the project graph the boundary rule needs; prints the broken rules of each.
// Rules that need types are off: the files do not exist.
const path = require('node:path');
const { ESLint } = require('eslint');
const { createProjectGraphAsync } = require('@nx/devkit');

const TYPED = ['no-floating-promises', 'no-misused-promises', 'switch-exhaustiveness-check', 'await-thenable'];
const root = path.resolve(__dirname, '../../..');

async function main() {
  await createProjectGraphAsync();
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: [
      {
        files: ['**/*.ts'],
        languageOptions: { parserOptions: { projectService: false } },
        rules: Object.fromEntries(TYPED.map((rule) => [`@typescript-eslint/${rule}`, 'off'])),
      },
    ],
  });
  const planted = JSON.parse(process.argv[2]);
  const found = [];
  for (const { file, text } of planted) {
    const [{ messages }] = await eslint.lintText(text, { filePath: path.join(root, file) });
    found.push(messages.map(({ ruleId, message }) => ruleId ?? message));
  }
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
