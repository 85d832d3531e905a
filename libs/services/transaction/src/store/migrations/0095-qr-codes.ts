import type { Migration } from '@voltbus/database';

/** What stations show, or have stuck on them, for drivers to pay by (C25). */
export const qrCodesMigration: Migration = {
  id: '0095-qr-codes',
  sql: `
CREATE TABLE transactions.qr_codes (
  tenant text NOT NULL,
  station text NOT NULL,
  -- 0: every EVSE without its own
  evse integer NOT NULL,
  url_template text NOT NULL,
  -- of one-time codes; null: the address is always the same
  validity_seconds integer,
  code_length integer,
  -- unreadable without the pepper
  closed_secret bytea,
  PRIMARY KEY (tenant, station, evse),
  CHECK (num_nonnulls(validity_seconds, code_length, closed_secret) IN (0, 3))
);
`,
};
