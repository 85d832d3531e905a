import type { Statement } from '../connection/statement';
import { mergeStatements } from './merge-statements';

/** Runs a statement on the connection of the database transaction. */
type Execute = (statement: Statement, values: readonly unknown[]) => Promise<unknown[]>;

interface Asked {
  statement: Statement;
  values: readonly unknown[];
  settle(rows: unknown[] | Error): void;
}

/**
 * The statements of several works in one database transaction, a round at a time: what all works that go on have asked for by then, equal statements as
 * one. Works that take the same way therefore cost about as much as one of them.
 */
export class MergedRounds {
  private asked: Asked[] = [];
  private running = false;
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly execute: Execute) {}

  run(statement: Statement, values: readonly unknown[]): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const settle = (rows: unknown[] | Error): void => (rows instanceof Error ? reject(rows) : resolve(rows));
      this.asked.push({ statement, values, settle });
      if (!this.running) void this.runRounds();
    });
  }

  /**
   * Waits for another work that has taken the name: a lock of the database does not keep works of one transaction apart. `work` settles with the work, which
   * takes one name at most: two that each wait for the other would wait for ever.
   */
  async takeTurn(name: string, work: Promise<unknown>): Promise<void> {
    if ([...this.turns].some(([other, holder]) => holder === work && other !== name)) throw new Error('a work takes one name at most');
    for (let holder = this.turns.get(name); holder !== undefined && holder !== work; holder = this.turns.get(name)) {
      await holder.catch(() => undefined);
      if (this.turns.get(name) === holder) this.turns.delete(name);
    }
    this.turns.set(name, work);
  }

  private async runRounds(): Promise<void> {
    this.running = true;
    for (;;) {
      await new Promise((turn) => setImmediate(turn)); // all works have gone on as far as they can
      const round = this.asked;
      this.asked = [];
      if (round.length === 0) break;
      for (const equal of grouped(round)) await this.runEqual(equal);
    }
    this.running = false;
  }

  private async runEqual(equal: readonly [Asked, ...Asked[]]): Promise<void> {
    const [{ statement, values }] = equal;
    try {
      if (equal.length === 1) return equal[0].settle(await this.execute(statement, values));
      const merged = mergeStatements(
        statement,
        equal.map((one) => one.values),
      );
      const rows = merged.split(await this.execute(merged.statement, merged.values));
      for (const [at, one] of equal.entries()) one.settle(rows[at] ?? []);
    } catch (error) {
      for (const one of equal) one.settle(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** Statements that cannot be merged are alone. */
function grouped(round: readonly Asked[]): [Asked, ...Asked[]][] {
  const groups = new Map<unknown, [Asked, ...Asked[]]>();
  for (const asked of round) {
    const key = asked.statement.merge === undefined ? asked : asked.statement.name;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [asked]);
    else known.push(asked);
  }
  return [...groups.values()];
}
