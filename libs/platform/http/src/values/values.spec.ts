import fc from 'fast-check';
import { decimal, displayable, evseNumber, instant, wholeNumber } from './values';

it('shows foreign text in an error without control characters, and not all of a long one', () => {
  expect(displayable('\u001b[31mA\0\ud800')).toBe('\ufffd[31mA\ufffd\ufffd');
  expect(displayable('x'.repeat(1_000))).toHaveLength(200);
});

describe('an instant', () => {
  it.each([
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00.123456789+05:30', '2026-01-31T04:00:00.123Z'],
    ['1970-01-01T00:00:00+00:00', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2026-01-31T09:30:00-15:59', '2026-02-01T01:29:00.000Z'],
  ])('%s is read as %s', (given, at) => {
    expect(instant.parse(given)).toBe(at);
  });

  it.each([
    ['0000-01-01T00:00:00Z'],
    ['1969-12-31T23:59:59Z'],
    ['1970-01-01T00:00:00+00:01'],
    ['9999-12-31T23:59:59-00:01'],
    ['10000-01-01T00:00:00Z'],
    ['+010000-01-01T00:00:00Z'],
    ['2026-01-31T09:30:00+23:59'],
    ['2026-01-31T09:30:00+16:00'],
    ['2026-01-31T09:30:00+05:60'],
    ['2026-01-31T09:30:00'],
    ['2026-02-31T09:30:00Z'],
    ['2026-01-31T24:00:00Z'],
    ['2026-01-31 09:30:00Z'],
    [`2026-01-31T09:30:00.${'1'.repeat(300)}Z`],
    ['2026-01-31T09:30:00.1234567890Z'],
    [''],
    ['yesterday'],
    ['1767225600'],
  ])('%s is refused', (given) => {
    expect(instant.safeParse(given).success).toBe(false);
  });

  it('reads every ISO string that a clock writes as itself', () => {
    const times = fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(fc.property(times, (at) => expect(instant.parse(at.toISOString())).toBe(at.toISOString())));
  });
});

describe('numbers', () => {
  it.each([0, -1, 1.5, 2 ** 31, 8.7e15, Number.MAX_SAFE_INTEGER, NaN, Infinity])('%p is no number of an EVSE', (number) => {
    expect(evseNumber.safeParse(number).success).toBe(false);
  });
  it('takes the largest number of its column as an EVSE', () => {
    expect(evseNumber.parse(2 ** 31 - 1)).toBe(2_147_483_647);
  });
  it.each(['', ' 1', '1 ', '+1', '-1', '1.0', '1e1', '0x1', '201', '9'.repeat(300), '\u0661'])(
    '%j is no whole number from 1 to 200',
    (given) => {
      expect(wholeNumber(1, 200).safeParse(given).success).toBe(false);
    },
  );
  it.each(['', '.5', '5.', '-1', '1e3', '0x1', '1,5', '1'.repeat(10), `0.${'1'.repeat(300)}`, '0.12345'])('%j is no amount', (given) => {
    expect(decimal(4).safeParse(given).success).toBe(false);
  });
  it.each(['0', '12.50', '999999999.9999'])('%j is an amount', (given) => {
    expect(decimal(4).parse(given)).toBe(given);
  });
});
