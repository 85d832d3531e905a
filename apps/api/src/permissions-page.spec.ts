import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { permissionsPage } from './permissions-page';
import { EXPECTED_RIGHTS } from './testing/expected-rights';

let page: string;
beforeAll(async () => {
  page = await permissionsPage();
});

it('docs/reference/permissions.md is what the code gives: npm run docs:permissions', () => {
  expect(readFileSync(join(__dirname, '../../../docs/reference/permissions.md'), 'utf8')).toBe(page);
});

it('gives each operation the roles of the table of rights', () => {
  const cellsOf = (line: string | undefined) => (line ?? '').split('|').map((cell) => cell.trim());
  const lines = page.split('\n');
  const header = cellsOf(lines.find((line) => line.startsWith('| permission')));
  for (const { route, roles } of EXPECTED_RIGHTS) {
    const [, , permission = ''] = cellsOf(lines.find((line) => line.startsWith(`| \`${route}\` |`)));
    const row = cellsOf(lines.find((line) => line.startsWith(`| ${permission} |`)));
    expect([route, header.filter((_name, at) => row[at] === 'yes')]).toEqual([route, roles]);
  }
});
