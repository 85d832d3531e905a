import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources';

const page = readFileSync(join(ROOT, 'docs/explanation/data-protection.md'), 'utf8');
const limits = readFileSync(join(ROOT, 'docs/reference/limits.md'), 'utf8');
const rows = [...page.matchAll(/^\| (?!data |-)([^|]+)\|([^|]+)\|([^|]+)\|$/gm)].map(([, data = '', where = '', until = '']) => ({
  data: data.trim(),
  where,
  until,
}));
const codeOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');

/** What the page tells a data protection officer is held against the generated page of limits. */
describe('the page about personal data', () => {
  it('has a row for each kind of data', () => expect(rows.length).toBeGreaterThan(15));

  it.each(rows.map(({ data, where }) => [data, where] as const))('%s: is in tables and topics that there are', (_data, where) => {
    for (const name of codeOf(where)) expect(limits).toContain(`\n| \`${name}\` |`);
  });

  it.each(
    rows.flatMap(({ until }) =>
      [...until.matchAll(/`(VOLTBUS_RETENTION_\w+)` \((\d+)( years)?\)/g)].map(
        ([, setting, count, years]) => [setting, Number(count) * (years ? 365 : 1)] as const,
      ),
    ),
  )('%s is kept for %s days by default', (setting, days) => {
    expect(limits).toContain(`\n| \`${setting}\` | ${days} |`);
  });
});
