import fc from 'fast-check';
import { MAX_AHEAD_MS, MAX_BEHIND_MS, readTime } from './station-time';

const received = new Date('2026-03-01T12:00:00.000Z');

describe("reading a station's clock", () => {
  it.each([
    ['2026-03-01T11:59:00Z', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T11:59:00.250Z', '2026-03-01T11:59:00.250Z'],
    ['2026-03-01T13:59:00+02:00', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T13:59:00+0200', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T13:59:00+02', '2026-03-01T11:59:00.000Z'],
    ['2026-03-01T11:59:00', '2026-03-01T11:59:00.000Z'],
    [' 2026-03-01T11:59:00Z ', '2026-03-01T11:59:00.000Z'],
  ])('J6 believes %s', (written, expected) => {
    expect(readTime(written, received)).toEqual({ at: Date.parse(expected), raw: null });
  });

  it.each(['1970-01-01T00:00:07Z', '2106-02-07T06:28:15Z', '+222222017-01-01T00:00:00Z', 'yesterday', ''])(
    'J6 puts the time of receipt in place of %j and keeps what was written',
    (written) => {
      expect(readTime(written, received)).toEqual({ at: received.getTime(), raw: written });
    },
  );

  it('J6 never leaves the window around the receipt, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        (written) => {
          const { at } = readTime(written, received);
          expect(at).toBeLessThanOrEqual(received.getTime() + MAX_AHEAD_MS);
          expect(at).toBeGreaterThanOrEqual(received.getTime() - MAX_BEHIND_MS);
        },
      ),
    );
  });
});
