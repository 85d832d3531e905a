import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERSONALITIES } from '../personalities';
import { QUIRKS } from './quirks';

const ROOT = join(__dirname, '../../../../..');
const numbers = Object.keys(QUIRKS).map(Number);
const shown = Object.entries(QUIRKS).flatMap(([number, where]) =>
  'by' in where ? where.by.map((name) => [Number(number), name] as const) : [],
);

describe('the field quirks', () => {
  it('are all 87 accounted for', () => {
    expect(numbers).toEqual(Array.from({ length: 87 }, (_, index) => index + 1));
  });

  it('are shown by personalities that exist', () => {
    const names = PERSONALITIES.map(({ name }) => name);
    expect(shown.filter(([, name]) => !names.includes(name))).toEqual([]);
  });

  it('are listed under every personality that names them', () => {
    const named = PERSONALITIES.flatMap(({ name, description }) =>
      [...description.matchAll(/quirks? ([\d, ]+)/g)].flatMap(([, list = '']) =>
        list.split(',').map((number) => [Number(number), name] as const),
      ),
    );
    expect(named.filter(([number, name]) => !shown.some((one) => one[0] === number && one[1] === name))).toEqual([]);
  });

  it.each(Object.entries(QUIRKS).flatMap(([number, where]) => ('spec' in where ? [[number, where.spec] as const] : [])))(
    'quirk %s is tested in %s',
    (number, spec) => {
      expect(readFileSync(join(ROOT, spec), 'utf8')).toMatch(new RegExp(`quirks?:? (\\d+, )*${number}\\b`));
    },
  );
});
