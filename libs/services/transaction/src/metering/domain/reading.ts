import { isDeepStrictEqual } from 'node:util';
import { isDecimal, type StationTime } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import { PHASES, type Registers } from './registers';
import { columnsOf, REGISTER, SOC, type Columns, type Samples } from './wide-reading';

/** One sampled value as a station sent it, defaults not yet applied. */
export interface Sample {
  value: string | number;
  /** Power of ten the value is multiplied by (2.x). */
  multiplier?: number;
  unit?: string;
  measurand?: string;
  phase?: string;
  location?: string;
  context?: string;
  /** Signed data, stored verbatim. */
  signed?: unknown;
  /** 1.6: the value is the signed data, and no measured value. */
  onlySigned?: boolean;
}

/** Everything measured at one instant in one context: one wide row, keyed by `(evse, transaction, at, context)`. */
export interface Reading extends Columns {
  evse: number | null;
  /** The transaction's reference at its station; empty when the reading names none. */
  transaction: string;
  time: StationTime;
  context: string;
  /**
   * The sequence number of its message; 0 where there is none. It shows which of two values of one instant is later.
   */
  seqNo: number;
  /** By which quirks it was read (`readBy`), `mixed` where its parts differ; left out where its message is one of a transaction and says so. */
  readBy?: string;
  /** Everything measured, from which the columns are derived. */
  samples: Samples;
  registers: Registers;
  /** Signed data by `measurand|phase|location`, verbatim; further ones of that name have a number behind it. */
  signed: Record<string, unknown>;
}

/** A register no meter reaches: overflow markers (2147483647) and nonsense beyond a terawatt-hour (quirk 17). */
const SENTINELS = new Set([2_147_483_647, 4_294_967_295]);
export const MAX_REGISTER_WH = 1e12;
/** The largest value in a base unit, 100 TWh: no meter measures more, and a sum of such fits a double. */
const MAX_VALUE = 1e14;
/** Powers of ten between the prefixes yocto and yotta. */
const MAX_MULTIPLIER = 24;
/** Energy is kept to the milliwatt-hour. */
const ENERGY_DIGITS = 3;
/** Signed data sets of one name that are kept of one instant. */
const MAX_SIGNED = 10;

/**
 * Reads the samples of one instant: 1.6 section 4.7 defaults, units to Wh, W, V, A; one reading per context (quirk 80).
 */
export function readSamples(
  samples: readonly Sample[],
  where: Pick<Reading, 'evse' | 'transaction' | 'time'> & Partial<Pick<Reading, 'seqNo' | 'readBy'>>,
): Reading[] {
  const byContext = new Map<string, Measured[]>();
  for (const sample of samples) {
    const context = sample.context ?? 'Sample.Periodic';
    const one = measure(sample);
    if (one !== null) byContext.set(context, [...(byContext.get(context) ?? []), one]);
  }
  return [...byContext].map(([context, measured]) => readingOf(measured, { seqNo: 0, ...where, context }));
}

/** A register value that can be believed, in Wh to the milliwatt-hour. */
export function plausibleWh(value: number | null): number | null {
  if (value === null || !Number.isFinite(value) || value < 0 || value > MAX_REGISTER_WH || SENTINELS.has(value)) return null;
  return value;
}

/**
 * Merges two parts of one reading. Where both have a value, the later in the station's count stands, else the later
 * received (J02.FR.14). Sums are computed from the merged parts: phases may arrive one by one.
 */
export function mergeReadings(one: Reading, other: Reading): Reading {
  const [earlier, later] = one.seqNo > other.seqNo ? [other, one] : [one, other];
  const samples = { ...earlier.samples, ...later.samples };
  const registers = mergeRegisters(earlier.registers, later.registers);
  const readBy = mergeReadBy(earlier.readBy, later.readBy);
  return {
    ...later,
    ...(readBy === undefined ? {} : { readBy }),
    ...columnsOf(samples, registers),
    time: earlier.time.raw === null ? later.time : earlier.time,
    samples,
    registers,
    signed: mergeSigned(earlier.signed, later.signed),
  };
}

function mergeReadBy(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || other === undefined || one === other ? (other ?? one) : 'mixed';
}

function mergeRegisters(earlier: Registers, later: Registers): Registers {
  const merged: Record<string, Record<string, number>> = { ...earlier };
  for (const [count, values] of Object.entries(later)) merged[count] = { ...merged[count], ...values };
  return merged;
}

