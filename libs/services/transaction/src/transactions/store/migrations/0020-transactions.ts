import type { Migration } from '@voltbus/database';

/** Transactions and the messages they are made of. A transaction's id is derived from its tenant, station and reference. */
export const transactionsMigration: Migration = {
  id: '0020-transactions',
  sql: `
CREATE TABLE transactions.transactions (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  -- Unique at its station.
  reference text NOT NULL,
  protocol text NOT NULL,
  evse integer,
  token text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- The transaction's readings and messages are too old to be kept, and nothing changes it any more.
  sealed_at timestamptz,
  -- OCPP 1.6: a StartTransaction with the same key may be a repeat of this one, which was received at start_received_at.
  start_key text,
  start_received_at timestamptz,
  -- The state that the station's messages are applied to.
  state jsonb NOT NULL,
  -- The transaction as the API shows it.
  view jsonb NOT NULL,
  -- The end as it was last published; revision counts its changes.
  ended jsonb,
  revision integer NOT NULL,
  updates integer NOT NULL,
  -- The last revision that is billed: cdr is reminded of a later one, counted from told_at.
  settled_revision integer NOT NULL DEFAULT 0,
  told_at timestamptz,
  -- The last message about the transaction was received at heard_at. said_at is the latest instant that any of them reports, by the station's clock; null means heard_at.
  heard_at timestamptz NOT NULL DEFAULT now(),
  said_at timestamptz,
  -- The station was queried about this transaction since it was last heard of.
  asked_at timestamptz,
  -- The transaction's connector was reported available: received at freed_at, and valid from freed_said_at by the station's clock.
  freed_at timestamptz,
  freed_said_at timestamptz,
  -- The running cost was last sent then; infinity for a station that does not support it.
  cost_sent_at timestamptz,
  cost_sent numeric,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX transactions_by_start ON transactions.transactions (tenant, started_at DESC, id DESC);
CREATE INDEX transactions_by_station ON transactions.transactions (tenant, station, started_at DESC, id DESC);
CREATE INDEX transactions_by_token ON transactions.transactions (tenant, token, started_at DESC);
CREATE INDEX transactions_by_start_key ON transactions.transactions (tenant, station, start_key) WHERE start_key IS NOT NULL;
CREATE INDEX transactions_by_ocpp_id ON transactions.transactions (tenant, station, (state ->> 'ocppTransactionId'), started_at DESC);
CREATE INDEX transactions_open ON transactions.transactions (tenant, station, evse) WHERE ended_at IS NULL;
CREATE INDEX transactions_open_by_token ON transactions.transactions (tenant, token) WHERE ended_at IS NULL;
CREATE INDEX transactions_silent ON transactions.transactions (heard_at) WHERE ended_at IS NULL;
CREATE INDEX transactions_unsettled ON transactions.transactions (told_at) WHERE ended_at IS NOT NULL AND settled_revision < revision;
CREATE INDEX transactions_unsealed ON transactions.transactions (started_at) WHERE sealed_at IS NULL;
CREATE INDEX transactions_sealed ON transactions.transactions (started_at) WHERE sealed_at IS NOT NULL;

-- Messages of stations about transactions, each stored once and with its answer; their meter values are in readings.
CREATE TABLE transactions.events (
  tenant text NOT NULL,
  station text NOT NULL,
  -- The reference of the transaction.
  transaction text NOT NULL,
  -- The business key within the transaction: a repeated message has the same.
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

-- Messages that do not name their transaction, and the one that each was matched to: stops of 1.6 without a valid id, and starts that are repeated with
-- another time. A repeat of the message belongs to the same transaction, whichever is open by then.
CREATE TABLE transactions.matched_stops (
  tenant text NOT NULL,
  station text NOT NULL,
  -- The content by which a repeat is recognised.
  said text NOT NULL,
  transaction uuid NOT NULL,
  PRIMARY KEY (tenant, station, said)
);

-- Transactions that an operator ended or corrected.
CREATE TABLE transactions.operator_actions (
  tenant text NOT NULL,
  transaction uuid NOT NULL,
  nth integer NOT NULL,
  action text NOT NULL,
  by text NOT NULL,
  at timestamptz NOT NULL,
  reason text NOT NULL,
  -- The request.
  asked jsonb NOT NULL,
  -- The transaction as the API showed it before and after the action.
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  PRIMARY KEY (tenant, transaction, nth)
);
CREATE INDEX operator_actions_by_age ON transactions.operator_actions (at);
`,
};
