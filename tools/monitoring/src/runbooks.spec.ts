import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settingsSchema } from '@voltbus/runtime';
import { ALERTS } from './alert-file';
import { documentedMetrics } from './promql/known-metrics';

const FOLDER = resolve(__dirname, '../../../docs/runbooks');
const pages = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => ({ file, text: readFileSync(join(FOLDER, file), 'utf8') }));
const index = readFileSync(join(FOLDER, 'README.md'), 'utf8');
const namesIn = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([name]) => name))];

describe('the runbooks', () => {
  it('are all in the index', () => expect(pages.filter(({ file }) => !index.includes(`](${file})`)).map(({ file }) => file)).toEqual([]));

  it('name their alert, and the index names every alert', () => {
    const missing = ALERTS.filter(({ name, runbook }) => !pages.find(({ file }) => file === `${runbook}.md`)?.text.includes(`\`${name}\``));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(ALERTS.filter(({ name }) => !index.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([]);
  });

  it.each(pages)('$file names only alerts, metrics and settings that exist', ({ text }) => {
    const alerts = new Set(ALERTS.map(({ name }) => name));
    const metrics = [...documentedMetrics().keys(), 'csms_build_info'];
    const settings = new Set(Object.keys(settingsSchema.shape).flatMap((name) => [`VOLTBUS_${name}`, `VOLTBUS_${name}_FILE`]));
    expect(namesIn(text, /\bVoltbus[A-Z]\w+/g).filter((name) => !alerts.has(name))).toEqual([]);
    // A pattern in parentheses begins with the beginning of a name.
    expect(namesIn(text, /\bcsms_[a-z_]+/g).filter((name) => !metrics.some((metric) => metric.startsWith(name)))).toEqual([]);
    expect(namesIn(text, /\bVOLTBUS_[A-Z_]+/g).filter((name) => !settings.has(name) && name !== 'VOLTBUS_DATA_DIR')).toEqual([]);
  });

  it.each(pages.filter(({ file }) => file !== 'sessions-without-a-price.md'))(
    '$file says meaning, impact, check, fix and how to verify',
    ({ text }) => {
      expect(text.match(/^(?:\*\*(?:Meaning|Impact)\.\*\*|## (?:Check|Fix|Verify)$)/gm)).toEqual([
        '**Meaning.**',
        '**Impact.**',
        '## Check',
        '## Fix',
        '## Verify',
      ]);
    },
  );
});
