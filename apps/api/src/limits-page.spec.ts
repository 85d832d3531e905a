import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMAS, limitsPage } from './limits-page';

it('docs/reference/limits.md is what the declarations in the code give: npm run docs:limits', () => {
  expect(readFileSync(join(__dirname, '../../../docs/reference/limits.md'), 'utf8')).toBe(limitsPage());
});

const OF_THE_INSTALLATION = ['revoked_serials', 'revocation_lists']; // of its certificate authority, which outlive the tenant

it('every table names the tenant of a row, but the migrations, the outbox, ids of used tickets, revocation lists, and the items of imports, which go with their import', () => {
  const anonymous = SCHEMAS.flatMap(({ schema, tables }) =>
    tables.filter(({ tenant }) => tenant === null).map(({ name }) => `${schema}.${name}`),
  );
  expect(new Set(anonymous.map((name) => name.split('.')[1]))).toEqual(
    new Set(['migrations', 'outbox', 'used_event_tickets', 'import_items', 'token_erasure_runs', ...OF_THE_INSTALLATION]),
  );
});
