import fc from 'fast-check';
import { apply, endDiffers, endImplicitly, endStale, continueWith, type Report, type TransactionState } from './transaction';
import { viewOf } from './transaction-view';

const identity = { tenant: 'default', station: 'CS-1', id: 'id', reference: 'T1', ocppTransactionId: 'T1' };
function report(kind: Report['kind'], seqNo: number, change: Partial<Report> = {}): Report {
  return {
    kind,
    seqNo,
    time: { at: seqNo * 1000, raw: null },
    evse: null,
    connector: null,
    idToken: null,
    meterStartWh: null,
    meterStopWh: null,
    stopReason: null,
    flags: [],
    ...change,
  };
}
const take = (reports: readonly Report[]): TransactionState | null =>
  reports.reduce<TransactionState | null>((state, one) => apply(state, identity, one), null);
const seen = (reports: readonly Report[]) => {
  const state = take(reports);
  if (state === null) throw new Error('no transaction');
  return viewOf(state, null);
};

const session = [
  report('started', 0, { evse: 2, connector: 1 }),
  report('updated', 1, { idToken: 'TAG' }),
  report('updated', 2, { flags: ['offline'] }),
  report('ended', 3, { idToken: 'OTHER', stopReason: 'EVDisconnected' }),
];

describe('a transaction whose station is read by other quirks in mid session', () => {
  const readBy = (...all: (string | undefined)[]) =>
    take(all.map((one, seqNo) => report(seqNo === 0 ? 'started' : 'updated', seqNo, one === undefined ? {} : { readBy: one })));

  it.each([
    [['', 'energy-in-kwh=true'], true],
    [['energy-in-kwh=true', ''], true],
    [['energy-in-kwh=true', 'energy-in-kwh=true', undefined], false],
    [['', '', undefined], false],
    [['energy-in-kwh=true', '', 'energy-in-kwh=true'], true],
  ])('%j: is flagged: %s', (all, flagged) => {
    expect(readBy(...all)?.flags).toEqual(flagged ? ['quirk-switched'] : []);
    if (all.includes(undefined)) return; // an operator changes what a station has begun
    expect(readBy(...[...all].reverse())?.flags).toEqual(flagged ? ['quirk-switched'] : []);
  });
});

