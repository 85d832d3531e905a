import type { StationRef } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import { mergeReadings, readingKey, type Reading } from '../domain/reading';
import type { Registers } from '../domain/registers';
import { columnsOf, samplesOf } from '../domain/wide-reading';

/** A reading of one station. */
export interface StationReading extends Reading {
  ref: StationRef;
}

export const NO_EVSE = -1;
/**
 * A reading of this size accepts no further parts, since each part is read and written whole. One frame brings at
 * most as much again.
 */
const MAX_GROWN_BYTES = 1_048_576;

const COLUMNS = `tenant, station, evse, transaction, at, context, seq_no, energy_wh, interval_wh, registers, power_w, voltages, currents, soc,
  rest, signed, raw_time, read_by`;
const KEY = 'tenant, station, transaction, at, context, evse';
const INCOMING = `json_to_recordset($1::json) AS incoming(tenant text, station text, evse integer, transaction text, at timestamptz, context text, seq_no bigint,
  energy_wh double precision, interval_wh double precision, registers jsonb, power_w double precision, voltages double precision[],
  currents double precision[], soc double precision, rest jsonb, signed jsonb, raw_time text, read_by text)`;
const SAME = ['tenant', 'station', 'transaction', 'at', 'context', 'evse']
  .map((column) => `known.${column} = incoming.${column}`)
  .join(' AND ');

const INSERT: Statement = {
  name: 'readings-insert',
  merge: 'json-rows',
  text: `
INSERT INTO transactions.readings (${COLUMNS}) SELECT ${COLUMNS} FROM ${INCOMING} ORDER BY ${KEY}
ON CONFLICT (${KEY}) DO NOTHING RETURNING ${KEY}`,
};
/**
 * Another writer of a part waits until the parts are merged. Rows are locked in one order, so that no two writers
 * deadlock.
 */
const LOCK: Statement = {
  name: 'readings-lock',
  merge: 'json-rows',
  text: `SELECT ${COLUMNS.replace(/\w+/g, 'known.$&')} FROM ${INCOMING} JOIN transactions.readings known ON ${SAME}
ORDER BY known.tenant, known.station, known.transaction, known.at, known.context, known.evse FOR UPDATE OF known`,
};
const UPDATE: Statement = {
  name: 'readings-update',
  merge: 'json-rows',
  text: `
UPDATE transactions.readings known SET seq_no = incoming.seq_no, energy_wh = incoming.energy_wh, interval_wh = incoming.interval_wh, registers = incoming.registers,
  power_w = incoming.power_w, voltages = incoming.voltages, currents = incoming.currents, soc = incoming.soc, rest = incoming.rest, signed = incoming.signed,
  raw_time = incoming.raw_time, read_by = incoming.read_by
FROM ${INCOMING} WHERE ${SAME}`,
};

interface Row {
  tenant: string;
  station: string;
  evse: number;
  transaction: string;
  at: Date;
  context: string;
  /** pg gives bigint as text. */
  seq_no: string | number;
  energy_wh: number | null;
  interval_wh: number | null;
  registers: Registers | null;
  power_w: number | null;
  voltages: (number | null)[] | null;
  currents: (number | null)[] | null;
  soc: number | null;
  rest: Reading['rest'] | null;
  signed: Record<string, unknown> | null;
  raw_time: string | null;
  read_by: string | null;
}

/**
 * Writes each instant and context once. A reading that is stored already is merged with the new one by
 * `mergeReadings`, the only rule for that.
 */
export async function writeReadings(manager: EntityManager, readings: readonly StationReading[]): Promise<void> {
  if (readings.length === 0) return;
  const incoming = byKey(readings);
  const written = await prepared<Row>(manager, INSERT, [rowsOf(incoming.values())]);
  for (const row of written) incoming.delete(keyOf(row));
  if (incoming.size === 0) return;
  const known = await prepared<Row>(manager, LOCK, [rowsOf(incoming.values())]);
  const merged = known.flatMap((row) => {
    const more = incoming.get(keyOf(row));
    return more === undefined || bytesOf(row) > MAX_GROWN_BYTES ? [] : [{ ...mergeReadings(readingOf(row), more), ref: more.ref }];
  });
  await prepared(manager, UPDATE, [rowsOf(merged)]);
}

function bytesOf({ rest, signed }: Row): number {
  return Buffer.byteLength(JSON.stringify([rest, signed]));
}

/** One statement may touch a row once: parts of one reading in one batch are merged first. */
function byKey(readings: readonly StationReading[]): Map<string, StationReading> {
  const parts = new Map<string, StationReading>();
  for (const reading of readings) {
    const key = JSON.stringify([reading.ref.tenant, reading.ref.station, readingKey(reading)]);
    const earlier = parts.get(key);
    parts.set(key, earlier === undefined ? reading : { ...mergeReadings(earlier, reading), ref: reading.ref });
  }
  return parts;
}

function keyOf({ tenant, station, evse, transaction, at, context }: Row): string {
  return JSON.stringify([
    tenant,
    station,
    readingKey({ evse: evse === NO_EVSE ? null : evse, transaction, time: { at: at.getTime() }, context }),
  ]);
}

function rowsOf(readings: Iterable<StationReading>): string {
  return JSON.stringify([...readings].map(toRow));
}

function toRow({ ref, evse, transaction, time, context, seqNo, registers, readBy, ...reading }: StationReading): Row {
  const { energyWh, intervalWh, powerW, voltages, currents, soc, rest, signed } = reading;
  return {
    tenant: ref.tenant,
    station: ref.station,
    evse: evse ?? NO_EVSE,
    transaction,
    at: new Date(time.at),
    context,
    seq_no: seqNo,
    energy_wh: energyWh,
    interval_wh: intervalWh,
    registers: isPlain(registers, seqNo) ? null : registers,
    power_w: powerW,
    voltages: voltages.length > 0 ? voltages : null,
    currents: currents.length > 0 ? currents : null,
    soc,
    rest: filled(rest),
    signed: filled(signed),
    raw_time: time.raw,
    read_by: readBy ?? null,
  };
}

function filled<T extends object>(value: T): T | null {
  return Object.keys(value).length > 0 ? value : null;
}

/** True for no register, or one total at the outlet from one message: the columns hold it completely. */
function isPlain(registers: Registers, seqNo: number): boolean {
  const messages = Object.entries(registers);
  return messages.every(
    ([count, values]) => messages.length === 1 && count === String(seqNo) && Object.keys(values).every((name) => name === '|'),
  );
}

function readingOf(row: Row): Reading {
  const [voltages, currents, rest] = [row.voltages ?? [], row.currents ?? [], row.rest ?? {}];
  const seqNo = Number(row.seq_no);
  const registers = row.registers ?? (row.energy_wh === null ? {} : { [seqNo]: { '|': row.energy_wh } });
  const samples = samplesOf({ energyWh: row.energy_wh, powerW: row.power_w, voltages, currents, soc: row.soc, rest });
  return {
    evse: row.evse === NO_EVSE ? null : row.evse,
    transaction: row.transaction,
    time: { at: row.at.getTime(), raw: row.raw_time },
    context: row.context,
    seqNo,
    samples,
    registers,
    ...columnsOf(samples, registers),
    signed: row.signed ?? {},
    ...(row.read_by === null ? {} : { readBy: row.read_by }),
  };
}
