import { CsmsError } from '@voltbus/contracts';
import { TypeormList, lockNamed, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { BATCH, MAX_CAMPAIGNS } from '../limits';
import { CAMPAIGN, CAMPAIGN_LIST, FAILED, UNDER_WAY, type CampaignFilters, type CampaignSort, type CampaignState } from './campaign-list';

/** What an operator wants of a campaign. */
export interface CampaignWish {
  /** Only stations of these groups; null: all. */
  groups: string[] | null;
  stationsPerHour: number;
  /** It stops when so many rotations have been refused, or are not confirmed. */
  maxFailures: number;
}

export interface Campaign extends CampaignWish {
  id: string;
  state: CampaignState;
  actor: string;
  reason: string | null;
  createdAt: Date;
  endedAt: Date | null;
  /** How many of its stations are where. */
  stations: { total: number; waiting: number; underWay: number; done: number; failed: number; skipped: number };
}

export interface DueStation {
  tenant: string;
  campaign: string;
  station: string;
  actor: string;
}

type NewCampaign = CampaignWish & { tenant: string; id: string; actor: string; at: Date };

/** Campaigns of passwords and their stations. */
export class TypeormPasswordCampaigns {
  private readonly listed: TypeormList<Campaign, CampaignFilters, CampaignSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, CAMPAIGN_LIST);
  }

  list(tenant: string): ListSource<Campaign, CampaignFilters, CampaignSort> {
    return this.listed.of(tenant);
  }

  async find(tenant: string, id: string): Promise<Campaign | null> {
    const rows: Campaign[] = await this.dataSource.query(
      `SELECT ${CAMPAIGN} FROM device_config.password_campaigns c WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return rows[0] ?? null;
  }

  /** Throws `conflict` while another one is running. `turns` gives each of so many stations its turn. */
  add({ tenant, id, actor, at, groups, stationsPerHour, maxFailures }: NewCampaign, turns: (stations: number) => Date[]): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `password campaigns of ${tenant}`);
      const running: unknown[] = await manager.query(
        `SELECT FROM device_config.password_campaigns WHERE tenant = $1 AND state = 'running'`,
        [tenant],
      );
      if (running.length > 0) throw new CsmsError('conflict', 'a campaign is running: stop it first');
      const meant: { station: string }[] = await manager.query(
        `SELECT station FROM device_config.stations WHERE tenant = $1 AND cardinality(key_hashes) > 0 AND coalesce(reached_profile, 0) < 3
           AND protocol IS NOT NULL AND ($2::text[] IS NULL OR station_group = ANY($2))`,
        [tenant, groups],
      );
      const times = turns(meant.length);
      await manager.query(
        `INSERT INTO device_config.password_campaigns (tenant, id, state, station_groups, stations_per_hour, max_failures, actor, created_at)
         VALUES ($1, $2, 'running', $3, $4, $5, $6, $7)`,
        [tenant, id, groups, stationsPerHour, maxFailures, actor, at],
      );
      await manager.query(
        `INSERT INTO device_config.password_campaign_stations (tenant, campaign, station, start_at)
         SELECT $1, $2, station, start_at FROM unnest($3::text[], $4::timestamptz[]) AS given(station, start_at)`,
        [tenant, id, meant.map(({ station }) => station), times],
      );
      await manager.query(
        `DELETE FROM device_config.password_campaigns WHERE tenant = $1 AND id IN (
           SELECT id FROM device_config.password_campaigns WHERE tenant = $1 ORDER BY created_at DESC OFFSET ${MAX_CAMPAIGNS})`,
        [tenant],
      );
    });
  }

  async anyRunning(): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(`SELECT FROM device_config.password_campaigns WHERE state = 'running' LIMIT 1`);
    return rows.length > 0;
  }

  /** Stations of running campaigns whose turn has come, the first first. */
  async due(now: Date): Promise<DueStation[]> {
    return this.dataSource.query(
      `SELECT c.tenant, c.id AS campaign, s.station, c.actor FROM device_config.password_campaigns c
       JOIN device_config.password_campaign_stations s ON s.tenant = c.tenant AND s.campaign = c.id
       WHERE c.state = 'running' AND s.state IS NULL AND s.start_at <= $1 ORDER BY s.start_at LIMIT ${BATCH}`,
      [now],
    );
  }

  /** A rotation that is already further says where it is by itself. */
  async begun({ tenant, station, campaign }: Omit<DueStation, 'actor'>, state: 'waiting' | 'skipped'): Promise<void> {
    await this.dataSource.query(
      'UPDATE device_config.password_campaign_stations SET state = $4 WHERE tenant = $1 AND station = $2 AND campaign = $3 AND state IS NULL',
      [tenant, station, campaign, state],
    );
  }

  async stop(tenant: string, id: string, { reason, now }: { reason: string; now: Date }): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.password_campaigns SET state = 'stopped', reason = $3, ended_at = $4 WHERE tenant = $1 AND id = $2 AND state = 'running'`,
      [tenant, id, reason, now],
    );
  }

  async endFailing(now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.password_campaigns c SET state = 'stopped', reason = 'too many rotations have failed', ended_at = $1
       WHERE state = 'running' AND max_failures <= (SELECT count(*) FROM device_config.password_campaign_stations s
         WHERE s.tenant = c.tenant AND s.campaign = c.id AND s.state IN ${FAILED})`,
      [now],
    );
  }

  async endDone(now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.password_campaigns c SET state = 'done', ended_at = $1
       WHERE state = 'running' AND NOT EXISTS (SELECT FROM device_config.password_campaign_stations s
         WHERE s.tenant = c.tenant AND s.campaign = c.id AND (s.state IS NULL OR s.state IN ${UNDER_WAY}))`,
      [now],
    );
  }
}
