import type { EntityManager } from 'typeorm';
import { prepared } from '../connection/typeorm-prepared';
import { managerOfWork } from '../connection/typeorm-shared-work';
import { MergedRounds } from './merged-rounds';

interface SharedWork {
  perform(manager: EntityManager): Promise<unknown>;
}

/** Performs works in one database transaction, their statements merged. Rejects when one of them fails, but not before all have ended: they use the connection. */
export async function performTogether(manager: EntityManager, some: readonly SharedWork[]): Promise<unknown[]> {
  const [only, ...others] = some;
  if (only !== undefined && others.length === 0) return [await only.perform(manager)];
  const rounds = new MergedRounds((statement, values) => prepared(manager, statement, values));
  const works = some.map((one) => {
    const ended: Promise<unknown> = Promise.resolve().then(() => one.perform(own));
    const own = managerOfWork(manager, {
      run: (statement, values) => rounds.run(statement, values),
      takeTurn: (name) => rounds.takeTurn(name, ended),
    });
    return ended;
  });
  const results = await Promise.allSettled(works);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
