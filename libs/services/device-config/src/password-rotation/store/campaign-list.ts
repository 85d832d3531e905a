import { among, type ListDefinition } from '@voltbus/database';

/** The members of a `Campaign` of the row `c`. */
export const CAMPAIGN = `c.id, c.state, c.station_groups AS groups, c.stations_per_hour AS "stationsPerHour", c.max_failures AS "maxFailures", c.actor, c.reason,
  c.created_at AS "createdAt", c.ended_at AS "endedAt",
  (SELECT json_build_object('total', count(*), 'waiting', count(*) FILTER (WHERE s.state IS NULL),
     'underWay', count(*) FILTER (WHERE s.state IN ('waiting', 'sent', 'accepted')), 'done', count(*) FILTER (WHERE s.state = 'done'),
     'failed', count(*) FILTER (WHERE s.state IN ('refused', 'unconfirmed', 'expired')),
     'skipped', count(*) FILTER (WHERE s.state IN ('skipped', 'cancelled', 'superseded')))
   FROM device_config.password_campaign_stations s WHERE s.tenant = c.tenant AND s.campaign = c.id) AS stations`;

export interface CampaignFilters {
  state?: ('running' | 'stopped' | 'done')[] | undefined;
}
export type CampaignSort = 'createdAt';

/** `GET /v1/password-campaigns`. */
export const CAMPAIGN_LIST: ListDefinition<CampaignFilters, CampaignSort> = {
  columns: CAMPAIGN,
  from: 'device_config.password_campaigns AS c',
  owner: 'tenant',
  id: [{ sql: 'c.id', type: 'uuid' }],
  sorts: { createdAt: [{ sql: 'c.created_at', type: 'timestamptz' }] },
  filters: { state: among('c.state') },
};
