import { identify } from './identity';
import { meantBy } from './matching';
import { apply, type Report, type TransactionState } from './transaction';

const REF = { tenant: 'default', station: 'CS-1' };
const report: Report = {
  kind: 'started',
  seqNo: 0,
  time: { at: 1_000, raw: null },
  evse: 1,
  connector: null,
  idToken: 'TAG-1',
  meterStartWh: 500,
  meterStopWh: null,
  stopReason: null,
  flags: [],
};
const open = (id: string, change: Partial<Report> = {}): TransactionState => apply(null, identify(REF, id), { ...report, ...change });
const stop = (change: Partial<Report> = {}): Report => ({
  ...report,
  kind: 'ended',
  seqNo: 1,
  time: { at: 2_000, raw: null },
  evse: null,
  meterStartWh: null,
  meterStopWh: 900,
  ...change,
});

it.each<[string, TransactionState[], Partial<Report>, string | null]>([
  ['means the only one that is open', [open('1')], {}, '1'],
  ['means nothing where nothing is open', [], {}, null],
  ['means none of two', [open('1'), open('2', { evse: 2 })], {}, null],
  ['means the one of its token', [open('1'), open('2', { evse: 2, idToken: 'TAG-2' })], { idToken: 'tag-2' }, '2'],
  ['means none of another token', [open('1', { idToken: 'TAG-2' })], {}, null],
  ['means it without a token', [open('1')], { idToken: null }, '1'],
  ['means none that began later', [open('1', { time: { at: 3_000, raw: null } })], {}, null],
  ['means none that began with a higher register', [open('1', { meterStartWh: 901 })], {}, null],
  ['means the one whose register fits', [open('1', { meterStartWh: 901 }), open('2', { evse: 2, meterStartWh: 900 })], {}, '2'],
])('errata 3.18 a stop %s', (_, states, change, meant) => {
  expect(meantBy(stop(change), states)?.ocppTransactionId ?? null).toBe(meant);
});
