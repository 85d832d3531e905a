import type { Migration } from '@voltbus/database';

/** Payments at stations (C21, C22), and QR codes that drivers pay by (C25). */
export const paymentMigration: Migration = {
  id: '0100-payment',
  sql: `
CREATE TABLE transactions.settlements (
  tenant text NOT NULL,
  station text NOT NULL,
  psp_ref text NOT NULL,
  status text NOT NULL,
  settled_at timestamptz NOT NULL,
  -- The OCPP transaction id, or '' where the station named none.
  ocpp_transaction_id text NOT NULL,
  amount numeric NOT NULL,
  -- The other members of NotifySettlement.
  said jsonb NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, psp_ref, status, settled_at)
);
CREATE INDEX settlements_by_time ON transactions.settlements (tenant, settled_at DESC);
CREATE INDEX settlements_by_transaction ON transactions.settlements (tenant, station, ocpp_transaction_id);
CREATE INDEX settlements_by_age ON transactions.settlements (received_at);

CREATE TABLE transactions.qr_codes (
  tenant text NOT NULL,
  station text NOT NULL,
  -- 0 stands for every EVSE that has no row of its own.
  evse integer NOT NULL,
  url_template text NOT NULL,
  -- These three belong to one-time codes; they are null where the address is always the same.
  validity_seconds integer,
  code_length integer,
  -- Encrypted with the pepper of the installation.
  closed_secret bytea,
  PRIMARY KEY (tenant, station, evse),
  CHECK (num_nonnulls(validity_seconds, code_length, closed_secret) IN (0, 3))
);
`,
};
