import type { Context } from '../context';

/** Something that must be true of the chart on a cluster. */
export interface Check {
  name: string;
  about: string;
  /** Why it is left out on this cluster; null where it can run. */
  leftOut?(context: Context): Promise<string | null> | string | null;
  /** Returns its figures in one line; rejects when it is not true. */
  run(context: Context): Promise<string>;
}

export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
