import { shellBlocks } from './shell-blocks';

it('finds the shell blocks of a page with their lines, and no others', () => {
  const page = [
    '# Page',
    '',
    '```sh',
    'one',
    'two',
    '```',
    '',
    '```json',
    '{}',
    '```',
    '1. Step:',
    '',
    '   ```sh',
    '   three \\',
    '     four',
    '   ```',
    '',
  ].join('\n');
  expect(shellBlocks(page)).toEqual([
    { line: 4, text: 'one\ntwo\n' },
    { line: 14, text: 'three \\\n  four\n' },
  ]);
});
