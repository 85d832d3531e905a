import { among, type ListDefinition } from '@voltbus/database';

export const CAMPAIGN_STATES = ['running', 'stopped', 'done'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** States of the stations of a campaign whose rotation is open, and has failed. */
export const UNDER_WAY = `('waiting', 'sent', 'accepted')`;
export const FAILED = `('refused', 'unconfirmed', 'expired')`;

/** The members of a `Campaign` of the row `c`. */
export const CAMPAIGN = `c.id, c.state, c.station_groups AS groups, c.stations_per_hour AS "stationsPerHour", c.max_failures AS "maxFailures", c.actor, c.reason,
  c.created_at AS "createdAt", c.ended_at AS "endedAt",
  (SELECT json_build_object('total', count(*), 'waiting', count(*) FILTER (WHERE s.state IS NULL),
     'underWay', count(*) FILTER (WHERE s.state IN ${UNDER_WAY}), 'done', count(*) FILTER (WHERE s.state = 'done'),
     'failed', count(*) FILTER (WHERE s.state IN ${FAILED}),
     'skipped', count(*) FILTER (WHERE s.state IN ('skipped', 'cancelled', 'superseded')))
   FROM device_config.password_campaign_stations s WHERE s.tenant = c.tenant AND s.campaign = c.id) AS stations`;

export interface CampaignFilters {
  state?: CampaignState[] | undefined;
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
