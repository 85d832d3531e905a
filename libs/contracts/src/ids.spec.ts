import { TENANT_PATTERN, parseStationKey, stationKey } from './ids';

describe('the station key', () => {
  it.each([
    { tenant: 'default', station: 'CS-1' },
    { tenant: 'a', station: 'with/slash' },
    { tenant: 't-1', station: 'ä ö' },
  ])('of %j is read back', (ref) => {
    expect(parseStationKey(stationKey(ref))).toEqual(ref);
  });

  it.each(['', 'no-slash', '/station', 'tenant/'])('%j is refused', (key) => {
    expect(() => parseStationKey(key)).toThrow('not a station key');
  });

  it.each(['', 'A', '-a', 'a-', 'a/b', 'a b', 'x'.repeat(37)])(
    'the tenant name %j is refused: it would not be unambiguous in keys and URLs',
    (tenant) => {
      expect(TENANT_PATTERN.test(tenant)).toBe(false);
    },
  );
});
