import type { EntityManager } from 'typeorm';
import type { Statement } from './statement';

/** One of several works that share a database transaction. */
interface SharedWork {
  /** Runs the statement, perhaps as one with equal ones of the other works. */
  run(statement: Statement, values: readonly unknown[]): Promise<unknown[]>;
  /** Waits for the end of another work of the transaction that has taken the name. A work takes one name at most. */
  takeTurn(name: string): Promise<void>;
}

const works = new WeakMap<EntityManager, SharedWork>();

/** An entity manager of one work: statements that are prepared with it are the work's. */
export function managerOfWork(manager: EntityManager, work: SharedWork): EntityManager {
  const own = Object.create(manager) as EntityManager; // all that TypeORM gives it, and an identity of its own
  works.set(own, work);
  return own;
}

export function workOf(manager: EntityManager): SharedWork | undefined {
  return works.get(manager);
}
