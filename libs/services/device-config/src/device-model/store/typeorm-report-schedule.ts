import type { Protocol, StationRef } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { REPORT_TIMEOUT_MS } from '../domain/report';
import { MAX_TRIES, RETRY_MS, SETTLE_MS } from '../limits';

/** A station that is to be asked for a full report. */
export interface DueStation extends StationRef {
  protocol: Protocol;
  firmware: string;
}

/** Actor of the requests that nobody made. */
export const AUTOMATIC = 'automatic';

/** SQL: the command with this id has requested a report of the station `$2` of tenant `$1`, and nobody made it. */
const isAutomatic = (id: string, actor: string): string =>
  `EXISTS (SELECT FROM device_config.device_reports r WHERE r.tenant = $1 AND r.station = $2 AND r.id = ${id} AND r.requested_by = ${actor})`;

/** Which stations are asked for a full report after they booted with another firmware. A boot marks the station (`typeorm-stations.ts`). */
export class TypeormReportSchedule {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes as many stations as may be asked, so that no more than `most` reports that nobody requested are under way, in all processes. Each is left alone for
   * a while: a process that dies before it has asked is followed by another.
   */
  take(most: number, now: Date): Promise<DueStation[]> {
    return this.dataSource.transaction(async (manager) => {
      const due: unknown[] = await manager.query('SELECT FROM device_config.stations WHERE report_due LIMIT 1');
      if (due.length === 0) return [];
      await lockNamed(manager, 'automatic reports');
      const [row]: { open: number }[] = await manager.query(
        `SELECT count(*)::integer AS open FROM device_config.device_reports WHERE completed_at IS NULL AND requested_by = $1
           AND (outcome IS NULL OR outcome = 'Accepted') AND greatest(begun_at, last_part_at) > $2`,
        [AUTOMATIC, new Date(now.getTime() - REPORT_TIMEOUT_MS)],
      );
      const [taken]: [DueStation[], number] = await manager.query(
        `UPDATE device_config.stations s SET report_next_at = $2 FROM (
           SELECT tenant, station FROM device_config.stations WHERE report_due AND online AND registration = 'accepted' AND protocol IS NOT NULL
             AND booted_at < $3 AND (report_next_at IS NULL OR report_next_at <= $4)
           ORDER BY report_next_at NULLS FIRST LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
         WHERE s.tenant = due.tenant AND s.station = due.station
         RETURNING s.tenant, s.station, s.protocol, coalesce(s.firmware_version, '') AS firmware`,
        [Math.max(0, most - (row?.open ?? 0)), new Date(now.getTime() + RETRY_MS), new Date(now.getTime() - SETTLE_MS), now],
      );
      return taken;
    });
  }

  /** The station has been asked: not again for this firmware, unless that turns out not to have reached it. */
  async asked({ tenant, station, firmware }: DueStation): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.stations SET report_due = false, report_firmware = $3, report_next_at = NULL,
         report_tries = CASE WHEN report_firmware IS DISTINCT FROM $3 THEN 1 ELSE report_tries + 1 END WHERE tenant = $1 AND station = $2`,
      [tenant, station, firmware],
    );
  }

  /** The station has answered: the next firmware begins anew. Its answers to requests of others say nothing of this one. */
  async answered({ tenant, station, id }: StationRef & { id: string }): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.stations SET report_tries = 0 WHERE tenant = $1 AND station = $2 AND report_tries <> 0 AND ${isAutomatic('$3', '$4')}`,
      [tenant, station, id, AUTOMATIC],
    );
  }

  /** The request did not reach the station, or had no answer: it is made again, a few times. */
  async failed({ tenant, station, id }: StationRef & { id: string }, now: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.stations SET report_due = true, report_next_at = $3::timestamptz + make_interval(secs => report_tries * $4::integer / 1000)
       WHERE tenant = $1 AND station = $2 AND report_tries BETWEEN 1 AND $5::integer - 1
         AND ${isAutomatic('$6', '$7')}`,
      [tenant, station, now, RETRY_MS, MAX_TRIES, id, AUTOMATIC],
    );
  }
}
