import { FREE_WAIT_MS, RECONNECTED_WAIT_MS, STATUS_WAIT_MS, staleAction, type OpenTransaction } from './staleness';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const STALE_MS = 12 * 3_600_000;
const ago = (ms: number): number => NOW - ms;
const LONG_AGO = ago(STALE_MS + 60_000);

const active: OpenTransaction = {
  ...{ queryable: true, activeAt: ago(1_000), activeAtByStation: ago(1_000), free: null, queriedAt: null, reportedOver: false },
  connectedSince: LONG_AGO,
};
const inactive = { ...active, activeAt: LONG_AGO, activeAtByStation: LONG_AGO, connectedSince: null };
const freed = {
  ...active,
  ...{ activeAt: ago(FREE_WAIT_MS + 2_000), activeAtByStation: ago(FREE_WAIT_MS + 2_000) },
  free: { at: ago(FREE_WAIT_MS + 1_000), byStation: ago(FREE_WAIT_MS + 1_000) },
};
const reconnectedAt = ago(RECONNECTED_WAIT_MS + 1_000);

it.each<[string, OpenTransaction, ReturnType<typeof staleAction>]>([
  ['with activity a moment ago is left', active, null],
  ['without activity for long is queried at a 2.x station', inactive, 'query'],
  ['without activity for long is ended at a 1.6 station', { ...inactive, queryable: false }, 'end'],
  ['that was queried waits for the answer', { ...inactive, queriedAt: ago(STATUS_WAIT_MS) }, null],
  ['that was queried in vain is ended', { ...inactive, queriedAt: ago(STATUS_WAIT_MS + 1) }, 'end'],
  ['that was queried before it became stale is queried again', { ...inactive, queriedAt: ago(STALE_MS + 1) }, 'query'],
  ['whose connector is free, without activity since, is queried', freed, 'query'],
  ['whose connector is free is ended at a 1.6 station', { ...freed, queryable: false }, 'end'],
  ['whose connector became free a moment ago is left', { ...freed, free: { at: ago(1_000), byStation: ago(1_000) } }, null],
  ['with activity from after its connector was free is left', { ...freed, activeAtByStation: ago(FREE_WAIT_MS - 10_000) }, null],
  ['that was queried in vain since its connector is free is left until the wait is over', { ...freed, queriedAt: ago(FREE_WAIT_MS) }, null],
  [
    'of which a station that connected again sends nothing is queried',
    { ...active, activeAt: ago(60_000), activeAtByStation: ago(60_000), connectedSince: reconnectedAt },
    'query',
  ],
  [
    'of which a station that connected again sends only the past is queried',
    { ...active, activeAt: ago(RECONNECTED_WAIT_MS + 500), activeAtByStation: ago(60_000), connectedSince: reconnectedAt },
    'query',
  ],
  [
    'is queried once after a reconnection, and not ended for it',
    { ...active, activeAt: ago(3_600_000), activeAtByStation: ago(3_600_000), connectedSince: ago(1_800_000), queriedAt: ago(1_700_000) },
    null,
  ],
  ['that its station reports to be over is ended', { ...active, reportedOver: true }, 'end'],
])('a transaction %s', (_title, transaction, action) => {
  expect(staleAction(transaction, STALE_MS, NOW)).toBe(action);
});
