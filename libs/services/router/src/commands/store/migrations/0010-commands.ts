import type { Migration } from '@voltbus/database';

/** Commands, from their acceptance to their end. Payloads and answers are json and not jsonb, so that they are kept to the letter, a NUL that a station wrote included. */
export const commandsMigration: Migration = {
  id: '0010-commands',
  sql: `
CREATE TABLE router.commands (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  action text NOT NULL,
  -- Without its secrets.
  payload json NOT NULL,
  -- The payload as it must be sent, encrypted, until the command has ended; null where it has no secrets.
  sealed bytea,
  -- Of the payload as it was requested, so that a repeat is recognised; null where it has no secrets.
  fingerprint text,
  priority smallint NOT NULL,
  requested_by text NOT NULL,
  status text NOT NULL,
  response json,
  error json,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  ended_at timestamptz,
  -- While the station is offline the command waits until then.
  keep_until timestamptz,
  -- The command is not written to a socket after this instant.
  send_by timestamptz NOT NULL,
  -- The router ends the command then.
  end_by timestamptz NOT NULL,
  -- No dispatcher looks at the command before then: another one has it in hand, or it could not be sent anyway.
  look_at timestamptz NOT NULL,
  attempts smallint NOT NULL DEFAULT 0,
  -- The address is written before the call is published: from then on it may have been sent.
  inst text,
  bucket smallint,
  epoch bigint,
  -- The connection that turned out not to be there, which is not tried again.
  refused_epoch bigint,
  -- Null until the bus has acknowledged the call to the present address.
  dispatched_at timestamptz,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX commands_by_age ON router.commands (tenant, created_at DESC, id DESC);
CREATE INDEX commands_by_station ON router.commands (tenant, station, created_at DESC, id DESC);
CREATE INDEX commands_to_dispatch ON router.commands (look_at) WHERE status = 'queued' AND dispatched_at IS NULL;
CREATE INDEX commands_open ON router.commands (end_by) WHERE status IN ('queued', 'sent');
CREATE INDEX commands_open_by_station ON router.commands (tenant, station) WHERE status IN ('queued', 'sent');
CREATE INDEX commands_to_forget ON router.commands (ended_at) WHERE ended_at IS NOT NULL;
`,
};
