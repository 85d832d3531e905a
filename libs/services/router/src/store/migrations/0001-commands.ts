import type { Migration } from '@voltbus/database';

/** Payloads and answers are `json`, not `jsonb`: kept to the letter, a NUL that a station wrote included. */
export const commandsMigration: Migration = {
  id: '0001-commands',
  sql: `
CREATE TABLE router.commands (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  action text NOT NULL,
  payload json NOT NULL,
  priority smallint NOT NULL,
  requested_by text NOT NULL,
  status text NOT NULL,
  response json,
  error json,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  ended_at timestamptz,
  keep_until timestamptz,
  send_by timestamptz NOT NULL,
  end_by timestamptz NOT NULL,
  -- a router has it in hand until then, or there is no use in looking before
  look_at timestamptz NOT NULL,
  attempts smallint NOT NULL DEFAULT 0,
  inst text,
  bucket smallint,
  epoch bigint,
  refused_epoch bigint,
  -- null while the bus has not acknowledged the present address
  dispatched_at timestamptz,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX commands_by_age ON router.commands (tenant, created_at DESC, id DESC);
CREATE INDEX commands_by_station ON router.commands (tenant, station, created_at DESC, id DESC);
CREATE INDEX commands_to_dispatch ON router.commands (look_at) WHERE status = 'queued' AND dispatched_at IS NULL;
CREATE INDEX commands_open ON router.commands (end_by) WHERE status IN ('queued', 'sent');
CREATE INDEX commands_to_forget ON router.commands (ended_at) WHERE ended_at IS NOT NULL;
`,
};
