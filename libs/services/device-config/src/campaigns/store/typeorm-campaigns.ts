import { CsmsError } from '@voltbus/contracts';
import { TypeormList, lockNamed, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { CandidateStation } from '../domain/candidate';
import { MEMBER_STATES, type Campaign, type WaveCounts } from '../domain/campaign';
import { MAX_OPEN } from '../limits';
import {
  CAMPAIGN_LIST,
  COLUMNS,
  MEMBER_LIST,
  type CampaignFilters,
  type CampaignSort,
  type CampaignStation,
  type MemberFilters,
  type MemberSort,
} from './campaign-lists';
import { CampaignUnit } from './typeorm-campaign-unit';

/** A station that a campaign is made for. */
export interface NewMember {
  station: string;
  wave: number;
  jitterMs: number;
}

const COUNTS = MEMBER_STATES.map((state) => `count(*) FILTER (WHERE state = '${state}')::integer AS ${state}`).join(', ');

/** Campaigns and their stations. */
export class TypeormCampaigns {
  private readonly campaigns: TypeormList<Campaign, CampaignFilters, CampaignSort>;
  private readonly members: TypeormList<CampaignStation, MemberFilters, MemberSort>;

  constructor(private readonly dataSource: DataSource) {
    this.campaigns = new TypeormList(dataSource, CAMPAIGN_LIST);
    this.members = new TypeormList(dataSource, MEMBER_LIST);
  }

  list(tenant: string): ListSource<Campaign, CampaignFilters, CampaignSort> {
    return this.campaigns.of(tenant);
  }

  listStations(campaign: string): ListSource<CampaignStation, MemberFilters, MemberSort> {
    return this.members.of(campaign);
  }

  async find(tenant: string, id: string): Promise<Campaign | null> {
    const rows: Campaign[] = await this.dataSource.query(`SELECT ${COLUMNS} FROM device_config.campaigns WHERE tenant = $1 AND id = $2`, [
      tenant,
      id,
    ]);
    return rows[0] ?? null;
  }

  /** The waves of campaigns, each with its stations by their states. */
  async counts(
    ids: readonly string[],
    manager: Pick<EntityManager, 'query'> = this.dataSource.manager,
  ): Promise<Map<string, WaveCounts[]>> {
    const rows: (WaveCounts & { campaign: string })[] = await manager.query(
      `SELECT campaign, wave, ${COUNTS} FROM device_config.campaign_stations WHERE campaign = ANY($1::uuid[]) GROUP BY campaign, wave ORDER BY wave`,
      [ids],
    );
    const of = new Map<string, WaveCounts[]>(ids.map((id) => [id, []]));
    for (const { campaign, ...counts } of rows) of.get(campaign)?.push(counts);
    return of;
  }

  /** Every station of a tenant, as filters look at it. */
  stations(tenant: string): Promise<CandidateStation[]> {
    return this.dataSource.query(
      `SELECT station, vendor, model, firmware_version AS firmware, station_group AS group, greatest(used_profile, reached_profile) AS "usedProfile",
         protocol, cardinality(key_hashes) > 0 AS "hasPassword" FROM device_config.stations WHERE tenant = $1 ORDER BY station`,
      [tenant],
    );
  }

  /** Throws `conflict` where the tenant has as many as it may. Stations that are removed meanwhile are left out. */
  create(campaign: Campaign, members: readonly NewMember[]): Promise<void> {
    const { id, tenant, name, kind, work, plan, createdBy, createdAt, state, wave, waves, waveAt, forgiven } = campaign;
    const approval = campaign.approval === null ? null : JSON.stringify(campaign.approval);
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `campaigns of ${tenant}`);
      const open: unknown[] = await manager.query('SELECT FROM device_config.campaigns WHERE tenant = $1 AND ended_at IS NULL', [tenant]);
      if (open.length >= MAX_OPEN) throw new CsmsError('conflict', `the tenant has ${MAX_OPEN} campaigns that have not ended`);
      await manager.query(
        `INSERT INTO device_config.campaigns (id, tenant, name, kind, work, plan, created_by, created_at, state, wave, waves, wave_at, forgiven, looked_at, approval)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $8, $14)`,
        [
          id,
          tenant,
          name,
          kind,
          JSON.stringify(work),
          JSON.stringify(plan),
          createdBy,
          createdAt,
          state,
          wave,
          waves,
          waveAt,
          forgiven,
          approval,
        ],
      );
      await manager.query(
        `INSERT INTO device_config.campaign_stations (campaign, tenant, station, wave, jitter_ms)
         SELECT $1, $2, s.station, m.wave, m."jitterMs" FROM json_to_recordset($3::json) AS m(station text, wave integer, "jitterMs" integer)
         JOIN device_config.stations s ON s.tenant = $2 AND s.station = m.station FOR KEY SHARE OF s`,
        [id, tenant, JSON.stringify(members)],
      );
    });
  }

  /** Those that go on or wait for an approval, or have stations at work or that may still prove not to have failed. */
  async open(failedAfter: Date, most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM device_config.campaigns c WHERE state IN ('running', 'awaiting-approval') OR EXISTS (
         SELECT FROM device_config.campaign_stations m WHERE m.campaign = c.id AND m.state IN ('started', 'failed')
           AND m.work IS NOT NULL AND (m.state = 'started' OR m.ended_at > $1))
       ORDER BY looked_at LIMIT $2`,
      [failedAfter, most],
    );
    return rows.map(({ id }) => id);
  }

  /** Changes a campaign while nobody else does. Null: there is none; with `skipLocked` also where somebody else changes it. */
  locked<T>(id: string, work: (unit: CampaignUnit, campaign: Campaign) => Promise<T>, { skipLocked = false } = {}): Promise<T | null> {
    return this.dataSource.transaction((manager) => this.lockedIn(manager, id, work, { skipLocked }));
  }

  /** The same, within the caller's transaction. */
  async lockedIn<T>(
    manager: EntityManager,
    id: string,
    work: (unit: CampaignUnit, campaign: Campaign) => Promise<T>,
    { skipLocked = false } = {},
  ): Promise<T | null> {
    const rows: Campaign[] = await manager.query(
      `SELECT ${COLUMNS} FROM device_config.campaigns WHERE id = $1 FOR NO KEY UPDATE ${skipLocked ? 'SKIP LOCKED' : ''}`,
      [id],
    );
    const counts = async (): Promise<WaveCounts[]> => (await this.counts([id], manager)).get(id) ?? [];
    return rows[0] === undefined ? null : work(new CampaignUnit(manager, id, counts), rows[0]);
  }
}
