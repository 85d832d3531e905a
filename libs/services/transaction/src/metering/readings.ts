import type { StationRef } from '@voltbus/contracts';
import type { Reading } from './domain/reading';
import type { TransactionTelemetry } from '../telemetry';
import type { TypeormUnnamedReadings } from './store/typeorm-unnamed-readings';
import type { StationReading, TypeormReadings } from './store/typeorm-readings';
import type { TypeormStaleTransactions } from '../stale-transactions/store/typeorm-stale-transactions';
import type { TypeormTransactions } from '../transactions/store/typeorm-transactions';
import type { Transactions } from '../transactions/transactions';

/** Readings that come by themselves, from many stations at once: one write for all of them. */
export class Readings {
  constructor(
    private readonly parts: {
      store: TypeormReadings;
      unnamedReadings: TypeormUnnamedReadings;
      staleTransactions: Pick<TypeormStaleTransactions, 'recordActivity' | 'recordActivityAt' | 'suspectOlder'>;
      transactions: Transactions;
      transactionStore: TypeormTransactions;
      telemetry: TransactionTelemetry;
      now(): Date;
    },
  ) {}

  /** Stores them; then takes up again what had ended before one of its readings came. */
  async store(batch: readonly { ref: StationRef; readings: readonly Reading[] }[]): Promise<void> {
    const { store, unnamedReadings, transactions, telemetry } = this.parts;
    const said: StationReading[] = batch.flatMap(({ ref, readings }) => readings.map((reading) => ({ ...reading, ref })));
    if (said.length === 0) return;
    const rows = await unnamedReadings.withoutUnknownNames(said);
    await store.writeMany(rows);
    telemetry.readingsStored(rows.length);
    await this.noticeNameless(rows);
    const late = [...(await this.lateAmongNamed(rows)), ...(await unnamedReadings.endedAround(rows))];
    for (const { ref, id, lastAt } of late) await transactions.revise(ref, id, lastAt);
  }

  private async noticeNameless(rows: readonly StationReading[]): Promise<void> {
    const unnamedReadings = rows.filter(({ transaction }) => transaction === '');
    await this.parts.staleTransactions.recordActivityAt(
      unnamedReadings.map(({ ref, evse, context, time }) => ({ ref, evse, context, at: time.at })),
      this.parts.now(),
    );
  }

  private async lateAmongNamed(rows: readonly StationReading[]): ReturnType<TypeormTransactions['endedAmong']> {
    const { staleTransactions, transactionStore, now } = this.parts;
    const named = rows
      .filter(({ transaction }) => transaction !== '')
      .map(({ ref, transaction, time }) => ({ ref, reference: transaction, at: time.at }));
    if (named.length === 0) return [];
    await staleTransactions.recordActivity(named, now());
    await staleTransactions.suspectOlder(named, now());
    return transactionStore.endedAmong(named);
  }
}
