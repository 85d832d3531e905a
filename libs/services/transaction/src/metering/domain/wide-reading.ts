import { byPreference, exactWh, OUTLET, PHASES, totalsInOrder, type Registers } from './registers';

/**
 * Measured values by `measurand|phase|location`; phase and location are empty where they are the whole and the outlet.
 */
export type Samples = Readonly<Record<string, { value: number | string; unit?: string }>>;

export const REGISTER = 'Energy.Active.Import.Register';
const INTERVAL = 'Energy.Active.Import.Interval';
const POWER = 'Power.Active.Import';
const VOLTAGE = 'Voltage';
const CURRENT = 'Current.Import';
export const SOC = 'SoC';

/** The measured values of a wide row. */
export interface Columns {
  /** Energy.Active.Import.Register over all phases, Wh. */
  energyWh: number | null;
  /** Energy.Active.Import.Interval over all phases, Wh. */
  intervalWh: number | null;
  powerW: number | null;
  /** L1, L2, L3 against neutral; a single-phase meter has one. */
  voltages: (number | null)[];
  currents: (number | null)[];
  soc: number | null;
  /** Measurements without a column: `measurand|phase|location` to value and unit. */
  rest: Record<string, { value: number | string; unit?: string }>;
}

/**
 * Derives the columns of a wide row, and `rest` for the samples without one, from all the samples of the instant in
 * whatever parts they arrived.
 */
export function columnsOf(samples: Samples, registers: Registers): Columns {
  const of = (measurand: string) => numbersOf(samples, measurand);
  return {
    energyWh: totalsInOrder(registers).at(-1)?.[0]?.wh ?? null,
    intervalWh: totalOf(of(INTERVAL)),
    powerW: totalOf(of(POWER)),
    voltages: perPhase(of(VOLTAGE)),
    currents: perPhase(of(CURRENT)),
    soc: of(SOC)[0]?.value ?? null,
    rest: restOf(samples, registers),
  };
}

/** The samples that a stored row was made of: `columnsOf` leaves out of `rest` only those that the columns hold. */
export function samplesOf(row: Omit<Columns, 'intervalWh'>): Samples {
  const samples: Record<string, { value: number | string; unit?: string }> = { ...row.rest };
  const add = (name: string, value: number | null | undefined) => {
    const measurand = name.split('|')[0] ?? '';
    if (value === null || value === undefined || Object.keys(row.rest).some((known) => known.startsWith(`${measurand}|`))) return;
    samples[name] = { value };
  };
  add(`${REGISTER}||`, row.energyWh);
  add(`${POWER}||`, row.powerW);
  add(`${SOC}||`, row.soc);
  for (const [measurand, values] of [[VOLTAGE, row.voltages] as const, [CURRENT, row.currents] as const])
    if (values.length === 1) add(`${measurand}||`, values[0]);
    else PHASES.forEach((phase, at) => add(`${measurand}|${phase}|`, values[at]));
  return samples;
}

interface Numbered {
  phase: string;
  location: string;
  value: number;
}

function numbersOf(samples: Samples, measurand: string): Numbered[] {
  return Object.entries(samples)
    .filter(([name]) => name.startsWith(`${measurand}|`))
    .flatMap(([name, { value }]) => {
      const [, phase = '', location = ''] = name.split('|');
      return typeof value === 'number' ? [{ phase, location: location || OUTLET, value }] : [];
    });
}

/** The value over all phases at the most preferred location; without one, the sum of its phases (quirk 43). */
function totalOf(numbers: readonly Numbered[]): number | null {
  for (const here of byLocation(numbers)) {
    const whole = here.find(({ phase }) => phase === '');
    if (whole !== undefined) return whole.value;
    const parts = here.filter(({ phase }) => PHASES.includes(phase));
    if (parts.length > 0) return exactWh(parts.reduce((sum, { value }) => sum + value, 0));
  }
  return null;
}

function perPhase(numbers: readonly Numbered[]): (number | null)[] {
  for (const here of byLocation(numbers)) {
    const lines = PHASES.map((line) => here.find(({ phase }) => phase === line)?.value ?? null);
    if (lines.some((value) => value !== null)) return lines;
    const whole = here.find(({ phase }) => phase === '');
    if (whole !== undefined) return [whole.value];
  }
  return [];
}

function byLocation(numbers: readonly Numbered[]): Numbered[][] {
  const locations = [...new Set(numbers.map(({ location }) => location))].sort(byPreference);
  return locations.map((location) => numbers.filter((one) => one.location === location));
}

/** The samples that the columns do not hold completely. Of a measurand either all samples are here, or none. */
function restOf(samples: Samples, registers: Registers): Record<string, { value: number | string; unit?: string }> {
  const names = Object.keys(samples);
  const only = (measurand: string, allowed: readonly string[]): boolean => {
    const here = names.filter((name) => name.startsWith(`${measurand}|`));
    return here.every((name) => typeof samples[name]?.value === 'number' && allowed.includes(name));
  };
  const lines = (measurand: string): boolean =>
    only(measurand, [`${measurand}||`]) ||
    only(
      measurand,
      PHASES.map((phase) => `${measurand}|${phase}|`),
    );
  const inColumns = new Set(
    [POWER, SOC]
      .filter((measurand) => only(measurand, [`${measurand}||`]))
      .concat([VOLTAGE, CURRENT].filter((measurand) => lines(measurand))),
  );
  if (only(REGISTER, [`${REGISTER}||`]) && Object.keys(registers).length > 0) inColumns.add(REGISTER);
  return Object.fromEntries(Object.entries(samples).filter(([name]) => !inColumns.has(name.split('|')[0] ?? '')));
}
