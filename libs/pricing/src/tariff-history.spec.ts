import { heldAt, heldSince } from './tariff-history';

describe('the value when a session started', () => {
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
  ])('changes for sessions that started after a change: at %d it is %s', (at, value) => {
    expect(heldAt(versions, at)).toBe(value);
  });

  it('is the first value for earlier sessions', () => {
    expect(heldAt([{ since: 10, value: null }, ...versions], 50)).toBe('first');
  });

  it('is null when there never was a value', () => {
    expect(heldAt([], 100)).toBeNull();
    expect(heldAt([{ since: 10, value: null }], 100)).toBeNull();
  });
});

describe('the tariff of a group', () => {
  const versions = [
    { since: 100, value: 'first' },
    { since: 200, value: null },
  ];

  it.each([
    [99, null],
    [100, 'first'],
    [199, 'first'],
    [200, null],
  ])('applies from its assignment on, and not before: at %d it is %s', (at, value) => {
    expect(heldSince(versions, at)).toBe(value);
  });
});
