import { DOWNLINK, META_HEADER, packDownlink, stationKey, type DownlinkMeta, type StationRef } from '@voltbus/contracts';
import { publishInSpan, type Bus } from '@voltbus/bus';

const NOTHING = Buffer.alloc(0);

/** Puts a record on a gateway's bucket of the downlink. Resolves when the bus has it; rejects as `Bus.publish` does. */
export function publishDownlink(
  bus: Bus,
  to: { ref: StationRef; bucket: number },
  meta: DownlinkMeta,
  value: Uint8Array | string = NOTHING,
): Promise<void> {
  return publishInSpan({
    bus,
    topic: DOWNLINK,
    record: (trace) => ({
      key: stationKey(to.ref),
      partition: to.bucket,
      value: typeof value === 'string' ? Buffer.from(value) : value,
      headers: { [META_HEADER]: packDownlink({ ...meta, trace }) },
    }),
  });
}
