import type { StationRef } from '@voltbus/contracts';
import type { Reading } from './domain/reading';
import type { Happenings } from './happenings';
import type { StationReading, TypeormReadings } from './store/typeorm-readings';
import type { TypeormSilence } from './store/typeorm-silence';
import type { TypeormTransactions } from './store/typeorm-transactions';
import type { Transactions } from './transactions';

/** Readings that come by themselves, from many stations at once: one write for all of them. */
export class Readings {
  constructor(
    private readonly parts: {
      store: TypeormReadings;
      silence: Pick<TypeormSilence, 'heard'>;
      transactions: Transactions;
      transactionStore: TypeormTransactions;
      happenings: Happenings;
      now(): Date;
    },
  ) {}

  /** Stores them; then takes up again what had ended before one of its readings came. */
  async store(batch: readonly { ref: StationRef; readings: readonly Reading[] }[]): Promise<void> {
    const { store, silence, transactions, transactionStore, happenings, now } = this.parts;
    const rows: StationReading[] = batch.flatMap(({ ref, readings }) => readings.map((reading) => ({ ...reading, ref })));
    if (rows.length === 0) return;
    await store.writeMany(rows);
    happenings.readingsStored(rows.length);
    const named = rows
      .filter(({ transaction }) => transaction !== '')
      .map(({ ref, transaction, time }) => ({ ref, reference: transaction, at: time.at }));
    if (named.length === 0) return;
    await silence.heard(named, now());
    for (const { ref, id, lastAt } of await transactionStore.endedAmong(named)) await transactions.revise(ref, id, lastAt);
  }
}
