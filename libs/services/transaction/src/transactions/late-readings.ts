import type { StationReading, TypeormUnnamedReadings } from '../metering';
import type { TypeormActivity } from './store/typeorm-activity';
import type { TypeormTransactions } from './store/typeorm-transactions';
import type { Transactions } from './transactions';

interface LateReadingsParts {
  activity: TypeormActivity;
  unnamedReadings: Pick<TypeormUnnamedReadings, 'endedAround'>;
  store: Pick<TypeormTransactions, 'endedAmong'>;
  transactions: Pick<Transactions, 'revise'>;
  now(): Date;
}

/**
 * What stored readings mean for transactions: they show activity of the open ones, and may change the summary of those
 * that have ended.
 */
export class LateReadings {
  constructor(private readonly parts: LateReadingsParts) {}

  async onStored(readings: readonly StationReading[]): Promise<void> {
    const { unnamedReadings, transactions } = this.parts;
    await this.recordUnnamed(readings);
    const late = [...(await this.recordNamed(readings)), ...(await unnamedReadings.endedAround(readings))];
    for (const { ref, id, lastAt } of late) await transactions.revise(ref, id, lastAt);
  }

  private async recordUnnamed(readings: readonly StationReading[]): Promise<void> {
    const unnamed = readings.filter(({ transaction }) => transaction === '');
    await this.parts.activity.recordActivityAt(
      unnamed.map(({ ref, evse, context, time }) => ({ ref, evse, context, at: time.at })),
      this.parts.now(),
    );
  }

  private async recordNamed(readings: readonly StationReading[]): ReturnType<TypeormTransactions['endedAmong']> {
    const { activity, store, now } = this.parts;
    const named = readings
      .filter(({ transaction }) => transaction !== '')
      .map(({ ref, transaction, time }) => ({ ref, reference: transaction, at: time.at }));
    if (named.length === 0) return [];
    await activity.recordActivity(named, now());
    await activity.suspectOlder(named, now());
    return store.endedAmong(named);
  }
}
