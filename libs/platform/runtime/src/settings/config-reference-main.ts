import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configReference } from './config-reference';

/** `npm run docs:config`, with `--check` only to compare the page with the settings. */
const PAGE = resolve('docs/reference/config.md');

if (!process.argv.includes('--check')) {
  mkdirSync(dirname(PAGE), { recursive: true });
  writeFileSync(PAGE, configReference());
} else if (readFileSync(PAGE, 'utf8') !== configReference()) {
  process.stderr.write('docs/reference/config.md does not match the settings; run "npm run docs:config"\n');
  process.exitCode = 1;
}
