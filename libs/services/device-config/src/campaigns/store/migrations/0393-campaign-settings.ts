import type { Migration } from '@voltbus/database';

/** Values that campaigns set at stations. */
export const campaignSettingsMigration: Migration = {
  id: '0393-campaign-settings',
  sql: `
CREATE TABLE device_config.campaign_settings (
  campaign uuid NOT NULL REFERENCES device_config.campaigns ON DELETE CASCADE,
  tenant text NOT NULL,
  station text NOT NULL,
  id uuid NOT NULL,
  -- Each value by the name that the station has for it, and what came of it.
  items jsonb NOT NULL,
  state text NOT NULL,
  -- The items that the last command sets, by their place; and whether the bus has taken it.
  sending integer[] NOT NULL DEFAULT '{}',
  command uuid,
  published boolean NOT NULL DEFAULT false,
  tries integer NOT NULL DEFAULT 0,
  -- The station has got a message, or may have.
  heard boolean NOT NULL DEFAULT false,
  next_at timestamptz NOT NULL,
  deliver_by timestamptz NOT NULL,
  until timestamptz NOT NULL,
  sent_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (campaign, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE UNIQUE INDEX campaign_settings_by_id ON device_config.campaign_settings (id);
CREATE INDEX campaign_settings_of_station ON device_config.campaign_settings (tenant, station);
CREATE INDEX campaign_settings_by_command ON device_config.campaign_settings (command) WHERE command IS NOT NULL;
CREATE INDEX campaign_settings_open ON device_config.campaign_settings (next_at) WHERE ended_at IS NULL;
`,
};