/** Several meters may sign values of one name; the same data again is the same. */
function mergeSigned(known: Record<string, unknown>, more: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...known };
  for (const [name, signed] of Object.entries(more)) {
    if (Object.values(merged).some((other) => isDeepStrictEqual(other, signed))) continue;
    const base = name.split('|').slice(0, 3).join('|');
    const free = [base, ...Array.from({ length: MAX_SIGNED - 1 }, (_, at) => `${base}|${at + 2}`)].find((key) => !(key in merged));
    if (free !== undefined) merged[free] = signed;
  }
  return merged;
}

/** Identity of a reading at its station. */
export function readingKey({
  evse,
  transaction,
  time,
  context,
}: Pick<Reading, 'evse' | 'transaction' | 'context'> & { time: Pick<StationTime, 'at'> }): string {
  return `${evse ?? ''}|${transaction}|${time.at}|${context}`;
}

interface Measured {
  /** `measurand|phase|location`, defaults left out of phase and location. */
  name: string;
  measurand: string;
  value: number | null;
  /** As it was written; null where it is signed data and nothing else. */
  raw: string | null;
  unit: string | undefined;
  signed: unknown;
}

function measure(sample: Sample): Measured | null {
  const raw = typeof sample.value === 'string' ? sample.value.trim() : sample.value;
  if (raw === '' && sample.signed === undefined) return null;
  const measurand = sample.measurand ?? REGISTER;
  const location = sample.location ?? 'Outlet';
  const { value, unit } =
    sample.onlySigned === true
      ? { value: null, unit: undefined }
      : toBaseUnit(raw, sample.multiplier ?? 0, sample.unit ?? (measurand.startsWith('Energy.') ? 'Wh' : undefined));
  // the state of charge is the vehicle's, whatever location the station names
  const name = [measurand, lineOf(sample.phase ?? ''), location === 'Outlet' || measurand === SOC ? '' : location].join('|');
  const isText = value === null && sample.signed !== undefined;
  return {
    name,
    measurand,
    value,
    raw: sample.onlySigned === true || isText ? null : asWritten(raw, sample.multiplier),
    unit,
    signed: sample.signed,
  };
}

/**
 * Exact in decimal: 12.345 kWh is 12345 Wh, not 12344.999999999998. What is no number, or none that can be measured,
 * stays as it was written.
 */
function toBaseUnit(
  raw: string | number,
  multiplier: number,
  unit: string | undefined,
): { value: number | null; unit: string | undefined } {
  const text = String(raw);
  if (!isDecimal(text) || Math.abs(multiplier) > MAX_MULTIPLIER) return { value: null, unit };
  const kilo = unit !== undefined && /^k(wh|w|va|var|varh)$/i.test(unit);
  const value = new Decimal(text)
    .times(new Decimal(10).pow(multiplier + (kilo ? 3 : 0)))
    .toDecimalPlaces(ENERGY_DIGITS)
    .toNumber();
  return Math.abs(value) > MAX_VALUE ? { value: null, unit } : { value, unit: kilo ? unit.slice(1) : unit };
}

function asWritten(raw: string | number, multiplier = 0): string {
  return multiplier === 0 ? String(raw) : `${raw} x 10^${multiplier}`;
}

function readingOf(
  measured: readonly Measured[],
  where: Pick<Reading, 'evse' | 'transaction' | 'time' | 'context' | 'seqNo' | 'readBy'>,
): Reading {
  const samples: Record<string, { value: number | string; unit?: string }> = {};
  const wh: Record<string, number> = {};
  let signed: Record<string, unknown> = {};
  for (const one of measured) {
    if (one.signed !== undefined) signed = mergeSigned(signed, { [one.name]: one.signed });
    if (one.raw === null) continue;
    samples[one.name] = { value: one.value ?? one.raw, ...(one.unit === undefined ? {} : { unit: one.unit }) };
    const register = one.measurand === REGISTER ? plausibleWh(one.value) : null;
    if (register !== null) wh[one.name.slice(REGISTER.length + 1)] = register;
  }
  const registers = Object.keys(wh).length === 0 ? {} : { [where.seqNo]: wh };
  return { ...where, ...columnsOf(samples, registers), samples, registers, signed };
}

/** `L1-N` is L1 against neutral; `L1-L2` is no line's own. */
function lineOf(phase: string): string {
  const line = phase.endsWith('-N') ? phase.slice(0, -2) : phase;
  return PHASES.includes(line) ? line : phase;
}
