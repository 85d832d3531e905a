import type { Migration } from '@voltbus/database';

/** Refused connections, one row for each identity, address and reason: a refusal that is repeated is counted and takes no more room. */
export const refusedConnectionsMigration: Migration = {
  id: '0060-refused-connections',
  sql: `
CREATE TABLE device_config.refused_connections (
  -- Tenant and station are empty where the URL named no station.
  tenant text NOT NULL,
  station text NOT NULL,
  address text NOT NULL,
  reason text NOT NULL,
  times bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  -- Whether the tenant existed when the row was last written: all rows without one share one bound.
  of_tenant boolean NOT NULL,
  PRIMARY KEY (tenant, station, address, reason)
);
CREATE INDEX refused_connections_by_time ON device_config.refused_connections (tenant, last_at DESC);
CREATE INDEX refused_connections_of_nobody ON device_config.refused_connections (last_at DESC) WHERE NOT of_tenant;
CREATE INDEX refused_connections_by_age ON device_config.refused_connections (last_at);
`,
};
