import fc from 'fast-check';
import { formats, readDateTime } from './formats';

const isDateTime = formats['date-time'];

describe('a valid date-time', () => {
  it.each([
    '2026-02-28T23:59:59Z',
    '2024-02-29T00:00:00.123456Z',
    '2026-05-01T10:00:00+02:00',
    '2026-05-01T10:00:00.5-11:30',
    '1970-01-01T00:00:00Z',
  ])('%s is valid, and a Date', (text) => {
    expect(isDateTime(text)).toBe(true);
    expect(Number.isFinite(Date.parse(text))).toBe(true);
  });

  it.each([
    ['a day that does not exist', '2026-02-29T00:00:00Z'],
    ['another', '2026-04-31T00:00:00Z'],
    ['an hour that does not exist', '2026-05-01T24:00:00Z'],
    ['a leap second, which Date cannot hold', '2016-12-31T23:59:60Z'],
    ['no zone', '2026-05-01T10:00:00'],
    ['no seconds', '2026-05-01T10:00Z'],
    ['an offset without colon', '2026-05-01T10:00:00+0200'],
    ['a blank for T', '2026-05-01 10:00:00Z'],
    ['a year of nine digits', '222222017-05-01T10:00:00Z'],
    ['nothing', ''],
    ['the year 0, which Postgres does not have', '0000-01-01T00:00:00Z'],
    ['60,000 digits of a second', `2026-05-01T10:00:00.${'1'.repeat(60_000)}Z`],
  ])('%s is not valid: %s', (_what, text) => {
    expect(isDateTime(text)).toBe(false);
  });

  it('is every instant that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }), (date) => {
        expect(isDateTime(date.toISOString())).toBe(true);
        expect(readDateTime(date.toISOString())).toEqual({ dateTime: date.toISOString(), zoneMissing: false });
      }),
    );
  });
});

describe('a time as stations write it', () => {
  it.each([
    ['2026-05-01T10:00:00', '2026-05-01T10:00:00Z', true],
    ['2026-05-01T10:00:00+02', '2026-05-01T10:00:00+02:00', false],
    ['2026-05-01T10:00:00+0230', '2026-05-01T10:00:00+02:30', false],
    ['2026-05-01 10:00:00.000z', '2026-05-01T10:00:00.000Z', false],
    ['2026-5-1T9:00Z', '2026-05-01T09:00:00Z', false],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59Z', false],
    ['2026-05-01', '2026-05-01T00:00:00Z', true],
    [' 2026-05-01T10:00:00.1234567890123Z ', '2026-05-01T10:00:00.123456789Z', false],
  ])('%s is read as %s', (text, dateTime, zoneMissing) => {
    expect(readDateTime(text)).toEqual({ dateTime, zoneMissing });
    expect(isDateTime(dateTime)).toBe(true);
  });

  it.each(['', 'now', '1714557600', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '+222222017-01-01T00:00:00Z', '01.05.2026 10:00'])(
    '%s is not read',
    (text) => {
      expect(readDateTime(text)).toBeUndefined();
    },
  );

  it('is a valid date-time once it is read', () => {
    const digits = fc.stringMatching(/^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d\d(:\d\d(\.\d{1,12})?)?(Z|z|[+-]\d\d(:?\d\d)?)?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const read = readDateTime(text);
        if (read) expect(isDateTime(read.dateTime)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
