import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SLOS } from './slos/slos';

export const SLO_PAGE = 'docs/explanation/service-level-objectives.md';
const BEGIN = '<!-- objectives: npm run monitoring -->';
const END = '<!-- end of objectives -->';

/** The page about objectives, with the table of those that are measured. */
export function sloPage(): string {
  const page = readFileSync(join(resolve(__dirname, '../../..'), SLO_PAGE), 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${SLO_PAGE} has no ${BEGIN} ... ${END}`);
  const rows = SLOS.map(
    ({ name, title, objective, counts, excludes, metric }) =>
      `| \`${name}\` | ${title} | ${Number((objective * 100).toFixed(3))} % | \`${metric}\` | ${counts} | ${excludes} |`,
  );
  const table = ['| `slo` | Objective | Share | Metric | Counts | Does not count |', '| --- | --- | --- | --- | --- | --- |', ...rows];
  return `${before}${BEGIN}\n\n${table.join('\n')}\n\n${END}${after}`;
}
