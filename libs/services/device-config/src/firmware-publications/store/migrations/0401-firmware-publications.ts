import type { Migration } from '@voltbus/database';

/** Requests to unpublish a firmware are found by the publication that they end. */
export const firmwarePublicationsMigration: Migration = {
  id: '0401-firmware-publications',
  sql: `
CREATE INDEX station_requests_unpublications ON device_config.station_requests (tenant, subject, created_at DESC) WHERE kind = 'unpublication';
`,
};
