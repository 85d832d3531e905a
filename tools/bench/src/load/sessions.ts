import { KafkaBus } from '@voltbus/bus';
import { CDRS } from '@voltbus/contracts';
import { noopTelemetry } from '@voltbus/telemetry';
import type { BenchStation } from './bench-station';
import type { Latencies } from './latencies';
import { meterValues16, start16, stop16, tokenOf } from './messages';
import { allPaced } from './pace';

const READINGS = 3;
/** The times of a station's sessions do not overlap: each begins so much later than the one before. */
const SESSION_MS = 10_000;
const BEGUN_BEFORE_MS = 12 * 3_600_000;

interface SessionsTask {
  seconds: number;
  rate: number | null;
  brokers: readonly string[];
}

/** Sessions of 1.6 stations, and the time from the stop's frame to the CDR on its topic. Returns how many were ended. */
export async function sessions(
  fleet: readonly BenchStation[],
  { seconds, rate, brokers }: SessionsTask,
  latencies: Latencies,
): Promise<number> {
  const cdrs = await followCdrs(brokers, latencies);
  const begin = Date.now() - BEGUN_BEFORE_MS;
  const units = fleet.map((station, index) => async (intended: number, nth: number) => {
    const at = begin + nth * SESSION_MS;
    await timed(latencies, 'authorize', intended, () => station.call('Authorize', { idTag: tokenOf(index) }));
    const start = await timed(latencies, 'start', performance.now(), () => station.call('StartTransaction', start16(index, at)));
    const id = Number(start['transactionId']);
    for (let reading = 1; reading <= READINGS; reading++)
      await timed(latencies, 'reading', performance.now(), () => station.call('MeterValues', meterValues16(id, at, reading)));
    cdrs.stopSent(station.name, id);
    await timed(latencies, 'stop', performance.now(), () =>
      station.call('StopTransaction', stop16({ station: index, transactionId: id }, at, READINGS)),
    );
    latencies.add('session', performance.now() - intended);
  });
  const count = await allPaced(units, { seconds, rate });
  await cdrs.close();
  return count;
}

async function timed<T>(latencies: Latencies, kind: string, intended: number, call: () => Promise<T>): Promise<T> {
  const answer = await call();
  latencies.add(kind, performance.now() - intended);
  return answer;
}

async function followCdrs(brokers: readonly string[], latencies: Latencies) {
  const open = new Map<string, number>();
  const bus = new KafkaBus({ ...noopTelemetry, brokers, clientId: 'bench', onCrash: 'rebuild' });
  await bus.follow({
    name: 'bench-cdrs',
    topic: CDRS,
    handle: ({ value }) => {
      const { station, ocppTransactionId } = JSON.parse(value.toString()) as { station: string; ocppTransactionId: string };
      const key = `${station} ${ocppTransactionId}`;
      const sent = open.get(key);
      if (sent !== undefined) latencies.add('stop to CDR', performance.now() - sent);
      open.delete(key);
    },
  });
  return {
    stopSent: (station: string, id: number): void => void open.set(`${station} ${id}`, performance.now()),
    close: () => bus.close(),
  };
}
