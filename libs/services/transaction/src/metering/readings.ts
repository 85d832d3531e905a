import type { StationRef } from '@voltbus/contracts';
import type { TransactionTelemetry } from '../telemetry';
import type { Reading } from './domain/reading';
import type { StationReading, TypeormReadings } from './store/typeorm-readings';
import type { TypeormUnnamedReadings } from './store/typeorm-unnamed-readings';

/** Called with readings once they are stored; what it rejects with, the batch rejects with, and is stored again. */
type ReadingsListener = (readings: readonly StationReading[]) => Promise<void>;

/** Readings that come outside of transaction messages, from many stations at once: one write for all of them. */
export class Readings {
  private readonly listeners: ReadingsListener[] = [];

  constructor(
    private readonly parts: {
      store: Pick<TypeormReadings, 'writeMany'>;
      unnamedReadings: Pick<TypeormUnnamedReadings, 'withoutUnknownNames'>;
      telemetry: TransactionTelemetry;
    },
  ) {}

  /** For blocks above this one, when they are built. */
  onStored(listener: ReadingsListener): void {
    this.listeners.push(listener);
  }

  async store(batch: readonly { ref: StationRef; readings: readonly Reading[] }[]): Promise<void> {
    const { store, unnamedReadings, telemetry } = this.parts;
    const received: StationReading[] = batch.flatMap(({ ref, readings }) => readings.map((reading) => ({ ...reading, ref })));
    if (received.length === 0) return;
    const rows = await unnamedReadings.withoutUnknownNames(received);
    await store.writeMany(rows);
    telemetry.readingsStored(rows.length);
    for (const listener of this.listeners) await listener(rows);
  }
}
