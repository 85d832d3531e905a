import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMAS, limitsPage } from './limits-page';

it('the page of limits says what the code declares: npm run docs:limits', () => {
  expect(readFileSync(join(__dirname, '../../../docs/reference/limits.md'), 'utf8')).toBe(limitsPage());
});

it('every row that says whose it is names its tenant', () => {
  const anonymous = SCHEMAS.flatMap(({ schema, tables }) =>
    tables.filter(({ tenant }) => tenant === null).map(({ name }) => `${schema}.${name}`),
  );
  expect(new Set(anonymous.map((name) => name.split('.')[1]))).toEqual(new Set(['migrations', 'outbox']));
});
