import { qrCodeAddress } from '@voltbus/virtual-station';
import fc from 'fast-check';
import { isCurrentCode } from './one-time-code';

/** What a station of these terms shows at that moment, by its own reckoning. */
function shown({ sharedSecret, validitySeconds, length }: Parameters<typeof isCurrentCode>[1], at: Date): string {
  const variables = { URLTemplate: '{totp}', TOTPVersion: 'v1', SharedSecret: sharedSecret, ValidityTime: validitySeconds, Length: length };
  const settings = new Map(Object.entries(variables).map(([name, value]) => [name, String(value)]));
  return qrCodeAddress(settings, { identity: 'CS-1', evse: 1, at }) ?? '';
}
const seconds = (count: number): Date => new Date(count * 1_000);

describe('C25.FR.07: a one-time code', () => {
  // reckoned with Python's hmac from the printed algorithm; the first is also what citrineos-core #1091 names
  it.each([
    ['mysharedsecret', 30, 8, 1_700_000_000, 'Mrc351Gu'],
    ['MySharedSecret', 30, 8, 1_770_000_000, '5AViTp52'],
    ['ABCDEFGH12345678', 60, 6, 60, 'gXEOrp'],
    ['geheim-größer-€', 3_600, 40, 1_764_000_000, 'YW1skysBgn1NwLlJ3H0dJGR9EcXWlQkgYW1skysB'],
    ['0123456789abcdef', 6, 12, 1_764_000_000, '4Nl56NYyuAI3'],
  ])('of %s, %d s and %d characters at %d is believed: %s%s', (sharedSecret, validitySeconds, length, at, code) => {
    const terms = { sharedSecret, validitySeconds, length };
    expect(isCurrentCode(code, terms, seconds(at))).toBe(true);
    expect(shown(terms, seconds(at))).toBe(code);
  });

  it('is believed too where the station has the alphabet as it is printed, without its o', () => {
    expect(isCurrentCode('Qsd765Kw', { sharedSecret: 'mysharedsecret', validitySeconds: 30, length: 8 }, seconds(1_700_000_000))).toBe(
      true,
    );
  });

  it.each([
    ['of another secret', '5AViTp52'],
    ['cut short', 'Mrc351G'],
    ['longer', 'Mrc351Gu0'],
    ['in other case', 'mrc351gu'],
    ['empty', ''],
    ['not of its letters', 'Mrc351Gü'],
  ])('%s is not believed', (_what, code) => {
    expect(isCurrentCode(code, { sharedSecret: 'mysharedsecret', validitySeconds: 30, length: 8 }, seconds(1_700_000_000))).toBe(false);
  });

  it('of a station is believed in its interval, in the one before and the one after, and in no other', () => {
    const terms = fc.record({
      sharedSecret: fc.string({ minLength: 8, maxLength: 40 }),
      validitySeconds: fc.integer({ min: 6, max: 3_600 }),
      length: fc.integer({ min: 12, max: 60 }),
    });
    const moment = fc.integer({ min: 1_700_000_000_000, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(
        terms,
        moment,
        fc.integer({ min: -5, max: 5 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (agreed, ms, away, within) => {
          const interval = Math.floor(ms / 1_000 / agreed.validitySeconds);
          const asked = new Date((interval + away + within) * agreed.validitySeconds * 1_000);
          expect(isCurrentCode(shown(agreed, new Date(ms)), agreed, asked)).toBe(Math.abs(away) <= 1);
        },
      ),
    );
  });
});
