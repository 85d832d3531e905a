import type { SessionTruth, StationTruth } from '@voltbus/virtual-station';
import { eachOnce, groupedBy, type History } from '../history';

/** Stations may write times without fractions of a second. */
const COARSEST_CLOCK_MS = 1_000;

/** Invariant 1: each message about a transaction that was answered is there once: a start, an end, and every reading. */
export function acknowledged({ fleets, transactions, stored }: History): string[] {
  const events = groupedBy(eachOnce(transactions), ({ type, tenant, value }) =>
    keyOf(type, tenant, value.station, value.ocppTransactionId),
  );
  const readings = groupedBy(stored.readings, ({ tenant, station }) => `${tenant}/${station}`);
  return fleets.flatMap(({ tenant, truth }) =>
    truth.stations.flatMap((station) => {
      const instants = (readings.get(`${tenant}/${station.station}`) ?? []).map(({ at }) => Date.parse(at));
      return station.sessions.flatMap((session) => {
        const count = (type: string): number =>
          events.get(keyOf(type, tenant, station.station, session.ocppTransactionId ?? ''))?.length ?? 0;
        const name = `${tenant}/${station.station} transaction ${session.ocppTransactionId}`;
        return [...missingEvents(name, session, count), ...missingReadings(name, station, session, instants)];
      });
    }),
  );
}

function keyOf(type: string, tenant: string, station: string, transaction: string): string {
  return JSON.stringify([type, tenant, station, transaction]);
}

/** An end may be published in several revisions, whose order is another invariant. */
function missingEvents(name: string, session: SessionTruth, count: (type: string) => number): string[] {
  if (!session.startAcknowledged && !session.endAcknowledged) return [];
  const starts = count('voltbus.transaction.started');
  return [
    ...(starts === 1 ? [] : [`${name}: ${starts} starts on the topic`]),
    ...(session.endAcknowledged && count('voltbus.transaction.ended') === 0
      ? [`${name}: its end was answered and is not on the topic`]
      : []),
  ];
}

function missingReadings(name: string, station: StationTruth, session: SessionTruth, instants: readonly number[]): string[] {
  if (station.clockIsWrong) return [];
  const missing = session.readingsAcknowledged.filter(
    (at) => !instants.some((instant) => Math.abs(instant - Date.parse(at)) <= COARSEST_CLOCK_MS),
  );
  return missing.length === 0 ? [] : [`${name}: ${missing.length} answered readings are not stored, the first of ${missing[0]}`];
}
