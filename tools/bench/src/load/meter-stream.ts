import type { BenchStation } from './bench-station';
import type { Latencies } from './latencies';
import { meterValues16, start16, transactionEvent } from './messages';
import { allPaced } from './pace';

/** Before now, so that the times of a long stream are not in the future. */
const BEGUN_BEFORE_MS = 3 * 3_600_000;

/** Sends the next reading of a station's transaction. */
export type SendReading = () => Promise<unknown>;

/** Begins a transaction at each station; returns what sends its readings. */
export function beginTransactions(fleet: readonly BenchStation[]): Promise<SendReading[]> {
  const begin = Date.now() - BEGUN_BEFORE_MS;
  return Promise.all(fleet.map((station, index) => begunTransaction(station, index, begin)));
}

/** Readings of transactions that were begun before. Returns how many were answered. */
export function meterStream(
  readings: readonly SendReading[],
  pace: { seconds: number; rate: number | null },
  latencies: Latencies,
): Promise<number> {
  const units = readings.map((send) => async (intended: number) => {
    await send();
    latencies.add('reading', performance.now() - intended);
  });
  return allPaced(units, pace);
}

async function begunTransaction(station: BenchStation, index: number, begin: number): Promise<SendReading> {
  let nth = 0;
  if (station.protocol === 'ocpp1.6') {
    const { transactionId } = await station.call('StartTransaction', start16(index, begin));
    return () => station.call('MeterValues', meterValues16(Number(transactionId), begin, ++nth));
  }
  const id = { station: index, transactionId: `${station.name}-${begin}` };
  await station.call('TransactionEvent', transactionEvent(id, begin, 0));
  return () => station.call('TransactionEvent', transactionEvent(id, begin, ++nth));
}
