import type { Migration } from '@voltbus/database';

/**
 * Password campaigns that an earlier version runs go on as campaigns, under the same id: paused, with what has come of their stations, until somebody resumes
 * them. An earlier version that still serves sees them stopped, and begins no further station.
 */
export const passwordCampaignsMigration: Migration = {
  id: '0392-password-campaigns',
  sql: `
INSERT INTO device_config.campaigns (id, tenant, name, kind, work, plan, created_by, created_at, state, wave, waves, wave_at, forgiven, looked_at)
SELECT c.id, c.tenant, 'Passwords, as of ' || to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'password', '{}',
  jsonb_build_object(
    'filter', jsonb_build_object('vendors', '[]'::jsonb, 'models', '[]'::jsonb, 'firmwareVersions', '[]'::jsonb, 'groups', to_jsonb(coalesce(c.station_groups, '{}'))),
    'waves', '[]'::jsonb, 'window', NULL, 'timeZone', 'UTC', 'atOnce', 50, 'waveHours', 72,
    'jitterSeconds', (SELECT least(86400, ceil(count(*) * 3600.0 / c.stations_per_hour))::integer FROM device_config.password_campaign_stations s
      WHERE s.tenant = c.tenant AND s.campaign = c.id AND s.state IS NULL),
    -- It stopped at so many; a campaign stops beyond so many.
    'maxFailures', greatest(0, c.max_failures - 1)),
  c.actor, c.created_at, 'paused', 1, 1, now(), 0, now()
FROM device_config.password_campaigns c WHERE c.state = 'running';

INSERT INTO device_config.campaign_stations (campaign, tenant, station, wave, jitter_ms, state, reason, work, attempts, started_at, ended_at)
SELECT s.campaign, s.tenant, s.station, 1, least(86400000, greatest(0, extract(epoch FROM s.start_at - now()) * 1000))::integer, found.state,
  CASE WHEN found.state IN ('failed', 'skipped') THEN s.state END, r.id, CASE WHEN r.id IS NULL THEN 0 ELSE 1 END, r.started_at,
  CASE WHEN found.state IN ('succeeded', 'failed', 'skipped') THEN now() END
FROM device_config.password_campaigns c
JOIN device_config.password_campaign_stations s ON s.tenant = c.tenant AND s.campaign = c.id
LEFT JOIN device_config.password_rotations r ON r.tenant = s.tenant AND r.station = s.station AND r.campaign = s.campaign AND s.state IS NOT NULL
CROSS JOIN LATERAL (SELECT CASE WHEN s.state IS NULL THEN 'pending' WHEN s.state = 'done' THEN 'succeeded'
  WHEN s.state IN ('refused', 'unconfirmed', 'expired') OR (r.id IS NULL AND s.state IN ('waiting', 'sent', 'accepted')) THEN 'failed'
  WHEN s.state IN ('waiting', 'sent', 'accepted') THEN 'started' ELSE 'skipped' END AS state) found
WHERE c.state = 'running';

UPDATE device_config.password_campaigns SET state = 'stopped', reason = 'it goes on as a campaign', ended_at = now() WHERE state = 'running';
`,
};
