import fc from 'fast-check';
import { MAX_AHEAD_MS, MAX_BEHIND_MS, parseStationTime, readStationTime } from './station-time';

const received = new Date('2026-03-01T12:00:00.000Z');

describe("reading a station's clock", () => {
  it.each([
    ['2026-03-01T11:59:00Z', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T11:59:00.250Z', '2026-03-01T11:59:00.250Z'],
    ['2026-03-01T11:59:00.2509999999Z', '2026-03-01T11:59:00.250Z'],
    ['2026-03-01T11:59:00.5z', '2026-03-01T11:59:00.500Z'],
    ['2026-03-01T13:59:00+02:00', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T13:59:00+0200', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T13:59:00+02', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T09:29:00-02:30', '2026-03-01T11:59:00.000Z'],
    ['2026-03-02T11:58:00+23:59', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T11:59:00', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01 11:59:00', '2026-03-01T11:59:00.000Z'],
    [' 2026-03-01T11:59:00Z ', '2026-03-01T11:59:00.000Z'],
    ['2026-02-28T23:59:60Z', '2026-02-28T23:59:59.000Z'],
  ])('J6 believes %s', (written, expected) => {
    expect(readStationTime(written, received)).toEqual({ at: Date.parse(expected), raw: null });
  });

  it.each([
    ...[
      '1970-01-01T00:00:07Z',
      '2106-02-07T06:28:15Z',
      '+222222017-01-01T00:00:00Z',
      'yesterday',
      '',
      ' ',
      '1714557600',
      '01.03.2026 11:59',
    ],
    ...[
      '0000-00-00T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '12026-03-01T11:59:00Z',
      '2026-02-30T11:59:00Z',
      '2026-03-01T24:00:00Z',
      '2026-03-01T11:60:00Z',
    ],
    ...[
      '2026-03-01T11:59:61Z',
      '2026-03-01T11:59:00+24:00',
      '2026-03-01T11:59:00+02:60',
      '2026-13-01T11:59:00Z',
      '2026-03-01T11:59:00 UTC',
    ],
  ])('J6 puts the time of receipt in place of %j and keeps what was written', (written) => {
    expect(readStationTime(written, received)).toEqual({ at: received.getTime(), raw: written });
  });

  it('J6 puts it in place of no time at all, which nobody wrote', () => {
    expect(readStationTime(undefined, received)).toEqual({ at: received.getTime(), raw: null });
  });

  it.each(['2026-03-01T11:59:00.', '2', ' ', '2026-03-01T11:59:00+'])('does not look at 200,000 characters that begin with %j', (start) => {
    for (const filler of ['0', ' ', 'T', ':', '9 ']) {
      const written = start + filler.repeat(200_000);
      expect(readStationTime(written, received)).toEqual({ at: received.getTime(), raw: written.slice(0, 64) });
    }
  });

  it('J6 never leaves the window around the receipt, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        (written) => {
          const { at } = readStationTime(written, received);
          expect(at).toBeLessThanOrEqual(received.getTime() + MAX_AHEAD_MS);
          expect(at).toBeGreaterThanOrEqual(received.getTime() - MAX_BEHIND_MS);
        },
      ),
    );
  });

  it('reads whatever JavaScript writes of the years 1 to 9999', () => {
    const dates = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z') });
    fc.assert(fc.property(dates, (date) => expect(parseStationTime(date.toISOString())).toBe(date.getTime())));
  });

  it('reads a time in whatever zone it is written', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2100-01-01') }),
        fc.integer({ min: -1439, max: 1439 }),
        (date, minutes) => {
          const two = (number: number): string => String(number).padStart(2, '0');
          const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
          const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
          expect(parseStationTime(`${local}${offset}`)).toBe(date.getTime());
        },
      ),
    );
  });
});
