import { randomUUID } from 'node:crypto';
import type { EndedTransaction, Tariff } from '@voltbus/contracts';

/** A transaction that has ended: an hour at the plug, 10 kWh. */
export function endedTransaction(change: Partial<EndedTransaction> = {}): EndedTransaction {
  const startedAt = change.startedAt ?? '2026-03-01T10:00:00.000Z';
  const energyWh = change.energyWh ?? 10_000;
  return {
    tenant: 'default',
    station: 'CS-1',
    id: randomUUID(),
    evse: 1,
    connector: 1,
    ocppTransactionId: '42',
    idToken: 'TAG',
    state: 'ended',
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + 3_600_000).toISOString(),
    meterStartWh: 0,
    meterStopWh: energyWh,
    energyWh,
    stopReason: 'Local',
    flags: [],
    revision: 1,
    signedData: [],
    periods: [{ kind: 'charging', startedAt, seconds: 3600, energyWh }],
    ...change,
  };
}

/** A tariff with a price per kilowatt-hour, and nothing else but tax. */
export function tariffOf(tariff: string, perKwh: string): Tariff {
  return {
    tariff,
    currency: 'EUR',
    perKwh,
    perMinute: '0',
    perIdleMinute: '0',
    idleGraceMinutes: 0,
    fixed: '0',
    taxPercent: '19',
  };
}
