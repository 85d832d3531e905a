import type { Command, Protocol, StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { inLockedStation, type LockedStation, type Transaction } from '../../../stations/typeorm-in-station';
import type { SettingJob } from '../domain/setting-job';
import { LOST_RESULT_MS, REPUBLISH_MS } from '../limits';

const JOB = `j.id, j.items, j.state, j.sending, j.command, j.published, j.tries, j.heard, j.next_at AS "nextAt", j.deliver_by AS "deliverBy", j.until,
  j.sent_at AS "sentAt", j.ended_at AS "endedAt"`;
const OF_STATION = 'JOIN device_config.stations s ON s.tenant = j.tenant AND s.station = j.station';

/** Jobs there is something to do about: to be sent, sent and forgotten, never sent, and those whose time is over. */
const DUE = `
SELECT j.id FROM device_config.campaign_settings j ${OF_STATION}
WHERE j.ended_at IS NULL AND (
  (j.state = 'waiting' AND j.next_at <= $1 AND s.online AND s.registration = 'accepted')
  OR (j.state = 'waiting' AND (j.until <= $1 OR (NOT j.heard AND j.deliver_by <= $1)))
  OR (j.state = 'sent' AND (j.sent_at <= $2 OR (NOT j.published AND j.sent_at <= $3))))
ORDER BY j.next_at LIMIT $4`;

interface FoundJob {
  ref: StationRef;
  campaign: string;
  protocol: Protocol | null;
  job: SettingJob;
}

/** Values that campaigns set at stations; the latest job of each. */
export class TypeormSettingJobs {
  constructor(private readonly dataSource: DataSource) {}

  /** The lock under which one is begun, for a caller who locks something else before. */
  lockFirst<T>(ref: StationRef, work: (manager: Transaction, station: LockedStation) => Promise<T>): Promise<T | null> {
    return inLockedStation(this.dataSource, ref, work);
  }

  async hasOpen(manager: Transaction, { tenant, station }: StationRef): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      'SELECT FROM device_config.campaign_settings WHERE tenant = $1 AND station = $2 AND ended_at IS NULL',
      [tenant, station],
    );
    return rows.length > 0;
  }

  async create(manager: Transaction, { ref, campaign, job }: { ref: StationRef; campaign: string; job: SettingJob }): Promise<void> {
    const { id, items, state, nextAt, deliverBy, until, endedAt } = job;
    await manager.query(
      `INSERT INTO device_config.campaign_settings (campaign, tenant, station, id, items, state, next_at, deliver_by, until, ended_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (campaign, station) DO UPDATE SET id = excluded.id, items = excluded.items, state = excluded.state, sending = DEFAULT,
         command = NULL, published = DEFAULT, tries = DEFAULT, heard = DEFAULT, next_at = excluded.next_at, deliver_by = excluded.deliver_by,
         until = excluded.until, sent_at = NULL, ended_at = excluded.ended_at`,
      [campaign, ref.tenant, ref.station, id, JSON.stringify(items), state, nextAt, deliverBy, until, endedAt],
    );
  }

  async find(id: string): Promise<FoundJob | null> {
    const rows: (SettingJob & StationRef & Pick<FoundJob, 'campaign' | 'protocol'>)[] = await this.dataSource.query(
      `SELECT j.tenant, j.station, j.campaign, s.protocol, ${JOB} FROM device_config.campaign_settings j ${OF_STATION} WHERE j.id = $1`,
      [id],
    );
    if (rows[0] === undefined) return null;
    const { tenant, station, campaign, protocol, ...job } = rows[0];
    return { ref: { tenant, station }, campaign, protocol, job };
  }

  byIds(manager: Transaction, ids: readonly string[]): Promise<SettingJob[]> {
    return manager.query(`SELECT ${JOB} FROM device_config.campaign_settings j WHERE j.id = ANY($1::uuid[])`, [ids]);
  }

  /** Those that no station was sent anything of are over. */
  async withdraw(manager: Transaction, ids: readonly string[], now: Date): Promise<void> {
    await manager.query(
      `UPDATE device_config.campaign_settings SET state = 'expired', ended_at = $2 WHERE id = ANY($1::uuid[]) AND state = 'waiting' AND NOT heard`,
      [ids, now],
    );
  }

  async due(now: Date, most: number): Promise<string[]> {
    const before = (ms: number): Date => new Date(now.getTime() - ms);
    const rows: { id: string }[] = await this.dataSource.query(DUE, [now, before(LOST_RESULT_MS), before(REPUBLISH_MS), most]);
    return rows.map(({ id }) => id);
  }

  async ofCommand({ id, tenant, station }: Command): Promise<string | null> {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM device_config.campaign_settings WHERE command = $1 AND tenant = $2 AND station = $3',
      [id, tenant, station],
    );
    return rows[0]?.id ?? null;
  }

  /** Stores what `decide` makes of one that has not ended, alone. Null: there is none. */
  change(id: string, decide: (job: SettingJob, online: boolean) => SettingJob): Promise<SettingJob | null> {
    return this.dataSource.transaction(async (manager) => {
      const rows: (SettingJob & { online: boolean })[] = await manager.query(
        `SELECT s.online AND s.registration = 'accepted' AS online, ${JOB} FROM device_config.campaign_settings j ${OF_STATION}
         WHERE j.id = $1 AND j.ended_at IS NULL FOR UPDATE OF j`,
        [id],
      );
      if (rows[0] === undefined) return null;
      const { online, ...before } = rows[0];
      const after = decide(before, online);
      if (after !== before) await write(manager, after);
      return after;
    });
  }
}

async function write(manager: Transaction, job: SettingJob): Promise<void> {
  const { id, items, state, sending, command, published, tries, heard, nextAt, sentAt, endedAt } = job;
  await manager.query(
    `UPDATE device_config.campaign_settings SET items = $2, state = $3, sending = $4, command = $5, published = $6, tries = $7, heard = $8, next_at = $9,
       sent_at = $10, ended_at = $11 WHERE id = $1`,
    [id, JSON.stringify(items), state, sending, command, published, tries, heard, nextAt, sentAt, endedAt],
  );
}
