import { identify } from './transaction-identity';
import { MAX_POWER_W, MAX_UNNAMED_WH, meantBy, type OpenSession } from './matching';
import { apply, type Report } from './transaction';

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
const HOUR_MS = 3_600_000;
const open = (id: string, change: Partial<Report> = {}, known: Partial<OpenSession> = {}): OpenSession => ({
  state: apply(null, identify(REF, id), { ...report, ...change }),
  receivedAt: 1_000,
  lastRead: null,
  ...known,
});
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
const meant = (change: Partial<Report>, states: OpenSession[], tokenGroup: string | null = null, receivedAt = 2_000) =>
  meantBy({ report: stop(change), receivedAt, tokenGroup }, states)?.ocppTransactionId ?? null;

it.each<[string, OpenSession[], Partial<Report>, string | null]>([
  ['means the only one that is open', [open('1')], {}, '1'],
  ['means nothing where nothing is open', [], {}, null],
  ['means none of two', [open('1'), open('2', { evse: 2 })], {}, null],
  ['means the one of its token', [open('1'), open('2', { evse: 2, idToken: 'TAG-2' })], { idToken: 'tag-2' }, '2'],
  ['means none of another token', [open('1', { idToken: 'TAG-2' })], {}, null],
  ['means it without a token', [open('1')], { idToken: null }, '1'],
  ['means one that began later by its clock: clocks are not trusted', [open('1', { time: { at: 3_000_000, raw: null } })], {}, '1'],
  [
    'means none that began later and where nothing was charged: it is that of the one before',
    [open('1', { meterStartWh: 900, time: { at: 3_000, raw: null } })],
    { idToken: null },
    null,
  ],
  ['means none that began with a higher register', [open('1', { meterStartWh: 902 })], {}, null],
  ['means none that was read above it', [open('1', {}, { lastRead: { at: 1_500, wh: 950 } })], {}, null],
  ['means the one whose register fits', [open('1', { meterStartWh: 902 }), open('2', { evse: 2, meterStartWh: 900 })], {}, '2'],
  ['means the one that was not refused', [open('1'), open('2', { evse: 2, refused: true })], {}, '1'],
])('errata 3.18 a stop %s', (_, states, change, id) => {
  expect(meant(change, states)).toBe(id);
});

it('errata 3.18 a stop by another token means the one of its group, and of no other', () => {
  const states = [open('1', { tokenGroup: 'FLEET' }), open('2', { evse: 2 })];
  expect(meant({ idToken: 'TAG-9' }, states, 'fleet')).toBe('1');
  expect(meant({ idToken: 'TAG-9' }, states, 'STAFF')).toBeNull();
  expect(meant({ idToken: 'TAG-9' }, states)).toBeNull();
});

describe('errata 3.18 a stop means only one whose register can have got there', () => {
  const at = (hours: number) => 1_000 + hours * HOUR_MS;
  const far = (wh: number, hours: number, session: OpenSession, more: Partial<Report> = {}, receivedAt = at(0)) =>
    meant({ idToken: null, meterStopWh: wh, time: { at: at(hours), raw: null }, ...more }, [session], null, receivedAt);

  it('by the time since its start, or since it was last read', () => {
    expect(far(500 + MAX_POWER_W, 1, open('1'))).toBe('1');
    expect(far(500 + 1.1 * MAX_POWER_W, 1, open('1'))).toBeNull();
    expect(far(500 + MAX_POWER_W, 1, open('1', {}, { lastRead: { at: at(0.5), wh: 600 } }))).toBeNull();
  });

  it('by the longer of the times that its clock and ours show', () => {
    expect(far(500 + MAX_POWER_W, 0, open('1'))).toBeNull();
    expect(far(500 + MAX_POWER_W, 0, open('1'), {}, at(1))).toBe('1');
  });

  it('and with no more than a truck takes, however long it was', () => {
    expect(far(500 + MAX_UNNAMED_WH, 48, open('1'))).toBe('1');
    expect(far(501 + MAX_UNNAMED_WH, 48, open('1'))).toBeNull();
    expect(far(501 + MAX_UNNAMED_WH, 48, open('1'), { idToken: 'TAG-1' })).toBe('1');
  });
});
