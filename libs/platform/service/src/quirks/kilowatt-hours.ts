import { isDecimal } from '@voltbus/contracts';

const REGISTERS: ReadonlySet<string> = new Set(['meterStart', 'meterStop']);
const DEFAULT_MEASURAND = 'Energy.Active.Import.Register';
/** Digits of a fraction of a Wh that are kept. */
const DIGITS = 6;

/** A register of 1.6 (`meterStart`, `meterStop`) in Wh; null: it is none, or no number. */
export function registerInWh(name: string, written: unknown): number | null {
  return REGISTERS.has(name) ? (thousandfold(written) ?? null) : null;
}

/** A sampled value of energy in Wh; null: it is of something else, has another unit, or is no number. */
export function sampleInWh(sample: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  const { measurand = DEFAULT_MEASURAND, unit, unitOfMeasure, value, format } = sample;
  if (typeof measurand !== 'string' || !measurand.startsWith('Energy.') || format === 'SignedData') return null;
  if (!isWh(unit) || !isPlainWh(unitOfMeasure)) return null;
  const wh = thousandfold(value);
  if (wh === undefined) return null;
  return { ...sample, value: typeof value === 'string' ? String(wh) : wh };
}

/** Of 2.x. A power of ten shows that the station knows what it says. */
function isPlainWh(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return true;
  const { unit, multiplier = 0 } = given as { unit?: unknown; multiplier?: unknown };
  return isWh(unit) && multiplier === 0;
}

/** Of energy: active, reactive or apparent. A prefix shows that the station knows what it says. */
function isWh(unit: unknown): boolean {
  return unit === undefined || unit === null || (typeof unit === 'string' && ['', 'wh', 'varh', 'vah'].includes(unit.trim().toLowerCase()));
}

function thousandfold(written: unknown): number | undefined {
  const text = typeof written === 'number' ? String(written) : typeof written === 'string' ? written.trim() : '';
  if (!isDecimal(text)) return undefined;
  const wh = Number((Number(text) * 1_000).toFixed(DIGITS));
  return Number.isFinite(wh) ? wh : undefined;
}
