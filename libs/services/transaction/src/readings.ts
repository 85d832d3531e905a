import type { StationRef } from '@voltbus/contracts';
import type { Reading } from './domain/reading';
import type { Happenings } from './happenings';
import type { StationReading, TypeormReadings } from './store/typeorm-readings';
import type { TypeormTransactions } from './store/typeorm-transactions';
import type { Transactions } from './transactions';

/** Readings that come by themselves, from many stations at once: one write for all of them. */
export class Readings {
  constructor(
    private readonly parts: {
      store: TypeormReadings;
      transactions: Transactions;
      transactionStore: TypeormTransactions;
      happenings: Happenings;
    },
  ) {}

  /** Stores them; then takes up again what had ended before one of its readings came. */
  async store(batch: readonly { ref: StationRef; readings: readonly Reading[] }[]): Promise<void> {
    const { store, transactions, transactionStore, happenings } = this.parts;
    const rows: StationReading[] = batch.flatMap(({ ref, readings }) => readings.map((reading) => ({ ...reading, ref })));
    if (rows.length === 0) return;
    await store.writeMany(rows);
    happenings.readingsStored(rows.length);
    const named = rows.filter(({ transaction }) => transaction !== '').map(({ ref, transaction }) => ({ ref, reference: transaction }));
    if (named.length === 0) return;
    for (const { ref, id } of await transactionStore.endedAmong(named)) await transactions.revise(ref, id);
  }
}
