import fc from 'fast-check';
import { apply, endImplicitly, stopDiffers, viewOf, type Report, type TransactionState } from './transaction';

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

  it('O2, E12 is the same in any order also when events are missing, contradict each other or share an instant', () => {
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
          expect(take(reports(shuffled))).toEqual(take(reports(ones)));
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

  it('flags a second start that says something else', () => {
    expect(seen([session[0] ?? report('started', 0), report('started', 0, { time: { at: 500, raw: null } })]).flags).toEqual([
      'second-start',
    ]);
  });

  it('never ends before it started, whatever the clock said', () => {
    expect(
      seen([report('started', 0, { time: { at: 5000, raw: null } }), report('ended', 1, { time: { at: 1000, raw: null } })]).endedAt,
    ).toBe('1970-01-01T00:00:05.000Z');
  });

  it("1.6 section 4.8 ends implicitly, until the station's own stop replaces that", () => {
    const open = take([report('started', 0, { meterStartWh: 1000 })]);
    if (open === null) throw new Error('no transaction');
    const ended = endImplicitly(open, 60_000);
    expect(viewOf(ended, null)).toMatchObject({ state: 'ended', endedAt: '1970-01-01T00:01:00.000Z', flags: ['implicit-end'] });
    const stopped = apply(ended, identity, report('ended', 1, { meterStopWh: 2000, stopReason: 'Local' }));
    expect(viewOf(stopped, null)).toMatchObject({ endedAt: '1970-01-01T00:00:01.000Z', stopReason: 'Local', flags: [] });
    expect(endImplicitly(stopped, 60_000)).toBe(stopped);
  });

  it('1.6 section 4.10 tells a repeated stop from one that differs', () => {
    const stop = report('ended', 1, { meterStopWh: 2000 });
    const stopped = take([report('started', 0), stop]);
    if (stopped === null) throw new Error('no transaction');
    expect(stopDiffers(stopped, stop)).toBe(false);
    expect(stopDiffers(stopped, { ...stop, meterStopWh: 2100 })).toBe(true);
  });
});
