import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OTHER_RANKS, STANDING_QUIRKS, SWITCHABLE_QUIRKS, type QuirkEntry } from '@voltbus/contracts';
import { ROOT } from './sources';

/** Ranks of the list of field quirks. */
const RANKS = 87;
const switchable = Object.entries<QuirkEntry>(SWITCHABLE_QUIRKS);
const all = [...switchable, ...Object.entries(STANDING_QUIRKS)];
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the table of quirks', () => {
  it('names files that there are', () => {
    const paths = all.flatMap(([, { decidedBy, spec }]) => [decidedBy, spec]);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('has an entry or a reason for each rank, and each name once', () => {
    const ranks = new Set([...all.flatMap(([, entry]) => entry.ranks), ...OTHER_RANKS.flatMap((other) => other.ranks)]);
    expect([...ranks].sort((one, other) => one - other)).toEqual(Array.from({ length: RANKS }, (_, at) => at + 1));
    expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
  });

  it.each(switchable)('%s is decided where it says, and has a spec in which on and off differ', (name, { decidedBy, spec }) => {
    expect(textOf(decidedBy)).toContain(name);
    expect(textOf(spec)).toContain(`quirk ${name}`);
  });
});
