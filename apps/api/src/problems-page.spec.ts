import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemsPage } from './problems-page';

it('docs/reference/problems.md is what the list of codes gives: npm run docs:problems', () => {
  expect(readFileSync(join(__dirname, '../../../docs/reference/problems.md'), 'utf8')).toBe(problemsPage());
});
