import { withoutSecrets } from '@voltbus/ocpp';
import type { StationMessage } from './answers';
import { UNHANDLED_MESSAGES_ALLOWANCE, type StationAllowance } from './station-allowance';

/** The bound of a table of unhandled messages, as docs/reference/limits.md shows it. */
export const UNHANDLED_MESSAGES_BOUND = `of a station, ${UNHANDLED_MESSAGES_ALLOWANCE.burst} at once and ${UNHANDLED_MESSAGES_ALLOWANCE.perDay} a day, each further ${UNHANDLED_MESSAGES_ALLOWANCE.unitBytes} bytes as one more: beyond that, messages are answered and counted, but not stored`;

/** Returns rows by column name for the messages within the station's allowance: as received, but without secrets. */
export function unhandledMessageRows(messages: readonly StationMessage[], allowance: Pick<StationAllowance, 'within'>) {
  return allowance
    .within(messages, ({ payload }) => Buffer.byteLength(JSON.stringify(payload)))
    .map(({ ref: { tenant, station }, receivedAt, action, messageId, protocol, payload }) => ({
      tenant,
      station,
      received_at: receivedAt,
      action,
      message_id: String(messageId),
      protocol,
      payload: withoutSecrets(payload),
    }));
}
