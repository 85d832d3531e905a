import type { StationRef } from '@voltbus/contracts';
import type { DataTransferVendor } from './vendor';

/** The example of docs/how-to/add-a-data-transfer-vendor.md: stations that report their temperature: `Temperature` with `{"celsius": 41.5}`. */
export function thermometer(keep: (station: StationRef, celsius: number) => Promise<void>): DataTransferVendor {
  return {
    vendorId: 'com.example.thermometer',
    async answer({ ref, messageId, data }) {
      if (messageId !== 'Temperature') return { status: 'UnknownMessageId' };
      const celsius = celsiusIn(data);
      if (celsius === null) return { status: 'Rejected' };
      await keep(ref, celsius); // the same message may be delivered again: storing it twice must be harmless
      return { status: 'Accepted' };
    },
  };
}

/** Null when there is no number. OCPP 1.6 carries a string; some stations send the object itself. */
function celsiusIn(data: unknown): number | null {
  try {
    const { celsius } = (typeof data === 'string' ? JSON.parse(data) : data) as { celsius?: unknown };
    return typeof celsius === 'number' ? celsius : null;
  } catch {
    return null;
  }
}
