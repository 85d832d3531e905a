import { heldAt } from './tariff-history';

const versions = [
  { since: 100, value: 'first' },
  { since: 200, value: 'second' },
];

describe('what held when a session started', () => {
  it.each([
    [99, 'first'],
    [100, 'first'],
    [199, 'first'],
    [200, 'second'],
    [5000, 'second'],
  ])('a change applies to sessions started after it: at %d the %s', (at, value) => {
    expect(heldAt(versions, at)).toBe(value);
  });

  it('is nothing where there never was anything', () => {
    expect(heldAt([], 100)).toBeNull();
  });
});
