import { chosenTransactionId, identify } from './transaction-identity';

const STATION = { tenant: 'acme', station: 'CP1' };
const START = { startKey: '1|TAG|2026-11-29T20:00:00Z|100', receivedAt: new Date('2026-11-29T20:00:01.250Z'), attempt: 0 };

describe('the transaction id of a 1.6 session', () => {
  it('is the same when the start is handled again, and so is the session: a restored database gets what the station knows', () => {
    const [first, again] = [chosenTransactionId(STATION, START), chosenTransactionId({ ...STATION }, { ...START })];
    expect(again).toBe(first);
    expect(identify(STATION, again)).toEqual(identify(STATION, first));
  });

  it.each([
    ['station', { ...STATION, station: 'CP2' }, START],
    ['tenant', { ...STATION, tenant: 'other' }, START],
    ['start', STATION, { ...START, startKey: '2|TAG|2026-11-29T20:00:00Z|100' }],
    ['moment', STATION, { ...START, receivedAt: new Date('2026-11-29T20:00:01.251Z') }],
    ['attempt, where the first is taken', STATION, { ...START, attempt: 1 }],
  ])('is another one for another %s', (_, station, start) => {
    expect(chosenTransactionId(station, start)).not.toBe(chosenTransactionId(STATION, START));
  });

  it('is a positive 31-bit integer', () => {
    for (let attempt = 0; attempt < 2_000; attempt++) {
      const id = Number(chosenTransactionId(STATION, { ...START, attempt }));
      expect(Number.isInteger(id) && id >= 1 && id <= 2 ** 31 - 1).toBe(true);
    }
  });
});
