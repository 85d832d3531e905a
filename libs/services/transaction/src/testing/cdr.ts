import { randomUUID } from 'node:crypto';
import type { Cdr, EndedTransaction } from '@voltbus/contracts';

const NOTHING = '0.00';

/** A CDR of an ended transaction, of which nothing but whose it is matters. */
export function cdrOf({ tenant, station, id }: Pick<EndedTransaction, 'tenant' | 'station' | 'id'>, more: Partial<Cdr> = {}): Cdr {
  const at = new Date().toISOString();
  return {
    ...{ id: randomUUID(), revision: 1, kind: 'charge', issuedAt: at, creditOf: null, tenant, station, evse: null, connector: null },
    ...{ transaction: id, ocppTransactionId: '1', idToken: null, startedAt: at, endedAt: at, timeZone: 'UTC' },
    ...{ meterStartWh: null, meterStopWh: null, energyWh: 0, chargingSeconds: 0, idleSeconds: 0, periods: [], tariff: null },
    cost: {
      ...{ currency: 'EUR', energy: NOTHING, time: NOTHING, idle: NOTHING, fixed: NOTHING },
      ...{ total: NOTHING, taxPercent: '0', totalInclTax: NOTHING },
    },
    ...{ signedData: [], flags: [] },
    ...more,
  };
}
