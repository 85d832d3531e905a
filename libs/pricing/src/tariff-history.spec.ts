import { heldAt, heldSince } from './tariff-history';

describe('what held when a session started', () => {
  const versions = [
    { since: 100, value: 'first' },
    { since: 200, value: 'second' },
    { since: 300, value: null },
  ];

  it.each([
    [99, 'first'],
    [100, 'first'],
    [199, 'first'],
    [200, 'second'],
    [300, null],
    [5000, null],
  ])('a change applies to sessions started after it: at %d it was %s', (at, value) => {
    expect(heldAt(versions, at)).toBe(value);
  });

  it('is the first there ever was for sessions from before', () => {
    expect(heldAt([{ since: 10, value: null }, ...versions], 50)).toBe('first');
  });

  it('is nothing where there never was anything', () => {
    expect(heldAt([], 100)).toBeNull();
    expect(heldAt([{ since: 10, value: null }], 100)).toBeNull();
  });
});

describe('what was said of a group', () => {
  const versions = [
    { since: 100, value: 'first' },
    { since: 200, value: null },
  ];

  it.each([
    [99, null],
    [100, 'first'],
    [199, 'first'],
    [200, null],
  ])('applies from then on, and not before: at %d it was %s', (at, value) => {
    expect(heldSince(versions, at)).toBe(value);
  });
});
