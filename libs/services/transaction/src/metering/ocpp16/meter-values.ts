import { readBy, stationNumber } from '@voltbus/contracts';
import type { Lacking, v16 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany } from '@voltbus/service';
import type { Readings } from '../readings';
import { readings16Of } from './readings';

type Message = StationMessage<Lacking<v16.MeterValuesRequest, 'connectorId'>>;

/** Section 4.7. An id of 0 or -1 names no transaction: such readings find theirs by connector and time. */
export function meterValues(readings: Readings): StoreMany<v16.MeterValuesRequest, v16.MeterValuesResponse> {
  return {
    shape: 'batch',
    store: (messages: Message[]) =>
      readings.store(
        messages.map(({ ref, payload: { connectorId, transactionId, meterValue }, receivedAt, quirks }) => {
          const transaction = transactionId !== undefined && transactionId > 0 ? String(transactionId) : '';
          return {
            ref,
            readings: readings16Of(meterValue, { evse: stationNumber(connectorId), transaction, readBy: readBy(quirks) }, receivedAt),
          };
        }),
      ),
  };
}
