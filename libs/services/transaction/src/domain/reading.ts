import { isDecimal, type StationTime } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';

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
  /** Signed data as it came, to be kept verbatim. */
  signed?: unknown;
}

/** Everything measured at one instant in one context: one wide row, keyed by `(evse, transaction, at, context)`. */
export interface Reading {
  evse: number | null;
  /** The transaction's reference at its station; empty when the reading names none. */
  transaction: string;
  time: StationTime;
  context: string;
  /** Energy.Active.Import.Register over all phases, Wh. */
  energyWh: number | null;
  powerW: number | null;
  /** L1, L2, L3 against neutral; a single-phase meter has one. */
  voltages: (number | null)[];
  currents: (number | null)[];
  soc: number | null;
  /** What has no column: `measurand|phase|location` to value and unit. */
  rest: Record<string, { value: number | string; unit?: string }>;
  /** Signed data by `measurand|phase|location`, verbatim. */
  signed: Record<string, unknown>;
}

const REGISTER = 'Energy.Active.Import.Register';
const POWER = 'Power.Active.Import';
/** A register no meter reaches: overflow markers (2147483647) and nonsense beyond a terawatt-hour (quirk 17). */
const SENTINELS = new Set([2_147_483_647, 4_294_967_295]);
export const MAX_REGISTER_WH = 1e12;
/** What is larger in its base unit is measured by nothing: 100 TWh, and no sum of such is beyond a double. */
const MAX_VALUE = 1e14;
/** Powers of ten between the prefixes yocto and yotta. */
const MAX_MULTIPLIER = 24;
/** Energy is kept to the milliwatt-hour. */
const ENERGY_DIGITS = 3;
const PHASES = ['L1', 'L2', 'L3'];

/** Reads the samples of one instant: 1.6 section 4.7 defaults, units to Wh, W, V, A; one reading per context (quirk 80). */
export function readSamples(samples: readonly Sample[], where: Pick<Reading, 'evse' | 'transaction' | 'time'>): Reading[] {
  const byContext = new Map<string, Map<string, Measured>>();
  for (const sample of samples) {
    const context = sample.context ?? 'Sample.Periodic';
    const measured = byContext.get(context) ?? new Map<string, Measured>();
    byContext.set(context, measured);
    const one = measure(sample);
    if (one !== null) measured.set(one.name, one);
  }
  return [...byContext]
    .filter(([, measured]) => measured.size > 0)
    .map(([context, measured]) => widen([...measured.values()], { ...where, context }));
}

/** A register value that can be believed, in Wh to the milliwatt-hour. */
export function plausibleWh(value: number | null): number | null {
  if (value === null || !Number.isFinite(value) || value < 0 || value > MAX_REGISTER_WH || SENTINELS.has(value)) return null;
  return value;
}

/** What two parts of one reading say together; the later part wins where both speak (J02.FR.14). */
export function mergeReadings(earlier: Reading, later: Reading): Reading {
  return {
    ...later,
    time: later.time.raw === null ? earlier.time : later.time,
    energyWh: later.energyWh ?? earlier.energyWh,
    powerW: later.powerW ?? earlier.powerW,
    voltages: later.voltages.length > 0 ? later.voltages : earlier.voltages,
    currents: later.currents.length > 0 ? later.currents : earlier.currents,
    soc: later.soc ?? earlier.soc,
    rest: { ...earlier.rest, ...later.rest },
    signed: { ...earlier.signed, ...later.signed },
  };
}

/** Identity of a reading at its station. */
export function readingKey({ evse, transaction, time, context }: Reading): string {
  return `${evse ?? ''}|${transaction}|${time.at}|${context}`;
}

interface Measured {
  /** `measurand|phase|location`, defaults left out of phase and location. */
  name: string;
  measurand: string;
  phase: string | null;
  /** At the outlet, which is what is sold. */
  outlet: boolean;
  value: number | null;
  /** As it was written. */
  raw: string;
  unit: string | undefined;
  signed: unknown;
}

function measure(sample: Sample): Measured | null {
  const raw = typeof sample.value === 'string' ? sample.value.trim() : sample.value;
  if (raw === '' && sample.signed === undefined) return null;
  const measurand = sample.measurand ?? REGISTER;
  const phase = sample.phase ?? null;
  const location = sample.location ?? 'Outlet';
  const { value, unit } = toBaseUnit(raw, sample.multiplier ?? 0, sample.unit ?? (measurand.startsWith('Energy.') ? 'Wh' : undefined));
  const name = [measurand, phase ?? '', location === 'Outlet' ? '' : location].join('|');
  return {
    name,
    measurand,
    phase,
    outlet: location === 'Outlet',
    value,
    raw: asWritten(raw, sample.multiplier),
    unit,
    signed: sample.signed,
  };
}

/** Exact in decimal: 12.345 kWh is 12345 Wh, not 12344.999999999998. What is no number, or none that can be measured, stays as it was written. */
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

function widen(measured: readonly Measured[], where: Pick<Reading, 'evse' | 'transaction' | 'time' | 'context'>): Reading {
  const used = new Set<Measured>();
  const total = (measurand: string): number | null => totalOf(measured, measurand, used);
  const reading: Reading = {
    ...where,
    energyWh: plausibleWh(total(REGISTER)),
    powerW: total(POWER),
    voltages: perPhase(measured, 'Voltage', used),
    currents: perPhase(measured, 'Current.Import', used),
    soc: total('SoC') ?? evSoc(measured, used),
    rest: {},
    signed: {},
  };
  for (const one of measured) {
    if (one.signed !== undefined) reading.signed[one.name] = one.signed;
    if (used.has(one) && !(one.measurand === REGISTER && reading.energyWh === null)) continue;
    if (one.signed === undefined || one.value !== null) reading.rest[one.name] = { value: one.value ?? one.raw, unit: one.unit };
  }
  return reading;
}

/** The value over all phases; where only single phases came, their sum (quirk 43). */
function totalOf(measured: readonly Measured[], measurand: string, used: Set<Measured>): number | null {
  const here = measured.filter((one) => one.measurand === measurand && one.outlet && one.value !== null);
  const whole = here.find((one) => one.phase === null);
  if (whole !== undefined) return take(whole, used);
  const phases = here.filter((one) => one.phase !== null && PHASES.includes(lineOf(one.phase)));
  if (phases.length === 0) return null;
  return phases.reduce((sum, one) => sum + (take(one, used) ?? 0), 0);
}

/** State of charge is measured in the vehicle, whatever location the station names. */
function evSoc(measured: readonly Measured[], used: Set<Measured>): number | null {
  const one = measured.find((candidate) => candidate.measurand === 'SoC' && candidate.value !== null);
  return one === undefined ? null : take(one, used);
}

function perPhase(measured: readonly Measured[], measurand: string, used: Set<Measured>): (number | null)[] {
  const here = measured.filter((one) => one.measurand === measurand && one.outlet && one.value !== null);
  const lines = PHASES.map((line) => here.find((one) => one.phase !== null && lineOf(one.phase) === line));
  if (lines.some((one) => one !== undefined)) return lines.map((one) => (one === undefined ? null : take(one, used)));
  const whole = here.find((one) => one.phase === null);
  return whole === undefined ? [] : [take(whole, used)];
}

/** `L1-N` is L1 against neutral; `L1-L2` is no line's own. */
function lineOf(phase: string): string {
  return phase.endsWith('-N') ? phase.slice(0, -2) : phase;
}

function take(one: Measured, used: Set<Measured>): number | null {
  used.add(one);
  return one.value;
}
