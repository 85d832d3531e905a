import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configReference } from './config-reference';

/** `npm run docs:config`, with `--check` to be told whether the page is what the settings say. */
const PAGE = resolve('docs/reference/config.md');

if (!process.argv.includes('--check')) {
  mkdirSync(dirname(PAGE), { recursive: true });
  writeFileSync(PAGE, configReference());
} else if (readFileSync(PAGE, 'utf8') !== configReference()) {
  process.stderr.write('docs/reference/config.md is not what the settings say; run "npm run docs:config"\n');
  process.exitCode = 1;
}
