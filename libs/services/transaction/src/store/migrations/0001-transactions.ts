import type { Migration } from '@voltbus/database';

/** Every key begins with the tenant; everything about a station is found by tenant and station. */
export const transactionsMigration: Migration = {
  id: '0001-transactions',
  sql: `
CREATE TABLE transactions.tenants (
  tenant text PRIMARY KEY,
  unknown_tokens text NOT NULL
);

CREATE TABLE transactions.tokens (
  tenant text NOT NULL,
  -- identity: upper case, no control characters
  token text NOT NULL,
  id_token text NOT NULL,
  type text NOT NULL,
  status text NOT NULL,
  group_id text,
  expires_at timestamptz,
  concurrent boolean NOT NULL,
  PRIMARY KEY (tenant, token)
);

CREATE TABLE transactions.remote_starts (
  tenant text NOT NULL,
  station text NOT NULL,
  remote_start_id integer NOT NULL,
  token text NOT NULL,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, remote_start_id)
);
CREATE INDEX remote_starts_by_token ON transactions.remote_starts (tenant, station, token, asked_at);

CREATE TABLE transactions.transactions (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  -- unique at its station; the id derives from it
  reference text NOT NULL,
  protocol text NOT NULL,
  evse integer,
  token text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- 1.6: what makes a repeated start the same start, and when it came
  start_key text,
  start_received_at timestamptz,
  -- what reports are applied to
  state jsonb NOT NULL,
  -- as the API shows it
  view jsonb NOT NULL,
  -- as it was last told to have ended, and how often it changed since
  ended jsonb,
  revision integer NOT NULL,
  updates integer NOT NULL,
  settled_revision integer NOT NULL DEFAULT 0,
  told_at timestamptz,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX transactions_by_start ON transactions.transactions (tenant, started_at DESC, id DESC);
CREATE INDEX transactions_by_station ON transactions.transactions (tenant, station, started_at DESC, id DESC);
CREATE INDEX transactions_by_token ON transactions.transactions (tenant, token, started_at DESC);
CREATE INDEX transactions_open ON transactions.transactions (tenant, station, evse) WHERE ended_at IS NULL;
CREATE INDEX transactions_by_start_key ON transactions.transactions (tenant, station, start_key) WHERE start_key IS NOT NULL;
CREATE INDEX transactions_unsettled ON transactions.transactions (told_at) WHERE ended_at IS NOT NULL AND settled_revision < revision;

-- What stations said about transactions, each thing once, with what they were answered; readings apart.
CREATE TABLE transactions.events (
  tenant text NOT NULL,
  station text NOT NULL,
  transaction text NOT NULL,
  -- business key within the transaction
  key text NOT NULL,
  seq_no bigint NOT NULL,
  type text NOT NULL,
  at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  charging_state text,
  payload jsonb NOT NULL,
  answer jsonb,
  PRIMARY KEY (tenant, station, transaction, key)
);

-- One wide row for everything measured at one instant in one context. Partitioned by day of the credible time; what fits no day is in the default.
CREATE TABLE transactions.readings (
  tenant text NOT NULL,
  station text NOT NULL,
  -- -1: the station named none
  evse integer NOT NULL,
  -- '': none named
  transaction text NOT NULL,
  at timestamptz NOT NULL,
  context text NOT NULL,
  energy_wh double precision,
  power_w double precision,
  voltages double precision[],
  currents double precision[],
  soc double precision,
  rest jsonb,
  signed jsonb,
  -- as written, when the clock could not be believed
  raw_time text,
  PRIMARY KEY (tenant, station, transaction, at, context, evse)
) PARTITION BY RANGE (at);
CREATE TABLE transactions.readings_default PARTITION OF transactions.readings DEFAULT;

-- Messages that ask for no rule yet: kept as they came.
CREATE TABLE transactions.notices (
  tenant text NOT NULL,
  station text NOT NULL,
  received_at timestamptz NOT NULL,
  action text NOT NULL,
  message_id text NOT NULL,
  protocol text NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (tenant, station, received_at, action, message_id)
);
`,
};
