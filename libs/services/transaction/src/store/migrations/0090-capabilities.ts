import type { Migration } from '@voltbus/database';

/** What stations say they can do; entries taken out of the local list of single stations. */
export const capabilitiesMigration: Migration = {
  id: '0090-capabilities',
  sql: `
CREATE TABLE transactions.capabilities (
  tenant text NOT NULL,
  station text NOT NULL,
  -- the connection last heard of, and what it speaks; null until then
  epoch bigint NOT NULL,
  protocol text,
  connected boolean NOT NULL,
  -- what of it is wanted beside the local list: its limits of sessions
  limits boolean NOT NULL DEFAULT false,
  -- it must be asked
  asks boolean NOT NULL DEFAULT true,
  -- each asking has ids of its own
  serial integer NOT NULL DEFAULT 1,
  asked_at timestamptz,
  -- actions that will say more
  awaits text[] NOT NULL DEFAULT '{}',
  -- as capabilities/words.ts has it
  said jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant, station)
);
CREATE INDEX capabilities_unasked ON transactions.capabilities (asked_at) WHERE asks AND connected;
INSERT INTO transactions.capabilities (tenant, station, epoch, protocol, connected)
SELECT tenant, station, epoch, protocol, connected FROM transactions.local_lists WHERE mode = 'tokens';

-- until the token itself changes; revision: a number of the tenant's changes (0030)
CREATE TABLE transactions.erased_entries (
  tenant text NOT NULL,
  station text NOT NULL,
  token text NOT NULL,
  type text NOT NULL,
  id_token text NOT NULL,
  revision integer NOT NULL,
  erased_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, station, token)
);
CREATE INDEX erased_entries_by_age ON transactions.erased_entries (erased_at);
`,
};
