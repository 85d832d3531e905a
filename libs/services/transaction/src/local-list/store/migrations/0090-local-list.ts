import type { Migration } from '@voltbus/database';

/** Local authorization lists of stations. A list's version is the number of the tenant's token change up to which the station has it. */
export const localListMigration: Migration = {
  id: '0090-local-list',
  sql: `
CREATE TABLE transactions.local_lists (
  tenant text NOT NULL,
  station text NOT NULL,
  mode text NOT NULL,
  -- The most entries that the station accepts in one message.
  per_message integer NOT NULL,
  -- The newest connection that is known, and its protocol; null until one is known.
  epoch bigint NOT NULL DEFAULT 0,
  connected boolean NOT NULL,
  protocol text,
  -- The version that the station has; null where it is unknown, 0 for an empty list.
  version integer,
  -- Removals up to this revision need not be sent, because a Full update has replaced the list since.
  cleared integer NOT NULL,
  -- The version that an update in several messages leads to.
  target integer NOT NULL,
  -- The station's version is to be queried first.
  asks boolean NOT NULL,
  -- Only a Full update brings the station in line.
  whole boolean NOT NULL,
  -- The version of a Full update that was not answered: a station that reports this version has applied it.
  unproven integer,
  -- works, not-supported or failed
  standing text NOT NULL,
  -- Refusals since the list was last in sync.
  attempts integer NOT NULL,
  retry_at timestamptz,
  last_outcome text,
  changed_at timestamptz NOT NULL,
  -- One command at a time is under way. serial numbers them, so that each has an id of its own; the rest is null in between.
  serial integer NOT NULL,
  command uuid,
  kind text,
  base integer,
  up_to integer,
  planned_at timestamptz,
  asked boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, station)
);
CREATE INDEX local_lists_idle ON transactions.local_lists (tenant) WHERE mode = 'tokens' AND connected AND command IS NULL;
CREATE INDEX local_lists_under_way ON transactions.local_lists (planned_at) WHERE command IS NOT NULL;

-- Entries that were taken out of the list of one station, until their token changes. revision is a number of token_revisions.
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
