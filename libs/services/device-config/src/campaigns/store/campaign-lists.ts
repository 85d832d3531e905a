import { among, before, notBefore, type ListDefinition } from '@voltbus/database';
import type { SettingItem } from '../settings/domain/setting-job';
import type { Campaign, CampaignState, MemberState } from '../domain/campaign';

/** The members of a `Campaign`. */
export const COLUMNS = `id, tenant, name, kind, work, plan, created_by AS "createdBy", created_at AS "createdAt", state, wave, waves, wave_at AS "waveAt", forgiven, ended_at AS "endedAt", approval`;

export interface CampaignFilters {
  state?: CampaignState[] | undefined;
  kind?: Campaign['kind'][] | undefined;
  /** By creation, inclusive and exclusive. */
  from?: string | undefined;
  to?: string | undefined;
}
export type CampaignSort = 'createdAt';

/** `GET /v1/campaigns`. */
export const CAMPAIGN_LIST: ListDefinition<CampaignFilters, CampaignSort> = {
  columns: COLUMNS,
  from: 'device_config.campaigns',
  owner: 'tenant',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: { createdAt: [{ sql: 'created_at', type: 'timestamptz' }] },
  filters: { state: among('state'), kind: among('kind'), from: notBefore('created_at'), to: before('created_at') },
};

/** A station of a campaign, as the API shows it. */
export interface CampaignStation {
  station: string;
  wave: number;
  state: MemberState;
  reason: string | null;
  work: string | null;
  attempts: number;
  /** What came of each value that was to be set; null: it is of another kind, or was not begun. */
  values: SettingItem[] | null;
  startedAt: Date | null;
  endedAt: Date | null;
}
export interface MemberFilters {
  station?: string[] | undefined;
  state?: MemberState[] | undefined;
  reason?: string[] | undefined;
}
export type MemberSort = 'station' | 'wave';

/** `GET /v1/campaigns/{id}/stations`. */
export const MEMBER_LIST: ListDefinition<MemberFilters, MemberSort> = {
  columns: `station, wave, state, reason, work, attempts, started_at AS "startedAt", ended_at AS "endedAt",
    (SELECT items FROM device_config.campaign_settings j WHERE j.id = work) AS values`,
  from: 'device_config.campaign_stations',
  owner: 'campaign',
  station: 'station',
  id: [{ sql: 'station', type: 'text' }],
  sorts: { station: [], wave: [{ sql: 'wave', type: 'integer' }] },
  filters: { station: among('station'), state: among('state'), reason: among('reason') },
};
