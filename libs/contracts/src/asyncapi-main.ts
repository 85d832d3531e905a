import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { publicContracts } from './asyncapi';
import { presentContract } from './compatibility/contract';
import { flagsPage } from './flags';
import { quirksPage } from './quirks/page';
import { topicsPage } from './topics-page';

/**
 * `npm run docs:asyncapi`, with `--check` only to compare the files with the contracts. `--release` keeps the present contract as that of a release, with
 * which `compatibility/contract.spec.ts` compares every later one.
 */
const FOLDER = resolve('docs/reference');
const SCHEMAS = join(FOLDER, 'schemas');

const wanted = new Map([...publicContracts()].map(([path, content]) => [join(FOLDER, path), `${JSON.stringify(content, null, 2)}\n`]));
wanted.set(join(FOLDER, 'flags.md'), flagsPage());
wanted.set(join(FOLDER, 'quirks.md'), quirksPage());
wanted.set(join(FOLDER, 'topics.md'), topicsPage());
if (process.argv.includes('--release'))
  wanted.set(resolve('libs/contracts/released.json'), `${JSON.stringify(presentContract(), null, 1)}\n`);
const there = existsSync(SCHEMAS) ? readdirSync(SCHEMAS).map((name) => join(SCHEMAS, name)) : [];
const left = there.filter((path) => !wanted.has(path));

if (!process.argv.includes('--check')) {
  for (const path of left) rmSync(path);
  for (const [path, content] of wanted) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
} else {
  const stale = [...wanted].filter(([path, content]) => !existsSync(path) || readFileSync(path, 'utf8') !== content).map(([path]) => path);
  for (const path of [...left, ...stale]) process.stderr.write(`${path} does not match the contracts; run "npm run docs:asyncapi"\n`);
  process.exitCode = left.length + stale.length > 0 ? 1 : 0;
}
