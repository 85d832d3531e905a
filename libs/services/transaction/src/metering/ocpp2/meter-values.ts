import { readBy, stationNumber } from '@voltbus/contracts';
import type { Lacking, v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import type { Readings } from '../readings';
import { readings2Of } from './readings';

/** J01: readings outside transactions, clock aligned; EVSE 0 is the whole station. */
export function meterValues(readings: Readings): StoreMany<v21.MeterValuesRequest, v21.MeterValuesResponse> {
  return {
    shape: 'batch',
    store: (messages: StationMessage<Lacking<v21.MeterValuesRequest, 'evseId'>>[]) =>
      readings.store(
        messages.map(({ ref, payload: { evseId, meterValue }, receivedAt, quirks }) => ({
          ref,
          readings: readings2Of(meterValue, { evse: stationNumber(evseId), transaction: '', readBy: readBy(quirks) }, receivedAt),
        })),
      ),
  };
}
