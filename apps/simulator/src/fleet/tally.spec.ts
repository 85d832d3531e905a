import { Tally } from './tally';

describe('the tally of a fleet', () => {
  it('counts over all stations, and errors by the personality of the station', () => {
    const tally = new Tally();
    const [hasty, bookish] = [tally.observerFor('hasty'), tally.observerFor('by-the-book')];
    for (const station of [hasty, bookish]) station.onConnected?.();
    const tooEarly = new Error('SecurityError: boot first');
    for (const station of [hasty, hasty, bookish]) station.onCallFailed?.('Heartbeat', tooEarly);
    bookish.onRefused?.(401);
    expect(tally).toMatchObject({ connections: 2, messages: 0, failures: 4 });
    expect([...tally.errors]).toEqual([
      ['Heartbeat: SecurityError: boot first (hasty)', 2],
      ['Heartbeat: SecurityError: boot first (by-the-book)', 1],
      ['refused with 401 (by-the-book)', 1],
    ]);
  });

  it('tells how often and how long stations were away, from the end of a connection to the next one', () => {
    const clock = jest.spyOn(performance, 'now');
    const tally = new Tally();
    const [one, other] = [tally.observerFor('by-the-book'), tally.observerFor('by-the-book')];
    const at = (ms: number, happens: (() => void) | undefined) => (clock.mockReturnValue(ms), happens?.());
    for (const station of [one, other]) at(0, station.onConnected);
    at(1_000, () => one.onDisconnected?.(1012));
    at(1_500, () => other.onDisconnected?.(1012));
    at(3_000, one.onConnected);
    at(9_500, other.onConnected);
    clock.mockRestore();
    expect(tally.absences).toEqual({ times: 2, medianMs: 8_000, longestMs: 8_000 });
  });

  it('gives percentiles of the latencies, up to the slowest answer', () => {
    const tally = new Tally();
    expect(tally.percentile(0.5)).toBeNull();
    for (let ms = 100; ms >= 1; ms--) tally.observerFor('by-the-book').onAnswered?.('Heartbeat', ms);
    expect([tally.messages, tally.percentile(0.5), tally.percentile(0.99), tally.percentile(1)]).toEqual([100, 51, 100, 100]);
  });
});
