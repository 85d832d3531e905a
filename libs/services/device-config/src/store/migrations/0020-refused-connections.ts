import type { Migration } from '@voltbus/database';

/** One row for each way in which one address was refused, however often: what comes again counts, and takes no room. */
export const refusedConnectionsMigration: Migration = {
  id: '0020-refused-connections',
  sql: `
CREATE TABLE device_config.refused_connections (
  -- both empty: the URL was no station's
  tenant text NOT NULL,
  station text NOT NULL,
  address text NOT NULL,
  reason text NOT NULL,
  times bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  -- whether there was such a tenant when it was last written: what names none shares one bound
  of_tenant boolean NOT NULL,
  PRIMARY KEY (tenant, station, address, reason)
);
CREATE INDEX refused_connections_by_time ON device_config.refused_connections (tenant, last_at DESC);
CREATE INDEX refused_connections_of_nobody ON device_config.refused_connections (last_at DESC) WHERE NOT of_tenant;
`,
};
