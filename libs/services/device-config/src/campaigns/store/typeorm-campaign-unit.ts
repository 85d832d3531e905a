import type { StationRef } from '@voltbus/contracts';
import type { EntityManager } from 'typeorm';
import type { Campaign, WaveCounts } from '../domain/campaign';
import type { WorkResult } from '../kind';

/** A campaign within its database transaction, while nobody else changes it. */
export class CampaignUnit {
  constructor(
    readonly transaction: EntityManager,
    private readonly id: string,
    readonly counts: () => Promise<WaveCounts[]>,
  ) {}

  async write({ state, wave, waveAt, forgiven, endedAt, approval }: Campaign, now: Date): Promise<void> {
    await this.transaction.query(
      'UPDATE device_config.campaigns SET state = $2, wave = $3, wave_at = $4, forgiven = $5, ended_at = $6, looked_at = $7, approval = $8 WHERE id = $1',
      [this.id, state, wave, waveAt, forgiven, endedAt, now, approval === null ? null : JSON.stringify(approval)],
    );
  }

  /** What stations were asked for that has not ended, or may still prove not to have failed. */
  async works(failedAfter: Date): Promise<string[]> {
    const rows: { work: string }[] = await this.transaction.query(
      `SELECT work FROM device_config.campaign_stations WHERE campaign = $1 AND work IS NOT NULL
         AND (state = 'started' OR (state = 'failed' AND ended_at > $2))`,
      [this.id, failedAfter],
    );
    return rows.map(({ work }) => work);
  }

  /** A station that has failed stays so unless it is shown to have succeeded. Returns how many have changed. */
  async end(results: readonly WorkResult[], now: Date): Promise<number> {
    const rows: unknown[] = await this.transaction.query(
      `WITH changed AS (
         UPDATE device_config.campaign_stations m SET state = r.outcome, reason = r.reason, ended_at = $3
         FROM json_to_recordset($2::json) AS r(work uuid, outcome text, reason text)
         WHERE m.campaign = $1 AND m.work = r.work AND (m.state = 'started' OR (m.state = 'failed' AND r.outcome = 'succeeded')) RETURNING 1)
       SELECT FROM changed`,
      [this.id, JSON.stringify(results), now],
    );
    return rows.length;
  }

  /** Stations that never heard of their work are to be asked again, not before that time. */
  async putBack(works: readonly string[], notBefore: Date): Promise<void> {
    await this.transaction.query(
      `UPDATE device_config.campaign_stations SET state = 'pending', work = NULL, started_at = NULL, not_before = $3
       WHERE campaign = $1 AND work = ANY($2::uuid[]) AND state = 'started'`,
      [this.id, works, notBefore],
    );
  }

  /** Stations that were not asked are not asked any more; without `wave` those of every wave. */
  async giveUp(reason: string, now: Date, wave: number | null = null): Promise<void> {
    await this.transaction.query(
      `UPDATE device_config.campaign_stations SET state = 'skipped', reason = $2, ended_at = $3
       WHERE campaign = $1 AND state = 'pending' AND ($4::integer IS NULL OR wave = $4)`,
      [this.id, reason, now, wave],
    );
  }

  async isPending({ station }: StationRef, wave: number): Promise<boolean> {
    const rows: unknown[] = await this.transaction.query(
      `SELECT FROM device_config.campaign_stations WHERE campaign = $1 AND station = $2 AND wave = $3 AND state = 'pending' FOR UPDATE`,
      [this.id, station, wave],
    );
    return rows.length > 0;
  }

  async atWork(): Promise<number> {
    const [row]: { count: number }[] = await this.transaction.query(
      `SELECT count(*)::integer AS count FROM device_config.campaign_stations WHERE campaign = $1 AND state = 'started'`,
      [this.id],
    );
    return row?.count ?? 0;
  }

  async started({ station }: StationRef, work: string, now: Date): Promise<void> {
    await this.transaction.query(
      `UPDATE device_config.campaign_stations SET state = 'started', work = $3, started_at = $4, attempts = attempts + 1, not_before = NULL
       WHERE campaign = $1 AND station = $2`,
      [this.id, station, work, now],
    );
  }

  async skip({ station }: StationRef, reason: string, now: Date): Promise<void> {
    await this.transaction.query(
      `UPDATE device_config.campaign_stations SET state = 'skipped', reason = $3, ended_at = $4 WHERE campaign = $1 AND station = $2`,
      [this.id, station, reason, now],
    );
  }

  async postpone({ station }: StationRef, notBefore: Date): Promise<void> {
    await this.transaction.query('UPDATE device_config.campaign_stations SET not_before = $3 WHERE campaign = $1 AND station = $2', [
      this.id,
      station,
      notBefore,
    ]);
  }

  /** Time zones in which stations of a wave are to be asked. */
  async zones(wave: number, usual: string): Promise<string[]> {
    const rows: { zone: string }[] = await this.transaction.query(
      `SELECT DISTINCT coalesce(s.station_place ->> 'timeZone', $3) AS zone FROM device_config.campaign_stations m
       JOIN device_config.stations s ON s.tenant = m.tenant AND s.station = m.station WHERE m.campaign = $1 AND m.wave = $2 AND m.state = 'pending'`,
      [this.id, wave, usual],
    );
    return rows.map(({ zone }) => zone);
  }

  /** Stations of a wave whose turn it is: connected, through with their boot, and their share of the jitter after `since` over in their zone. */
  due(
    wave: number,
    { zones, usual, now, settledBefore, most }: { zones: readonly OpenZone[]; usual: string; now: Date; settledBefore: Date; most: number },
  ): Promise<StationRef[]> {
    return this.transaction.query(
      `SELECT m.tenant, m.station FROM device_config.campaign_stations m
       JOIN device_config.stations s ON s.tenant = m.tenant AND s.station = m.station
       JOIN json_to_recordset($3::json) AS z(zone text, since timestamptz) ON z.zone = coalesce(s.station_place ->> 'timeZone', $4)
       WHERE m.campaign = $1 AND m.wave = $2 AND m.state = 'pending' AND (m.not_before IS NULL OR m.not_before <= $5)
         AND z.since + m.jitter_ms * interval '1 millisecond' <= $5
         AND s.online AND s.protocol IS NOT NULL AND s.registration = 'accepted' AND (s.booted_at IS NULL OR s.booted_at < $6)
       ORDER BY m.jitter_ms, m.station LIMIT $7`,
      [this.id, wave, JSON.stringify(zones), usual, now, settledBefore, most],
    );
  }
}

/** A time zone in which stations may be asked now, and since when. */
export interface OpenZone {
  zone: string;
  since: Date;
}
