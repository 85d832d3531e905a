import { MAX_AHEAD_MS, MAX_BEHIND_MS, asText, readStationTime, stationNumber } from '@voltbus/contracts';
import { MAX_VALUE_LENGTH, MAX_VALUES_OF_MESSAGE } from '../limits';

/** How often a station sends the values of a stream; null: not by that. */
export interface StreamParameters {
  intervalSeconds: number | null;
  values: number | null;
}

/** A stream as its station opens it (N11). */
export interface OpenedStream extends StreamParameters {
  id: number;
  monitor: number;
}

/** Its constant data as it is written. */
interface Written {
  id?: unknown;
  variableMonitoringId?: unknown;
  params?: { interval?: unknown; values?: unknown };
}

/** Null: its numbers name nothing. */
export function streamIn({ id, variableMonitoringId, params }: Written): OpenedStream | null {
  const [stream, monitor] = [stationNumber(id), stationNumber(variableMonitoringId)];
  return stream === null || monitor === null ? null : { id: stream, monitor, ...parametersIn(params) };
}

export function parametersIn(params: Written['params']): StreamParameters {
  return { intervalSeconds: stationNumber(params?.interval), values: stationNumber(params?.values) };
}

export interface StreamValue {
  at: Date;
  value: string;
}

/**
 * The values of a message (N15), each at the time that it names, in whatever order; those beyond what is kept of one message, and those whose time cannot be
 * believed, are counted. Of two at the same instant the first counts.
 */
export function valuesIn(
  { basetime, data }: { basetime: string; data: readonly { t: number; v: string }[] },
  receivedAt: Date,
): { values: StreamValue[]; notKept: number } {
  const base = readStationTime(basetime, receivedAt);
  const received = receivedAt.getTime();
  const values = new Map<number, StreamValue>();
  for (const { t, v } of data.slice(0, MAX_VALUES_OF_MESSAGE)) {
    const at = base.raw !== null || typeof t !== 'number' ? Number.NaN : Math.round(base.at + t * 1_000);
    const isBelieved = at <= received + MAX_AHEAD_MS && at >= received - MAX_BEHIND_MS;
    if (isBelieved && !values.has(at)) values.set(at, { at: new Date(at), value: asText(v.slice(0, MAX_VALUE_LENGTH)) });
  }
  return { values: [...values.values()], notKept: data.length - values.size };
}
