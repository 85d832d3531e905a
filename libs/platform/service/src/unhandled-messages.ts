import type { Protocol } from '@voltbus/contracts';
import type { Migration, TableDeclaration } from '@voltbus/database';
import { withoutSecrets, type Action, type Family } from '@voltbus/ocpp';
import { answer, type ActionAnswer, type StationMessage } from './answers';
import { UNHANDLED_MESSAGES_ALLOWANCE, type StationAllowance } from './station-allowance';

/** A message that is stored with a key instead of its message id: the key makes a repetition of it the same. */
export interface UnhandledMessage {
  protocol: Protocol;
  action: string;
  key: string;
  receivedAt: Date;
  payload: unknown;
}

/** The table of a service's unhandled messages. */
export interface UnhandledMessagesTable {
  schema: string;
  name: string;
}

const BOUND = `of a station, ${UNHANDLED_MESSAGES_ALLOWANCE.burst} at once and ${UNHANDLED_MESSAGES_ALLOWANCE.perDay} a day, each further ${UNHANDLED_MESSAGES_ALLOWANCE.unitBytes} bytes as one more: beyond, they are answered and counted, and not kept`;

export function unhandledMessagesDeclaration({ name }: UnhandledMessagesTable, holds: string): TableDeclaration {
  return {
    name,
    holds,
    madeBy: 'stations',
    bound: BOUND,
    tenant: 'tenant',
    station: 'station',
    keeping: { kind: 'aged', column: 'received_at', days: 'MESSAGES' },
    tokens: [{ how: 'removed', columns: ['payload'] }],
  };
}

export function unhandledMessagesMigration(id: string, { schema, name }: UnhandledMessagesTable): Migration {
  return {
    id,
    sql: `
CREATE TABLE ${schema}.${name} (
  tenant text NOT NULL,
  station text NOT NULL,
  received_at timestamptz NOT NULL,
  action text NOT NULL,
  message_id text NOT NULL,
  protocol text NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (tenant, station, received_at, action, message_id)
);
CREATE INDEX ${name}_by_age ON ${schema}.${name} (received_at);
`,
  };
}

/** Rows of messages that are stored as they came, but for their secrets, by the names of their columns: as many of a station as its allowance has room for. */
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

/** Stores the messages of an action that no rule acts on, and answers them by `response`; without it by an empty response. */
export function answerUnhandled<Name extends string, Request, Response>(
  store: { writeMany(messages: readonly StationMessage[]): Promise<void> },
  action: Action<Family, Name, Request, Response, 'station' | 'both'>,
  response?: NoInfer<(message: StationMessage<Request>) => Response>,
): ActionAnswer {
  const answered = response === undefined ? {} : { answer: response };
  return answer(action, { shape: 'batch', store: (messages) => store.writeMany(messages), ...answered });
}
