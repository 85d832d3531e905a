import type { StationRef } from '@voltbus/contracts';
import type { Reading } from './domain/reading';
import type { TransactionTelemetry } from './telemetry';
import type { TypeormNamelessReadings } from './store/typeorm-nameless-readings';
import type { StationReading, TypeormReadings } from './store/typeorm-readings';
import type { TypeormSilence } from './store/typeorm-silence';
import type { TypeormTransactions } from './store/typeorm-transactions';
import type { Transactions } from './transactions';

/** Readings that come by themselves, from many stations at once: one write for all of them. */
export class Readings {
  constructor(
    private readonly parts: {
      store: TypeormReadings;
      nameless: TypeormNamelessReadings;
      silence: Pick<TypeormSilence, 'heard' | 'heardAt' | 'doubtOlder'>;
      transactions: Transactions;
      transactionStore: TypeormTransactions;
      telemetry: TransactionTelemetry;
      now(): Date;
    },
  ) {}

  /** Stores them; then takes up again what had ended before one of its readings came. */
  async store(batch: readonly { ref: StationRef; readings: readonly Reading[] }[]): Promise<void> {
    const { store, nameless, transactions, telemetry } = this.parts;
    const said: StationReading[] = batch.flatMap(({ ref, readings }) => readings.map((reading) => ({ ...reading, ref })));
    if (said.length === 0) return;
    const rows = await nameless.withoutUnknownNames(said);
    await store.writeMany(rows);
    telemetry.readingsStored(rows.length);
    await this.noticeNameless(rows);
    const late = [...(await this.lateAmongNamed(rows)), ...(await nameless.endedAround(rows))];
    for (const { ref, id, lastAt } of late) await transactions.revise(ref, id, lastAt);
  }

  private async noticeNameless(rows: readonly StationReading[]): Promise<void> {
    const nameless = rows.filter(({ transaction }) => transaction === '');
    await this.parts.silence.heardAt(
      nameless.map(({ ref, evse, context, time }) => ({ ref, evse, context, at: time.at })),
      this.parts.now(),
    );
  }

  private async lateAmongNamed(rows: readonly StationReading[]): ReturnType<TypeormTransactions['endedAmong']> {
    const { silence, transactionStore, now } = this.parts;
    const named = rows
      .filter(({ transaction }) => transaction !== '')
      .map(({ ref, transaction, time }) => ({ ref, reference: transaction, at: time.at }));
    if (named.length === 0) return [];
    await silence.heard(named, now());
    await silence.doubtOlder(named, now());
    return transactionStore.endedAmong(named);
  }
}
