import type { EndedTransaction, Protocol } from '@voltbus/contracts';
import type { v16, v21 } from '@voltbus/ocpp';
import { inBudget } from '@voltbus/testing';
import fc from 'fast-check';
import { summarize } from '../transactions/domain/transaction-summary';
import { mergeReadings, readingKey, type Reading } from './domain/reading';
import { apply, type Report, type TransactionState } from '../transactions/domain/transaction';
import * as ocpp16 from './ocpp16/readings';
import * as ocpp2 from './ocpp2/readings';
import { startService, type ServiceFixture } from '../testing/service-fixture';
import { readPointsOf } from './domain/read-point';
import { meteredSession, type MeteredSession, type Truth } from './testing/oracle';

const RUNS = 60;
/** Through the database each takes seconds. */
const STORED_RUNS = 6;
jest.setTimeout(600_000);
/** Shorter than Jest's timeout, so that the property ends before it. */
const BUDGET_MS = 480_000;

const BEGIN = Date.now() - 12 * 3_600_000;
const RECEIVED = new Date();

const secondsOf = ({ periods }: EndedTransaction, kind: string) =>
  periods.reduce((sum, one) => sum + (one.kind === kind ? one.seconds : 0), 0);

function agrees(account: EndedTransaction, truth: Truth): void {
  const seconds = (kind: string) => secondsOf(account, kind);
  expect({ flags: account.flags }).toEqual({ flags: truth.flags });
  expect(Math.abs((account.energyWh ?? -1) - truth.energyWh)).toBeLessThanOrEqual(truth.energyWithin);
  expect(seconds('idle') + seconds('charging')).toBe(truth.seconds);
  expect(Math.abs(seconds('idle') - truth.idleSeconds)).toBeLessThanOrEqual(truth.idleWithin);
}

const IDENTITY = { tenant: 't', station: 's', id: 'i', reference: 'T', ocppTransactionId: 'T' };
const report = (kind: Report['kind'], seqNo: number, at: number, more: Partial<Report> = {}): Report => ({
  ...{ kind, seqNo, time: { at, raw: null }, evse: 1, connector: 1, idToken: null, meterStartWh: null, meterStopWh: null },
  ...{ stopReason: null, flags: [] },
  ...more,
});

/** By translators and domain alone. */
function reckoned({ messages, protocol }: MeteredSession): EndedTransaction {
  let state: TransactionState | null = null;
  const rows = new Map<string, Reading>();
  const states: { seqNo: number; at: number; charging: boolean }[] = [];
  const keep = (readings: readonly Reading[]) => {
    for (const reading of readings) {
      const known = rows.get(readingKey(reading));
      rows.set(readingKey(reading), known === undefined ? reading : mergeReadings(known, reading));
    }
  };
  for (const { action, payload } of messages) {
    const at = typeof payload['timestamp'] === 'string' ? Date.parse(payload['timestamp']) : 0;
    const where = { evse: 1, transaction: 'T' };
    if (protocol === 'ocpp1.6') {
      // the oracle writes what 1.6 stations write
      const { meterStart, meterStop, meterValue } = payload as Partial<
        v16.StartTransactionRequest & v16.StopTransactionRequest & v16.MeterValuesRequest
      >;
      if (action === 'StartTransaction') state = apply(state, IDENTITY, report('started', 0, at, { meterStartWh: meterStart ?? null }));
      if (action === 'StopTransaction') state = apply(state, IDENTITY, report('ended', 1, at, { meterStopWh: meterStop ?? null }));
      keep(ocpp16.readings16Of(meterValue ?? [], where, RECEIVED));
      continue;
    }
    // and what those of 2.x write
    const { eventType, seqNo, transactionInfo, meterValue } = payload as unknown as v21.TransactionEventRequest;
    const kind = ({ Started: 'started', Updated: 'updated', Ended: 'ended' } as const)[eventType];
    state = apply(state, IDENTITY, report(kind, seqNo, at));
    if (transactionInfo.chargingState !== undefined && !states.some((one) => one.seqNo === seqNo))
      states.push({ seqNo, at, charging: transactionInfo.chargingState === 'Charging' });
    keep(ocpp2.readings2Of(meterValue ?? [], { ...where, seqNo }, RECEIVED));
  }
  if (state === null) throw new Error('nothing was reported');
  const points = [...rows.values()]
    .sort((a, b) => a.time.at - b.time.at)
    .flatMap((row) =>
      readPointsOf({
        ...{ at: new Date(row.time.at), context: row.context, seq_no: row.seqNo, energy_wh: row.energyWh, registers: row.registers },
        ...{ interval_wh: row.intervalWh, power_w: row.powerW, currents: row.currents, voltages: row.voltages, read_by: null },
      }),
    );
  return summarize(
    state,
    { points, states: states.sort((a, b) => a.seqNo - b.seqNo), signed: [], missingReports: 0, unreadable: false },
    null,
  );
}

const PROTOCOLS: Protocol[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];

it.each(PROTOCOLS)('%s: energy, charging and idle time equal power x time, in whatever form the meter reports them', (protocol) => {
  fc.assert(
    fc.property(meteredSession(protocol, BEGIN), (one) => agrees(reckoned(one), one.truth)),
    { numRuns: RUNS },
  );
});

describe('stored and published', () => {
  let service: ServiceFixture;
  beforeAll(async () => {
    service = await startService();
    const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
    await service.tokenStore.put('default', token);
  });
  afterAll(() => service?.close());
  let stations = 0;

  it.each(PROTOCOLS)('%s: the account is the same', async (protocol) => {
    const sent = async (one: MeteredSession) => {
      const who = { protocol, station: `CS-${++stations}` };
      let transactionId: unknown;
      for (const { action, payload } of one.messages) {
        const answer = await service.receive(who, action, transactionId === undefined ? payload : { ...payload, transactionId });
        transactionId ??= answer['transactionId'];
      }
      const account = service.publishedEnds(who.station).at(-1);
      const [transaction] = await service.transactionsOf(who.station);
      if (account === undefined || transaction === undefined) throw new Error('no end was published');
      return { ...account, flags: transaction.flags }; // flags that change no bill are in the transaction alone
    };
    await fc.assert(
      fc.asyncProperty(
        meteredSession(protocol, BEGIN),
        inBudget(async (one: MeteredSession) => {
          const account = await sent(one);
          agrees(account, one.truth);
          const same = reckoned(one);
          const { energyWh, meterStartWh, meterStopWh } = same;
          expect(account).toMatchObject({ energyWh, meterStartWh, meterStopWh });
          expect(secondsOf(account, 'idle')).toBe(secondsOf(same, 'idle'));
        }, BUDGET_MS),
      ),
      { numRuns: STORED_RUNS, endOnFailure: true },
    );
  });
});
