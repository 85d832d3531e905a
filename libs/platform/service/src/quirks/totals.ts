const DEFAULT_MEASURAND = 'Energy.Active.Import.Register';
/** Single phases; a value between two phases is no part of a total. */
const PHASES: ReadonlySet<unknown> = new Set(['L1', 'L2', 'L3', 'L1-N', 'L2-N', 'L3-N']);

/** The sampled values without totals of which a phase is there too; null: there are none to leave out. */
export function withoutTotals(samples: readonly unknown[]): unknown[] | null {
  const inPhases = new Set(samples.filter((sample) => PHASES.has(partsOf(sample).phase)).map(kindOf));
  const left = samples.filter((sample) => !isTotal(sample) || !inPhases.has(kindOf(sample)));
  return left.length === samples.length ? null : left;
}

function isTotal(sample: unknown): boolean {
  const { phase, format } = partsOf(sample);
  return typeof sample === 'object' && sample !== null && (phase === undefined || phase === null) && format !== 'SignedData';
}

function kindOf(sample: unknown): string {
  const { measurand = DEFAULT_MEASURAND, location = 'Outlet', context = 'Sample.Periodic' } = partsOf(sample);
  return JSON.stringify([measurand, location, context]);
}

function partsOf(sample: unknown): Readonly<Record<string, unknown>> {
  return typeof sample === 'object' && sample !== null ? (sample as Record<string, unknown>) : {};
}
