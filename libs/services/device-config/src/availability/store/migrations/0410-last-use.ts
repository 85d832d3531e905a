import type { Migration } from '@voltbus/database';

/** When each connector was last used by a vehicle. */
export const lastUseMigration: Migration = {
  id: '0410-last-use',
  sql: `
-- As far as reports came in their order: an older one that came late is in the history only. Null: not known.
ALTER TABLE device_config.connectors ADD COLUMN used_at timestamptz;
UPDATE device_config.connectors c SET used_at = (
  SELECT max(h.at) FROM device_config.status_history h
  WHERE h.tenant = c.tenant AND h.station = c.station AND h.evse = c.evse AND h.connector = c.connector AND h.kind = 'status' AND h.component = ''
    AND h.status = ANY(ARRAY['Occupied', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing']) AND NOT h.superseded);
`,
};
