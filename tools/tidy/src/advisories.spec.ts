import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vulnerableIn, type Advisory, type Locked } from './advisories';
import { ROOT } from './sources';

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Locked };
const { advisories } = JSON.parse(readFileSync(join(__dirname, 'advisories.json'), 'utf8')) as { advisories: Advisory[] };

describe('the lock file', () => {
  it('has no version that an advisory is about', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(500);
    expect(vulnerableIn(packages, advisories)).toEqual([]);
  });

  it('has every version that was accepted: what is gone is accepted no longer', () => {
    const locked = Object.entries(packages).map(
      ([folder, { version }]) => `${folder.split('node_modules/').at(-1) ?? ''}@${version ?? ''}`,
    );
    const accepted = advisories.flatMap((one) => Object.keys(one.accepted ?? {}).map((version) => `${one.package}@${version}`));
    expect(accepted.filter((one) => !locked.includes(one))).toEqual([]);
  });
});

describe('an advisory', () => {
  const advisory: Advisory = { package: '@scope/thing', vulnerable: '>=2.0.0 <2.3.1', id: 'GHSA-x', about: 'bad' };

  it.each([
    ['node_modules/@scope/thing', '2.3.0', ['@scope/thing 2.3.0: GHSA-x, bad']],
    ['node_modules/other/node_modules/@scope/thing', '2.0.0', ['@scope/thing 2.0.0: GHSA-x, bad']],
    ['node_modules/@scope/thing', '2.3.1', []],
    ['node_modules/@scope/thing', '1.9.9', []],
    ['node_modules/thing', '2.3.0', []],
    ['libs/thing', '2.3.0', []],
  ])('reports of %s %s: %j', (folder, version, expected) => {
    expect(vulnerableIn({ [folder]: { version } }, [advisory])).toEqual(expected);
  });

  it('is passed over for a version that was accepted, and for no other', () => {
    const accepting = [{ ...advisory, accepted: { '2.1.0': 'because' } }];
    const found = ['2.1.0', '2.2.0'].flatMap((version) => vulnerableIn({ 'node_modules/@scope/thing': { version } }, accepting));
    expect(found).toEqual(['@scope/thing 2.2.0: GHSA-x, bad']);
  });

  it('with a range that nobody can read is a mistake in the list', () => {
    expect(() => vulnerableIn({}, [{ ...advisory, vulnerable: 'all' }])).toThrow('GHSA-x');
  });
});