describe('a transaction from its reports', () => {
  it('E01.FR.16, E01.FR.10 knows place, token, times and reason from the event that stated each', () => {
    expect(seen(session)).toMatchObject({
      evse: 2,
      connector: 1,
      idToken: 'TAG',
      state: 'ended',
      startedAt: '1970-01-01T00:00:00.000Z',
      endedAt: '1970-01-01T00:00:03.000Z',
      stopReason: 'EVDisconnected',
      flags: ['offline'],
    });
  });

  it('O2, E12 is the same in whatever order and however often its events arrive', () => {
    const anyOrder = fc.shuffledSubarray([...session, ...session], { minLength: 8 });
    fc.assert(
      fc.property(anyOrder, (reports) => {
        expect(take(reports)).toEqual(take(session));
      }),
    );
  });

  it('O2, E12 is the same in any order, but for its end, when events are missing, contradict each other or share an instant; the first end counts', () => {
    const some = fc.record({
      kind: fc.constantFrom('started' as const, 'updated' as const, 'ended' as const),
      seqNo: fc.nat(5),
      at: fc.nat(3),
      evse: fc.boolean(),
      token: fc.boolean(),
    });
    // one report per (seqNo, time): the business key of an event
    const distinct = fc.uniqueArray(some, { selector: ({ seqNo, at }) => `${seqNo}|${at}`, minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        distinct.chain((ones) => fc.tuple(fc.constant(ones), fc.shuffledSubarray(ones, { minLength: ones.length }))),
        ([ones, shuffled]) => {
          const reports = (list: typeof ones) =>
            list.map(({ kind, seqNo, at, evse, token }) =>
              report(kind, seqNo, {
                time: { at, raw: null },
                evse: evse ? seqNo + 1 : null,
                connector: null,
                idToken: token ? `T${seqNo}-${at}` : null,
                stopReason: `${seqNo}-${at}`,
              }),
            );
          const [one, other] = [take(reports(shuffled)), take(reports(ones))];
          expect({ ...one, end: null }).toEqual({ ...other, end: null });
          const first = shuffled.find(({ kind }) => kind === 'ended');
          expect(one?.end ?? null).toEqual(first === undefined ? null : expect.objectContaining({ seqNo: first.seqNo, at: first.at }));
        },
      ),
    );
  });

  it('E04 is created by whatever comes first, and flagged while its start is not known', () => {
    const late = session.slice(1);
    expect(seen(late)).toMatchObject({ state: 'ended', startedAt: '1970-01-01T00:00:01.000Z', flags: ['no-start', 'offline'] });
    expect(seen([...late, session[0] ?? report('started', 0)])).toMatchObject({
      startedAt: '1970-01-01T00:00:00.000Z',
      flags: ['offline'],
    });
  });

  it('quirk 28 never rises again: the end is final', () => {
    expect(seen([...session, report('updated', 9)]).state).toBe('ended');
  });

  it('flags a second start with another content', () => {
    expect(seen([session[0] ?? report('started', 0), report('started', 0, { time: { at: 500, raw: null } })]).flags).toEqual([
      'second-start',
    ]);
  });

  it('never ends before it started, whatever the clock showed', () => {
    expect(
      seen([report('started', 0, { time: { at: 5000, raw: null } }), report('ended', 1, { time: { at: 1000, raw: null } })]).endedAt,
    ).toBe('1970-01-01T00:00:05.000Z');
  });

  it("1.6 section 4.8 ends implicitly, until the station's own stop replaces that", () => {
    const open = take([report('started', 0, { meterStartWh: 1000 })]);
    if (open === null) throw new Error('no transaction');
    const ended = endImplicitly(open, { lastAt: 60_000, before: 600_000 });
    expect(viewOf(ended, null)).toMatchObject({ state: 'ended', endedAt: '1970-01-01T00:01:00.000Z', flags: ['implicit-end'] });
    const stopped = apply(ended, identity, report('ended', 1, { meterStopWh: 2000, stopReason: 'Local' }));
    expect(viewOf(stopped, null)).toMatchObject({ endedAt: '1970-01-01T00:00:01.000Z', stopReason: 'Local', flags: [] });
    expect(endImplicitly(stopped, { lastAt: 60_000, before: 600_000 })).toBe(stopped);
  });

  it('1.6 section 4.8 an implicit end moves with late activity from before its bound, and no further', () => {
    const open = take([report('started', 0)]);
    if (open === null) throw new Error('no transaction');
    const ended = endImplicitly(open, { lastAt: 60_000, before: 600_000 });
    const endedAt = (at: number) => apply(ended, identity, report('updated', 5, { time: { at, raw: null } })).end?.at;
    expect([30_000, 90_000, 600_000, 900_000].map(endedAt)).toEqual([60_000, 90_000, 600_000, 600_000]);
  });

  it('quirk 14 the end of a stale transaction moves with activity from before its connector was free, and later activity removes it', () => {
    const open = take([report('started', 0)]);
    if (open === null) throw new Error('no transaction');
    const ended = endStale(open, { lastAt: 60_000, before: 600_000 });
    expect(continueWith(ended, 90_000).end?.at).toBe(90_000);
    expect(continueWith(ended, 600_001).end).toBeNull();
    expect(continueWith(endStale(open, { lastAt: 60_000, before: null }), 90_000).end).toBeNull();
  });

  it('flags an end before the start', () => {
    const early = (at: number) =>
      seen([report('started', 0, { time: { at: 5_000, raw: null } }), report('ended', 1, { time: { at, raw: null } })]);
    expect([early(4_999), early(5_000)].map(({ flags }) => flags)).toEqual([['stop-before-start'], []]);
  });

  it.each<[string, Partial<Report>, boolean]>([
    ['the same', {}, false],
    ['another time', { time: { at: 9_000, raw: null } }, false],
    ['another number', { seqNo: 7 }, false],
    ['no register', { meterStopWh: null }, false],
    ['another register', { meterStopWh: 2_100 }, true],
    ['another register, read', { meterStopWh: null, lastReadWh: 2_100 }, true],
    ['another reason', { stopReason: 'Remote' }, true],
  ])('1.6 section 4.10, E06 a repeated end with %s: second-stop %#', (_, change, differs) => {
    const stop = report('ended', 1, { meterStopWh: 2000 });
    const stopped = take([report('started', 0), stop]);
    if (stopped === null) throw new Error('no transaction');
    expect(endDiffers(stopped, { ...stop, ...change })).toBe(differs);
    expect(apply(stopped, identity, { ...stop, ...change })).toMatchObject({ end: stopped.end, statedStopWh: 2000 });
  });
});
