import type { Migration } from '@voltbus/database';

/** Messages that no rule acts on, stored as received. */
export const unhandledMessagesMigration: Migration = {
  id: '0080-unhandled-messages',
  sql: `
CREATE TABLE device_config.messages (
  tenant text NOT NULL,
  station text NOT NULL,
  received_at timestamptz NOT NULL,
  action text NOT NULL,
  message_id text NOT NULL,
  protocol text NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (tenant, station, received_at, action, message_id)
);
CREATE INDEX messages_by_age ON device_config.messages (received_at);
`,
};
