import type { HistoryEntry, HistoryReport } from './history-entry';
import { placeInHistory } from './place-in-history';

const STATE = { errorCode: null, vendorErrorCode: null, vendorId: null, info: null };
const PLACE = { tenant: 't', station: 's', evse: 1, connector: 1, kind: 'status', component: '', id: 'x', stationTime: null } as const;
const last = (at: number, epoch: number, confirmedAt = at): HistoryEntry => ({ ...STATE, status: 'Available', at, confirmedAt, epoch });
const report = (status: string, at: number, epoch: number, receivedAt = at): HistoryReport => ({
  ...{ ...PLACE, ...STATE, status, at, epoch, receivedAt },
});

it.each([
  ['the first report', null, report('Faulted', 5, 1), { kind: 'latest', at: 5 }],
  ['a change', last(5, 1), report('Faulted', 6, 1), { kind: 'latest', at: 6 }],
  ['a change of the same instant', last(5, 1), report('Faulted', 5, 1), { kind: 'latest', at: 5 }],
  ['a repetition', last(5, 1), report('Available', 9, 1), { kind: 'repeat', confirmedAt: 9 }],
  ['a repetition that comes late', last(5, 1, 9), report('Available', 7, 1), { kind: 'repeat', confirmedAt: 9 }],
  ['a late report of the same connection', last(5, 1), report('Faulted', 3, 1, 8), { kind: 'past', at: 3, superseded: false, until: 5 }],
  ['one between repetitions', last(5, 1, 9), report('Faulted', 7, 1, 9), { kind: 'past', at: 7, superseded: false, until: 9 }],
  ['a newer connection whose clock is behind', last(50, 1), report('Faulted', 10, 2, 60), { kind: 'latest', at: 60 }],
  ['one that was received before what is known', last(50, 1), report('Faulted', 10, 2, 40), { kind: 'latest', at: 50 }],
  [
    'an older connection that comes late',
    last(50, 2),
    report('Faulted', 40, 1, 60),
    { kind: 'past', at: 40, superseded: false, until: 50 },
  ],
  ['an older connection after a newer one', last(50, 2), report('Faulted', 55, 1), { kind: 'past', at: 55, superseded: true, until: 55 }],
])('%s has its place', (_, before, given, placing) => {
  expect(placeInHistory(before, given)).toEqual(placing);
});
