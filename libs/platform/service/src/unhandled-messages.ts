import { withoutSecrets, type Action, type Family } from '@voltbus/ocpp';
import { answer, type ActionAnswer, type StationMessage } from './answers';
import { UNHANDLED_MESSAGES_ALLOWANCE, type StationAllowance } from './station-allowance';

/** What bounds a table of kept messages, as docs/reference/limits.md says it. */
export const UNHANDLED_MESSAGES_BOUND = `of a station, ${UNHANDLED_MESSAGES_ALLOWANCE.burst} at once and ${UNHANDLED_MESSAGES_ALLOWANCE.perDay} a day, each further ${UNHANDLED_MESSAGES_ALLOWANCE.unitBytes} bytes as one more: beyond, they are answered and counted, and not kept`;

/** Rows of messages that are kept as they came, but for their secrets: as many of a station as it may have kept. By the names of their columns. */
export function unhandledMessageRows(said: readonly StationMessage[], allowance: Pick<StationAllowance, 'within'>) {
  return allowance
    .within(said, ({ payload }) => Buffer.byteLength(JSON.stringify(payload)))
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

/** Stores the messages of an action that no rule acts on, and answers them by `response`; without it by an empty response. */
export function answerUnhandled<Name extends string, Request, Response>(
  store: { writeMany(messages: readonly StationMessage[]): Promise<void> },
  action: Action<Family, Name, Request, Response, 'station' | 'both'>,
  response?: NoInfer<(message: StationMessage<Request>) => Response>,
): ActionAnswer {
  const answered = response === undefined ? {} : { answer: response };
  return answer(action, { shape: 'batch', store: (messages) => store.writeMany(messages), ...answered });
}
