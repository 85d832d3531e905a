/** Steps that registers are known to count in, Wh; finer ones make no difference here. */
const STEPS = [1_000, 100, 10];
/** One value may be round by chance: a thousand counts only where two values show it. */
const SURE_OF_ONE = 100;

/**
 * The steps in which a register counts: the largest of which all its values are multiples. 1 where there is none. A sum
 * of phases rises by the steps of all of them, which may come together.
 */
export function resolutionOf(values: readonly number[], phases: number): { wh: number; values: number } {
  const distinct = [...new Set(values.filter((wh) => wh > 0))];
  const step = STEPS.find(
    (wh) => distinct.length > 0 && distinct.every((value) => value % wh === 0) && (distinct.length > 1 || wh <= SURE_OF_ONE),
  );
  return { wh: (step ?? 1) * Math.max(1, phases), values: distinct.length };
}
