import type { Migration } from '@voltbus/database';

/** Campaigns, and how far each is at each of its stations. */
export const campaignsMigration: Migration = {
  id: '0252-campaigns',
  sql: `
CREATE TABLE device_config.campaigns (
  id uuid PRIMARY KEY,
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  name text NOT NULL,
  kind text NOT NULL,
  -- What is done at each station, as its kind has it; and how the campaign goes over its stations.
  work jsonb NOT NULL,
  plan jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  state text NOT NULL,
  wave integer NOT NULL,
  waves integer NOT NULL,
  wave_at timestamptz NOT NULL,
  forgiven integer NOT NULL,
  ended_at timestamptz,
  -- The last look at it.
  looked_at timestamptz NOT NULL
);
CREATE INDEX campaigns_by_time ON device_config.campaigns (tenant, created_at, id);
CREATE INDEX campaigns_by_age ON device_config.campaigns (ended_at);

CREATE TABLE device_config.campaign_stations (
  campaign uuid NOT NULL REFERENCES device_config.campaigns ON DELETE CASCADE,
  tenant text NOT NULL,
  station text NOT NULL,
  wave integer NOT NULL,
  -- Its share of the jitter.
  jitter_ms integer NOT NULL,
  state text NOT NULL DEFAULT 'pending',
  reason text,
  -- What was started; the attempts that a station never heard of are counted.
  work uuid,
  attempts integer NOT NULL DEFAULT 0,
  not_before timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (campaign, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX campaign_stations_of_station ON device_config.campaign_stations (tenant, station);
CREATE INDEX campaign_stations_by_wave ON device_config.campaign_stations (campaign, wave, state);
CREATE INDEX campaign_stations_at_work ON device_config.campaign_stations (campaign) WHERE state IN ('started', 'failed');
`,
};
