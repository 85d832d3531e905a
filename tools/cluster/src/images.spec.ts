import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';
import { MIGRATIONS, NEWER_MIGRATION, imageOf, imageValues } from './images';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('an image', () => {
  it.each([
    ['localhost/voltbus:one', { repository: 'localhost/voltbus', tag: 'one', digest: '' }, 'localhost/voltbus:one'],
    [
      'registry.example:5000/team/v:1.2',
      { repository: 'registry.example:5000/team/v', tag: '1.2', digest: '' },
      'registry.example:5000/team/v:1.2',
    ],
    [
      `registry.example:5000/v@${DIGEST}`,
      { repository: 'registry.example:5000/v', tag: '', digest: DIGEST },
      `registry.example:5000/v@${DIGEST}`,
    ],
    [`v:1@${DIGEST}`, { repository: 'v', tag: '1', digest: DIGEST }, `v@${DIGEST}`],
  ])('%s becomes values of the chart, which names it as before', (image, values, again) => {
    expect(imageValues(image)).toEqual(values);
    expect(imageOf(values)).toBe(again);
  });

  it.each(['voltbus', 'registry.example:5000/voltbus', '', `voltbus@sha256:${'a'.repeat(63)}`])(
    'is refused without tag and digest: %j',
    (image) => {
      expect(() => imageValues(image)).toThrow('an image with its tag or its digest');
    },
  );
});

/** Loads the module of the image with the text behind it, as the newer image has it. */
const LOADED = `
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const [file, more] = process.argv.slice(1);
const loaded = new Module(file);
loaded.filename = file;
loaded.paths = Module._nodeModulePaths(file);
loaded._compile(readFileSync(file, 'utf8') + more, file);
console.log(loaded.exports.migrationsOf({ schema: 'x', blocks: [] }).map(({ id }) => id).join());
`;

it('the newer image has a migration more, the last one', () => {
  execFileSync(process.execPath, [join(ROOT, 'tools/build/build.cjs'), 'libs/platform/service'], { cwd: ROOT });
  const ids = (more: string) => execFileSync(process.execPath, ['-e', LOADED, join(ROOT, MIGRATIONS), more], { encoding: 'utf8' }).trim();
  expect(ids(NEWER_MIGRATION)).toBe([...ids('').split(',').filter(Boolean), '90000000-newer-build'].join());
});
