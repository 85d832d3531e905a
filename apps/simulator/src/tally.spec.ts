import { Tally } from './tally';

describe('what a fleet lived through', () => {
  it('is counted over all stations, errors by the habit of those that had them', () => {
    const tally = new Tally();
    const [hasty, bookish] = [tally.of('hasty'), tally.of('by-the-book')];
    for (const station of [hasty, bookish]) station.connected?.();
    const tooEarly = new Error('SecurityError: boot first');
    for (const station of [hasty, hasty, bookish]) station.failed?.('Heartbeat', tooEarly);
    bookish.refused?.(401);
    expect(tally).toMatchObject({ connections: 2, messages: 0, failures: 4 });
    expect([...tally.errors]).toEqual([
      ['Heartbeat: SecurityError: boot first (hasty)', 2],
      ['Heartbeat: SecurityError: boot first (by-the-book)', 1],
      ['refused with 401 (by-the-book)', 1],
    ]);
  });

  it('says how long answers took, the slow ones too', () => {
    const tally = new Tally();
    expect(tally.percentile(0.5)).toBeNull();
    for (let ms = 100; ms >= 1; ms--) tally.of('by-the-book').answered?.('Heartbeat', ms);
    expect([tally.messages, tally.percentile(0.5), tally.percentile(0.99), tally.percentile(1)]).toEqual([100, 51, 100, 100]);
  });
});
